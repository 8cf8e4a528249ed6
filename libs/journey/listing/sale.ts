import { divideRounded, fen, ZERO } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { ListingState } from './listing';

/** What a sale depends on; amounts in fen. What is for sale (the quota: amount and overbooking allowance) is null before the listing opens. */
export interface SaleFacts {
  readonly state: ListingState;
  readonly deadline: BusinessDate | null;
  /** What was asked for; it stays, whatever is lent in the end. */
  readonly applied_fen: bigint;
  readonly quota_fen: bigint | null;
  readonly taken_fen: bigint | null;
}

/**
 * How a listing stands for whoever wants to invest: `not_open` yet, `open` with something left, `sold_out` for now (a freeze that the bank refuses gives its
 * part back, and the listing is open again), `ended`.
 */
export type SaleStatus = 'not_open' | 'open' | 'sold_out' | 'ended';

/** A sale as it is shown. */
export interface Sale {
  readonly status: SaleStatus;
  /** What orders have taken, in millionths of what was asked for; above 1,000,000 when it is oversubscribed. */
  readonly boughtPpm: number;
  readonly remaining: Fen;
}

const BEFORE: readonly ListingState[] = ['drafted', 'in_credit', 'in_review', 'approved', 'scheduled'];
const RAISING: readonly ListingState[] = ['raising', 'raised'];
const MILLION = 1_000_000n;

/**
 * The sale of a listing on a business date. The door takes orders until nothing of the quota is left, so a sold-out listing shows as sold out from the commit
 * of its last order, long before its state changes.
 */
export function saleOf(listing: SaleFacts, today: BusinessDate): Sale {
  const quota = listing.quota_fen ?? 0n;
  const taken = listing.taken_fen ?? 0n;
  const status = statusOf(listing, quota - taken, today);
  return {
    status,
    boughtPpm: Number(divideRounded(taken * MILLION, listing.applied_fen, 'floor')),
    remaining: status === 'open' ? fen(quota - taken) : ZERO,
  };
}

function statusOf({ state, deadline }: SaleFacts, left: bigint, today: BusinessDate): SaleStatus {
  if (BEFORE.includes(state)) return 'not_open';
  if (!RAISING.includes(state)) return 'ended';
  if (left <= 0n) return 'sold_out';
  return state === 'raising' && (deadline === null || deadline >= today) ? 'open' : 'ended';
}

/** The same question to the database: whether the listing `l` with its quota `q` takes orders on the date `d`. */
export const IS_OPEN_FOR_ORDERS = `l.state = 'raising' AND q.taken_fen < q.quota_fen AND (l.deadline IS NULL OR l.deadline >= d.business_date)`;
