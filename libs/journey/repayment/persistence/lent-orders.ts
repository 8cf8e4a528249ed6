import { Bug } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** What was lent, to whom, from which day: the end of a settlement. */
export interface Lent {
  readonly principal: Fen;
  readonly valueDate: BusinessDate;
  readonly borrowerAccountNo: string;
}

/** An investment order whose money was lent. */
export interface LentOrder {
  readonly id: Uuid;
  readonly no: bigint;
  readonly customerId: Uuid;
  readonly accountNo: string;
  readonly principal: Fen;
}

/** @throws Bug when the listing was not settled */
export async function lentOf(tx: Tx, listingId: Uuid): Promise<Lent> {
  const [row] = await tx.query<{ collected_fen: bigint; value_date: BusinessDate | null; e_account_no: string | null }>(
    `SELECT s.collected_fen, s.value_date, coalesce(l.borrower_account_no, c.e_account_no) AS e_account_no FROM settlement s JOIN listing l ON l.id = s.listing_id JOIN customer c ON c.id = l.borrower_id
     WHERE s.listing_id = $1`,
    [listingId],
  );
  if (row === undefined || row.value_date === null || row.e_account_no === null)
    throw new Bug(`listing ${listingId} is not settled, and cannot be repaid`);
  return { principal: fen(row.collected_fen), valueDate: row.value_date, borrowerAccountNo: row.e_account_no };
}

/** The orders of a listing whose money was lent, by their numbers. */
export async function lentOrders(tx: Tx, listingId: Uuid): Promise<LentOrder[]> {
  const rows = await tx.query<{ id: Uuid; no: bigint; customer_id: Uuid; account_no: string; collected_fen: bigint }>(
    `SELECT id, no, customer_id, account_no, collected_fen FROM investment_order WHERE listing_id = $1 AND state = 'lent' ORDER BY no`,
    [listingId],
  );
  return rows.map((row) => ({
    id: row.id,
    no: row.no,
    customerId: row.customer_id,
    accountNo: row.account_no,
    principal: fen(row.collected_fen),
  }));
}

/** A loan as it begins. */
export interface LoanDraft extends Lent {
  readonly listingId: Uuid;
  readonly borrowerId: Uuid;
  readonly payingAccountId: Uuid;
  readonly repaymentAccountId: Uuid;
}

/** Writes the loan of a listing. @returns its id, or nothing when the listing has one */
export async function writeLoan(tx: Tx, draft: LoanDraft): Promise<Uuid | undefined> {
  const [row] = await tx.query<{ id: Uuid }>(
    `INSERT INTO loan (id, listing_id, borrower_id, paying_account_id, repayment_account_id, principal_fen, value_date)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (listing_id) DO NOTHING RETURNING id`,
    [newId(), draft.listingId, draft.borrowerId, draft.payingAccountId, draft.repaymentAccountId, draft.principal, draft.valueDate],
  );
  return row?.id;
}

/** A loan, and when it started and ended. */
export interface LockedLoan {
  readonly id: Uuid;
  readonly started_on: BusinessDate | null;
  /** Only when it ended before its last instalment. */
  readonly ended_on: BusinessDate | null;
}

/** The loan of a listing, locked, and whether it has started or was ended. */
export async function lockLoanOf(tx: Tx, listingId: Uuid): Promise<LockedLoan | undefined> {
  const [row] = await tx.query<LockedLoan>('SELECT id, started_on, ended_on FROM loan WHERE listing_id = $1 FOR NO KEY UPDATE', [
    listingId,
  ]);
  return row;
}

/** From now on the loan is charged. */
export async function markStarted(tx: Tx, loanId: Uuid, today: BusinessDate): Promise<void> {
  await tx.execute('UPDATE loan SET started_on = $2, changed_at = clock_timestamp() WHERE id = $1', [loanId, today]);
}
