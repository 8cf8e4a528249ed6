import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { repaymentRefusals } from '../repayment.refusals';

/**
 * Where one share of an investor is. Money on its way and money that has to be collected are never one figure (defect 19):
 * `not_due` the day has not come · `being_collected` due, within grace, or an advance is asked for · `overdue` grace has ended and nobody has paid the whole ·
 * `on_its_way` the bank is paying it out · `waiting` the bank refused to pay it into the account, it is tried again · `parked` in suspense until there is an
 * account again · `paid`.
 */
export type ShareStatus = 'not_due' | 'being_collected' | 'overdue' | 'on_its_way' | 'waiting' | 'parked' | 'paid';

/** One claim of an investor; amounts in fen. What is due in all is `paid` + `on_its_way` + `waiting` + `parked` + `to_come`. */
export interface ClaimView {
  readonly id: Uuid;
  readonly listing_id: Uuid;
  readonly listing_no: string;
  readonly order_id: Uuid;
  /** The order number: the page after this one begins behind it. */
  readonly order_no: bigint;
  readonly principal_fen: bigint;
  readonly interest_fen: bigint;
  readonly value_date: BusinessDate;
  readonly paid_fen: bigint;
  readonly on_its_way_fen: bigint;
  readonly waiting_fen: bigint;
  readonly parked_fen: bigint;
  readonly to_come_fen: bigint;
  /** Of what is to come: fallen due, and grace has ended. */
  readonly overdue_fen: bigint;
  readonly next_due_date: BusinessDate | null;
}

/** One share of a claim; amounts in fen. */
export interface ShareView {
  readonly no: number;
  readonly due_date: BusinessDate;
  readonly provisional: boolean;
  readonly principal_fen: bigint;
  readonly interest_fen: bigint;
  readonly penalty_fen: bigint;
  readonly paid_fen: bigint;
  readonly on_its_way_fen: bigint;
  readonly waiting_fen: bigint;
  readonly parked_fen: bigint;
  readonly status: ShareStatus;
  /** A part of it was paid by whoever guarantees, in place of the borrower. */
  readonly advanced: boolean;
}

const PAYOUTS = `
  coalesce(sum(p.amount_fen) FILTER (WHERE p.state = 'paid'), 0)::bigint AS paid_fen,
  coalesce(sum(p.amount_fen) FILTER (WHERE p.state = 'sent'), 0)::bigint AS on_its_way_fen,
  coalesce(sum(p.amount_fen) FILTER (WHERE p.state = 'due'), 0)::bigint AS waiting_fen,
  coalesce(sum(p.amount_fen) FILTER (WHERE p.state IN ('parking', 'parked', 'unparking')), 0)::bigint AS parked_fen`;

const CLAIMS = `
  SELECT c.id, l.listing_id, li.listing_no, c.order_id, c.order_no, c.principal_fen, s.interest_fen, l.value_date, p.paid_fen, p.on_its_way_fen, p.waiting_fen, p.parked_fen,
    s.due_fen - s.distributed_fen AS to_come_fen, s.overdue_fen, s.next_due_date
  FROM claim c JOIN loan l ON l.id = c.loan_id JOIN listing li ON li.id = l.listing_id
  CROSS JOIN LATERAL (SELECT ${PAYOUTS} FROM payout p WHERE p.claim_id = c.id) p
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.interest_fen), 0)::bigint AS interest_fen, coalesce(sum(x.principal_fen + x.interest_fen + x.penalty_fen), 0)::bigint AS due_fen,
      coalesce(sum(x.distributed_fen), 0)::bigint AS distributed_fen,
      coalesce(sum(x.principal_fen + x.interest_fen + x.penalty_fen - x.distributed_fen) FILTER (WHERE i.overdue_since IS NOT NULL), 0)::bigint AS overdue_fen,
      min(i.due_date) FILTER (WHERE i.state = 'scheduled') AS next_due_date
    FROM share x JOIN instalment i ON i.id = x.instalment_id WHERE x.claim_id = c.id AND i.state <> 'superseded') s
  WHERE c.customer_id = $1 AND l.started_on IS NOT NULL`;

/**
 * The claims of an investor, newest first, a page of them.
 * @param before order number after which the page begins, from the page before
 */
export async function claimsOfInvestor(
  tx: Tx,
  customerId: Uuid,
  page: { readonly limit: number; readonly before?: bigint },
): Promise<ClaimView[]> {
  return tx.query<ClaimView>(`${CLAIMS} AND ($2::bigint IS NULL OR c.order_no < $2) ORDER BY c.order_no DESC LIMIT $3`, [
    customerId,
    page.before ?? null,
    page.limit,
  ]);
}

/** Where the money of one claim is, share by share; what an early end has superseded is not among them. @throws Refusal CLAIM_NOT_FOUND, also for the claim of somebody else */
export async function whereIsMyMoney(
  tx: Tx,
  { claimId, customerId }: { claimId: Uuid; customerId: Uuid },
): Promise<ClaimView & { readonly shares: readonly ShareView[] }> {
  const [claim] = await tx.query<ClaimView>(`${CLAIMS} AND c.id = $2`, [customerId, claimId]);
  if (claim === undefined) throw new Refusal(repaymentRefusals.CLAIM_NOT_FOUND);
  const shares = await tx.query<ShareView>(
    `SELECT x.*, CASE
         WHEN x.waiting_fen > 0 THEN 'waiting' WHEN x.on_its_way_fen > 0 THEN 'on_its_way' WHEN x.overdue_since IS NOT NULL AND x.distributed_fen < x.due_fen THEN 'overdue'
         WHEN x.state IN ('charging', 'in_grace', 'advancing', 'distributing') AND x.distributed_fen < x.due_fen THEN 'being_collected'
         WHEN x.state = 'scheduled' THEN 'not_due' WHEN x.parked_fen > 0 THEN 'parked' ELSE 'paid' END AS status
     FROM (
       SELECT i.no, i.due_date, i.provisional, i.state, i.overdue_since, i.advanced_fen > 0 AS advanced, s.principal_fen, s.interest_fen, s.penalty_fen,
         s.principal_fen + s.interest_fen + s.penalty_fen AS due_fen, s.distributed_fen, p.*
       FROM share s JOIN instalment i ON i.id = s.instalment_id
       CROSS JOIN LATERAL (SELECT ${PAYOUTS} FROM payout p WHERE p.share_id = s.id) p
       WHERE s.claim_id = $1 AND i.state <> 'superseded') x
     ORDER BY x.no`,
    [claimId],
  );
  return { ...claim, shares };
}
