import { fen } from '#kernel/money';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { openAccounts, outsideAccount, post } from '#registers/ledger';
import type { AccountKind, EntryDraft } from '#registers/ledger';
import { foldedAccounts } from './folding';
import type { CurrentFiles } from './statement-files';

interface MissingAccount {
  readonly kind: AccountKind;
  readonly account_no: string;
  readonly listing_no: string;
}

interface Opening {
  readonly id: Uuid;
  readonly account_no: string;
  readonly listing_no: string;
  readonly missing_fen: bigint;
  readonly line_no: bigint;
}

/**
 * Lets every account of the BALANCES file enter the mirror, with what it held before the first day on which the bank showed it to us. An account that
 * was shown before enters nothing: if its opening differs from our books, that is a difference for the proof.
 */
export async function mirrorAccounts(tx: Tx, files: CurrentFiles, bankDate: BusinessDate): Promise<void> {
  const missing = await tx.query<MissingAccount>(
    `SELECT b.kind, b.account_no, b.listing_no FROM statement_balance b
     LEFT JOIN ledger_account a ON a.account_no = b.account_no AND a.listing_no = b.listing_no WHERE b.file_id = $1 AND a.id IS NULL`,
    [files.BALANCES.id],
  );
  await openAccounts(
    tx,
    missing.map((row) => ({ kind: row.kind, accountNo: row.account_no, listingNo: row.listing_no })),
  );
  const [candidates] = await tx.query<{ any: boolean }>(HAS_CANDIDATES, [files.BALANCES.id, bankDate]);
  if (candidates?.any !== true) return;
  const openings = await tx.query<Opening>(OPENINGS, [files.BALANCES.id, bankDate]);
  if (openings.length === 0) return;
  const outside = await outsideAccount(tx);
  await post(
    tx,
    openings.map((opening) => openingEntry(opening, outside, files, bankDate)),
  );
}

/** Whether an account opens with money that did not stand in the file before: most days have none, and the books need not be folded for it. */
const HAS_CANDIDATES = `
  SELECT EXISTS (
    SELECT FROM statement_balance b WHERE b.file_id = $1 AND b.opening_fen <> 0 AND NOT EXISTS (
      SELECT FROM statement_balance before WHERE before.account_no = b.account_no AND before.listing_no = b.listing_no AND before.file_id = (
        SELECT f.id FROM statement_file f WHERE f.type = 'BALANCES' AND f.visible AND f.bank_date < $2 ORDER BY f.bank_date DESC, f.version DESC LIMIT 1))) AS any`;

/** What the bank says an account held at the opening, less what our entries of earlier bank dates make of it; only of accounts shown for the first time. */
const OPENINGS = `
  SELECT f.id, b.account_no, b.listing_no, b.opening_fen - f.total_fen AS missing_fen, b.line_no
  FROM statement_balance b JOIN (${foldedAccounts('>= $2::date')}) AS f ON f.account_no = b.account_no AND f.listing_no = b.listing_no
  WHERE b.file_id = $1 AND b.opening_fen <> f.total_fen
    AND NOT EXISTS (
      SELECT FROM statement_balance earlier JOIN statement_file v ON v.id = earlier.file_id
      WHERE v.visible AND v.bank_date < $2 AND earlier.account_no = b.account_no AND earlier.listing_no = b.listing_no)
    AND NOT EXISTS (
      SELECT FROM ledger_entry o WHERE o.reference = 'opening:' || b.account_no || ':' || b.listing_no)`;

function openingEntry(opening: Opening, outside: Uuid, files: CurrentFiles, bankDate: BusinessDate): EntryDraft {
  const isDebt = opening.missing_fen < 0n;
  return {
    reference: `opening:${opening.account_no}:${opening.listing_no}`,
    kind: isDebt ? 'OUTSIDE_OUT' : 'OPENING',
    debitAccountId: isDebt ? opening.id : outside,
    creditAccountId: isDebt ? outside : opening.id,
    amount: fen(isDebt ? -opening.missing_fen : opening.missing_fen),
    bankOrderId: null,
    serial: `${files.BALANCES.name}:${opening.line_no}`,
    bankDate,
    happenedAt: new Date(`${bankDate}T00:00:00.000+08:00`),
  };
}
