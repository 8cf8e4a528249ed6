import { readListing } from '#journey/listing';
import type { ListingState } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { InvestmentOrder, InvestmentReturn } from '../investment';

/** Orders of a listing in one state; amounts in fen. */
export interface OrdersInState {
  readonly state: InvestmentOrder['state'];
  readonly orders: bigint;
  readonly amount_fen: bigint;
  /** What the allocation accepted of them; 0 before it. */
  readonly accepted_fen: bigint;
  readonly collected_fen: bigint;
}

/** What goes back of a listing for one cause, in one state; amounts in fen. */
export interface ReturnsInState {
  readonly cause: InvestmentReturn['cause'];
  readonly state: InvestmentReturn['state'];
  readonly returns: bigint;
  readonly amount_fen: bigint;
}

/** How the raise of a listing stands, in one snapshot; amounts in fen. */
export interface RaiseStanding {
  readonly state: ListingState;
  /** What is to be raised. */
  readonly amount_fen: bigint;
  /** What may be sold: the amount and its overbooking allowance, and after a skipped order its gap on top. 0 before the listing is approved, as are the next two. */
  readonly quota_fen: bigint;
  /** Live orders, decided by the bank or not. */
  readonly taken_fen: bigint;
  readonly frozen_fen: bigint;
  /** What must still be frozen until the door closes. */
  readonly missing_fen: bigint;
  /** Orders that the bank has not decided: while there are none, nothing changes but by a new order or the clock. */
  readonly open_orders: bigint;
  /** Ordered by state, and the returns by cause and state. */
  readonly orders: readonly OrdersInState[];
  readonly returns: readonly ReturnsInState[];
}

/** Counts and sums of one listing's raise: each table is read once, over the index of its listing. @throws Refusal LISTING_NOT_FOUND */
export async function raiseStanding(tx: Tx, listingId: Uuid): Promise<RaiseStanding> {
  const { state, amount_fen } = await readListing(tx, listingId);
  const [door] = await tx.query<Door>(DOOR, [listingId]);
  const orders = await tx.query<OrdersInState>(ORDERS, [listingId]);
  const returns = await tx.query<ReturnsInState>(RETURNS, [listingId]);
  const open = orders.filter((row) => row.state === 'admitted' || row.state === 'freezing');
  return { state, amount_fen, ...(door ?? CLOSED), open_orders: open.reduce((sum, row) => sum + row.orders, 0n), orders, returns };
}

type Door = Pick<RaiseStanding, 'quota_fen' | 'taken_fen' | 'frozen_fen' | 'missing_fen'>;

/** A listing that was never approved has no door. */
const CLOSED: Door = { quota_fen: 0n, taken_fen: 0n, frozen_fen: 0n, missing_fen: 0n };

const DOOR = `
  SELECT quota_fen, taken_fen, frozen_fen, greatest(amount_fen - frozen_fen, 0) AS missing_fen FROM listing_quota WHERE listing_id = $1`;

const ORDERS = `
  SELECT state, count(*) AS orders, sum(amount_fen)::bigint AS amount_fen, coalesce(sum(accepted_fen), 0)::bigint AS accepted_fen,
    coalesce(sum(collected_fen), 0)::bigint AS collected_fen
  FROM investment_order WHERE listing_id = $1 GROUP BY state ORDER BY state`;

const RETURNS = `
  SELECT cause, state, count(*) AS returns, sum(amount_fen)::bigint AS amount_fen
  FROM investment_return WHERE listing_id = $1 GROUP BY cause, state ORDER BY cause, state`;
