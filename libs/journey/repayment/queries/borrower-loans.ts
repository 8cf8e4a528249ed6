import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { StateOf } from '#kernel/lifecycle';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import type { instalmentLifecycle } from '../instalment.lifecycle';
import { repaymentRefusals } from '../repayment.refusals';

/** One instalment as its borrower and the operators see it; amounts in fen. */
export interface InstalmentView {
  readonly id: Uuid;
  readonly no: number;
  readonly state: StateOf<typeof instalmentLifecycle>;
  readonly nominal_date: BusinessDate;
  readonly due_date: BusinessDate;
  readonly provisional: boolean;
  readonly grace_until: BusinessDate;
  readonly principal_fen: bigint;
  readonly interest_fen: bigint;
  readonly penalty_fen: bigint;
  readonly paid_fen: bigint;
  readonly advanced_fen: bigint;
  readonly distributed_fen: bigint;
  readonly paid_on: BusinessDate | null;
  readonly overdue_since: BusinessDate | null;
}

/** A loan in one line; amounts in fen. */
export interface LoanView {
  readonly id: Uuid;
  readonly listing_id: Uuid;
  readonly listing_no: string;
  readonly borrower_id: Uuid;
  readonly principal_fen: bigint;
  readonly value_date: BusinessDate;
  /** Dues that have fallen due and are not whole. */
  readonly due_now_fen: bigint;
  /** What was advanced for the borrower and he has not paid since: owed to whoever advanced, and paid first. */
  readonly to_recover_fen: bigint;
  readonly next_due_date: BusinessDate | null;
  /** A charge, a payment or an advance is under way: another one has to wait. */
  readonly in_progress: boolean;
}

const LOANS = `
  SELECT l.id, l.listing_id, li.listing_no, l.borrower_id, l.principal_fen, l.value_date,
    coalesce(i.due_now_fen, 0)::bigint AS due_now_fen, i.next_due_date,
    coalesce((SELECT sum(r.amount_fen - r.received_fen) FROM recovery r WHERE r.loan_id = l.id), 0)::bigint AS to_recover_fen,
    EXISTS (SELECT FROM bank_order o WHERE o.loan_id = l.id AND o.kind IN ('REPAY', 'ADVANCE') AND o.state IN ('created', 'sent', 'accepted', 'unknown')) AS in_progress
  FROM loan l JOIN listing li ON li.id = l.listing_id
  LEFT JOIN LATERAL (
    SELECT sum(x.principal_fen + x.interest_fen + x.penalty_fen - x.paid_fen - x.advanced_fen) FILTER (WHERE x.due_date <= $1) AS due_now_fen,
      min(x.due_date) FILTER (WHERE x.state = 'scheduled') AS next_due_date
    FROM instalment x WHERE x.loan_id = l.id AND x.state IN ('scheduled', 'charging', 'in_grace', 'advancing', 'overdue')) i ON true`;

/** The loans of a borrower, newest first. */
export async function loansOfBorrower(tx: Tx, borrowerId: Uuid): Promise<LoanView[]> {
  const today = await businessDate(tx);
  return tx.query<LoanView>(`${LOANS} WHERE l.borrower_id = $2 AND l.started_on IS NOT NULL ORDER BY l.value_date DESC, l.id DESC`, [
    today,
    borrowerId,
  ]);
}

/** The loan of a listing, or `undefined` when it has not begun. */
export async function loanOfListing(tx: Tx, listingId: Uuid): Promise<LoanView | undefined> {
  const today = await businessDate(tx);
  const [loan] = await tx.query<LoanView>(`${LOANS} WHERE l.listing_id = $2 AND l.started_on IS NOT NULL`, [today, listingId]);
  return loan;
}

/** A loan with its schedule. @throws Refusal LOAN_NOT_FOUND, also for the loan of somebody else */
export async function readLoan(
  tx: Tx,
  { loanId, borrowerId }: { loanId: Uuid; borrowerId: Uuid },
): Promise<LoanView & { readonly instalments: readonly InstalmentView[] }> {
  const today = await businessDate(tx);
  const [loan] = await tx.query<LoanView>(`${LOANS} WHERE l.id = $2 AND l.borrower_id = $3`, [today, loanId, borrowerId]);
  if (loan === undefined) throw new Refusal(repaymentRefusals.LOAN_NOT_FOUND);
  return { ...loan, instalments: await instalmentsOf(tx, loanId) };
}

/** The schedule of a loan with what has happened to each instalment. */
export async function instalmentsOf(tx: Tx, loanId: Uuid): Promise<InstalmentView[]> {
  return tx.query<InstalmentView>(
    `SELECT id, no, state, nominal_date, due_date, provisional, grace_until, principal_fen, interest_fen, penalty_fen, paid_fen, advanced_fen, distributed_fen,
       paid_on, overdue_since FROM instalment WHERE loan_id = $1 ORDER BY no`,
    [loanId],
  );
}
