import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** A loan with the accounts that its money moves between, and the guarantee behind it. */
export interface LoanFacts {
  readonly id: Uuid;
  readonly listingId: Uuid;
  readonly listingNo: string;
  readonly borrowerId: Uuid;
  readonly payingAccountId: Uuid;
  readonly payingAccountNo: string;
  readonly repaymentAccountId: Uuid;
  readonly repaymentAccountNo: string;
  /** The borrower's mandate to be charged, when he has a valid one. */
  readonly mandateNo: string | null;
  readonly payerAccountId: Uuid | null;
  readonly payerAccountNo: string | null;
  /** The institution's mandate; the bank itself needs none. */
  readonly payerMandateNo: string | null;
  readonly coverLeft: Fen;
}

/**
 * Locks loans, in the order of their ids. Whoever changes an instalment, a share, a payout or a recovery holds the row of its loan, so that a loan's
 * payers and payouts never meet half-way.
 */
export async function lockLoans(tx: Tx, ids: readonly Uuid[], today: BusinessDate): Promise<Map<Uuid, LoanFacts>> {
  if (ids.length === 0) return new Map();
  await tx.query('SELECT id FROM loan WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [ids]);
  const rows = await tx.query<LoanRow>(
    `SELECT l.id, l.listing_id, li.listing_no, l.borrower_id, l.paying_account_id, pa.account_no AS paying_no, l.repayment_account_id, ra.account_no AS repayment_no,
       g.payer_account_id, ga.account_no AS payer_no, i.advance_mandate_no, coalesce(g.cover_fen - g.used_fen, 0) AS cover_left_fen,
       (SELECT m.mandate_no FROM mandate m WHERE m.customer_id = l.borrower_id AND m.account_no = pa.account_no AND m.kind = 'REPAY' AND m.status = 'ACTIVE'
          AND m.valid_until >= $2 ORDER BY m.valid_until DESC, m.id LIMIT 1) AS mandate_no
     FROM loan l JOIN listing li ON li.id = l.listing_id JOIN ledger_account pa ON pa.id = l.paying_account_id JOIN ledger_account ra ON ra.id = l.repayment_account_id
     LEFT JOIN guarantee g ON g.listing_id = l.listing_id LEFT JOIN ledger_account ga ON ga.id = g.payer_account_id LEFT JOIN institution i ON i.id = g.institution_id
     WHERE l.id = ANY($1::uuid[])`,
    [ids, today],
  );
  return new Map(rows.map((row) => [row.id, loanOf(row)]));
}

/** Kinds of bank order that bring money into a loan's repayment account: of a loan one at a time is open, held by a unique index. */
const INCOMING = `('REPAY', 'ADVANCE', 'MOVE', 'PREMIUM_RETURN', 'FEE_RETURN')`;

/** Whether a charge, an own payment, an advance, or something that the end of a loan brings is under way. */
export async function loansWithOpenIncoming(tx: Tx, ids: readonly Uuid[]): Promise<Set<Uuid>> {
  const rows = await tx.query<{ loan_id: Uuid }>(
    `SELECT loan_id FROM bank_order WHERE loan_id = ANY($1::uuid[]) AND kind IN ${INCOMING} AND state IN ('created', 'sent', 'accepted', 'unknown')`,
    [ids],
  );
  return new Set(rows.map((row) => row.loan_id));
}

/** Loans that may need a step on a date and have nothing under way, in the order of their ids, after a given one. */
export async function loansToLookAt(tx: Tx, today: BusinessDate, after: Uuid | null, limit: number): Promise<Uuid[]> {
  const rows = await tx.query<{ loan_id: Uuid }>(
    `SELECT DISTINCT x.loan_id FROM (
       SELECT loan_id FROM instalment WHERE state IN ('scheduled', 'in_grace', 'overdue') AND due_date <= $1
       UNION ALL SELECT loan_id FROM recovery WHERE state = 'open' AND next_try_on <= $1
       UNION ALL SELECT loan_id FROM loan_ending WHERE done_by IS NULL AND asked_on IS DISTINCT FROM $1) x
     JOIN loan l ON l.id = x.loan_id AND l.started_on IS NOT NULL
     WHERE ($2::uuid IS NULL OR x.loan_id > $2) AND NOT EXISTS (
       SELECT FROM bank_order o WHERE o.loan_id = x.loan_id AND o.kind IN ${INCOMING} AND o.state IN ('created', 'sent', 'accepted', 'unknown'))
     ORDER BY x.loan_id LIMIT $3`,
    [today, after, limit],
  );
  return rows.map((row) => row.loan_id);
}

/** Adds to what of a loan's principal was given back to the credit line. */
export async function addRestored(tx: Tx, loanId: Uuid, amount: Fen): Promise<void> {
  await tx.execute('UPDATE loan SET restored_fen = restored_fen + $2, changed_at = clock_timestamp() WHERE id = $1', [loanId, amount]);
}

/** The account that a loan is repaid from. */
export async function moveToAccount(tx: Tx, loanId: Uuid, accountId: Uuid): Promise<void> {
  await tx.execute('UPDATE loan SET paying_account_id = $2, changed_at = clock_timestamp() WHERE id = $1 AND paying_account_id <> $2', [
    loanId,
    accountId,
  ]);
}

interface LoanRow {
  readonly id: Uuid;
  readonly listing_id: Uuid;
  readonly listing_no: string;
  readonly borrower_id: Uuid;
  readonly paying_account_id: Uuid;
  readonly paying_no: string;
  readonly repayment_account_id: Uuid;
  readonly repayment_no: string;
  readonly mandate_no: string | null;
  readonly payer_account_id: Uuid | null;
  readonly payer_no: string | null;
  readonly advance_mandate_no: string | null;
  readonly cover_left_fen: bigint;
}

function loanOf(row: LoanRow): LoanFacts {
  return {
    id: row.id,
    listingId: row.listing_id,
    listingNo: row.listing_no,
    borrowerId: row.borrower_id,
    payingAccountId: row.paying_account_id,
    payingAccountNo: row.paying_no,
    repaymentAccountId: row.repayment_account_id,
    repaymentAccountNo: row.repayment_no,
    mandateNo: row.mandate_no,
    payerAccountId: row.payer_account_id,
    payerAccountNo: row.payer_no,
    payerMandateNo: row.advance_mandate_no,
    coverLeft: fen(row.cover_left_fen),
  };
}
