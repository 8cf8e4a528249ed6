import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { outsideAccount, post } from '#registers/ledger';
import type { EntryDraft } from '#registers/ledger';
import type { CurrentFiles } from './statement-files';

/** Kinds of line that nobody ordered through us: posted against *outside* by rule, no break. A return of one of them has no number either. */
export const OUTSIDE_KINDS: readonly string[] = ['TOP_UP', 'WITHDRAW', 'OWN', 'INTEREST', 'COURT', 'INCOMING', 'RETURN', 'REVERSAL'];

interface OutsideLine {
  readonly line_no: bigint;
  readonly bank_serial: string;
  readonly amount_fen: bigint;
  readonly bank_time: Date;
  readonly from_id: Uuid | null;
  readonly to_id: Uuid | null;
}

/** Most lines posted in one statement; customers of a bank make many movements. */
const PAGE = 5_000;

/**
 * Posts the movements that customers made themselves at the bank. A line whose serial stands in the ledger already (its notice came first) is passed over.
 * Both parties in the mirror: out of the one, into the other, because only *outside* lies between two customers.
 * @returns whether there may be more: the caller commits and comes again
 */
export async function postOutsideLines(tx: Tx, files: CurrentFiles, bankDate: BusinessDate): Promise<boolean> {
  const lines = await tx.query<OutsideLine>(UNPOSTED, [files.TRANSACTIONS.id, OUTSIDE_KINDS, bankDate, PAGE]);
  if (lines.length === 0) return false;
  const outside = await outsideAccount(tx);
  await post(
    tx,
    lines.flatMap((line) => entriesOf(line, outside, bankDate)),
  );
  return lines.length === PAGE;
}

// A number that no account of the mirror has belongs to another bank. Only accounts that may be moved from outside: a disbursement or suspense account cannot, and such a line is a break.
const UNPOSTED = `
  SELECT l.line_no, l.bank_serial, l.amount_fen, l.bank_time, f.id AS from_id, t.id AS to_id
  FROM statement_line l
  LEFT JOIN ledger_account f ON f.account_no = l.from_account AND l.from_account <> '' AND f.listing_no = CASE WHEN f.kind IN ('D', 'R') THEN l.listing_no ELSE '' END
  LEFT JOIN ledger_account t ON t.account_no = l.to_account AND l.to_account <> '' AND t.listing_no = CASE WHEN t.kind IN ('D', 'R') THEN l.listing_no ELSE '' END
  WHERE l.file_id = $1 AND l.request_no = '' AND l.status = 'SUCCEEDED' AND l.kind = ANY($2::text[])
    AND coalesce(f.kind IN ('E', 'I', 'F', 'M', 'B'), true) AND coalesce(t.kind IN ('E', 'I', 'F', 'M', 'B', 'R'), true)
    AND (f.id IS NOT NULL OR t.id IS NOT NULL) AND f.id IS DISTINCT FROM t.id
    AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.bank_date = $3 AND e.bank_serial = l.bank_serial)
  ORDER BY l.line_no LIMIT $4`;

function entriesOf(line: OutsideLine, outside: Uuid, bankDate: BusinessDate): EntryDraft[] {
  const shared = { amount: fen(line.amount_fen), bankOrderId: null, serial: line.bank_serial, bankDate, happenedAt: line.bank_time };
  const entries: EntryDraft[] = [];
  if (line.from_id !== null) {
    entries.push({
      ...shared,
      reference: `${line.bank_serial}:out`,
      kind: 'OUTSIDE_OUT',
      debitAccountId: line.from_id,
      creditAccountId: outside,
    });
  }
  if (line.to_id !== null) {
    entries.push({
      ...shared,
      reference: `${line.bank_serial}:in`,
      kind: 'OUTSIDE_IN',
      debitAccountId: outside,
      creditAccountId: line.to_id,
    });
  }
  return entries;
}
