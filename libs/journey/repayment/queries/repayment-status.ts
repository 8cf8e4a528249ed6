import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { instalmentsOf, loanOfListing } from './borrower-loans';
import type { InstalmentView, LoanView } from './borrower-loans';

/** An advance: who paid what for the borrower, and how much of it is back; amounts in fen. */
export interface AdvanceView {
  readonly recovery_id: Uuid;
  readonly instalment_no: number;
  /** `channel`: the bank from its own book; `insured`: the institution. */
  readonly mode: 'insured' | 'channel';
  readonly institution_name: string | null;
  readonly amount_fen: bigint;
  readonly received_fen: bigint;
  readonly passed_on_fen: bigint;
  readonly state: 'open' | 'collecting_by_hand' | 'passing_on' | 'recovered';
  readonly opened_on: BusinessDate;
  readonly next_try_on: BusinessDate;
  readonly tries: number;
}

/** Payouts of a listing by state: how many, and how much. */
export interface PayoutsInState {
  readonly state: 'due' | 'sent' | 'paid' | 'parking' | 'parked' | 'unparking';
  readonly count: number;
  readonly amount_fen: bigint;
  /** Since when the oldest of them waits. */
  readonly oldest_due_on: BusinessDate;
}

/** How the repayment of a listing stands, for operators. */
export interface RepaymentStatus {
  readonly loan: LoanView;
  readonly instalments: readonly InstalmentView[];
  readonly payouts: readonly PayoutsInState[];
  readonly advances: readonly AdvanceView[];
}

/** The repayment of a listing, or `undefined` when its loan has not begun. */
export async function repaymentStatus(tx: Tx, listingId: Uuid): Promise<RepaymentStatus | undefined> {
  const loan = await loanOfListing(tx, listingId);
  if (loan === undefined) return undefined;
  const payouts = await tx.query<PayoutsInState>(
    `SELECT state, count(*)::int AS count, sum(amount_fen)::bigint AS amount_fen, min(due_on) AS oldest_due_on FROM payout WHERE loan_id = $1 GROUP BY state ORDER BY state`,
    [loan.id],
  );
  return { loan, instalments: await instalmentsOf(tx, loan.id), payouts, advances: await advancesOf(tx, listingId) };
}

/** Who advanced what for a listing, oldest first. */
export async function advancesOf(tx: Tx, listingId: Uuid): Promise<AdvanceView[]> {
  return tx.query<AdvanceView>(
    `SELECT r.id AS recovery_id, i.no AS instalment_no, g.mode, t.name AS institution_name, r.amount_fen, r.received_fen, r.passed_on_fen, r.state, r.opened_on,
       r.next_try_on, r.tries
     FROM recovery r JOIN instalment i ON i.id = r.instalment_id JOIN guarantee g ON g.listing_id = r.listing_id LEFT JOIN institution t ON t.id = g.institution_id
     WHERE r.listing_id = $1 ORDER BY r.opened_on, r.id`,
    [listingId],
  );
}
