import type { ListingState } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { BankOrder } from '#registers/bank-order';
import { investmentRefusals } from '../investment.refusals';
import type { InvestmentOrder, InvestmentReturn } from '../investment';

/** What was asked of the bank for an order, and what the bank has said; serial, date and time are the bank's, and null until it has done it. */
export interface BankStep {
  readonly kind: BankOrder['kind'];
  readonly state: BankOrder['state'];
  readonly serial: string | null;
  readonly bank_date: BusinessDate | null;
  readonly bank_time: Date | null;
}

/** The place of a frozen order in its listing's queue; amounts in fen. A freeze that the bank has not told us yet may still come before it. */
export interface QueuePlace {
  readonly orders_before: bigint;
  readonly fen_before: bigint;
  /** What the allocation gives out. */
  readonly listing_fen: bigint;
}

/** One move of an order's life; the first one is its admission. */
export interface OrderMove {
  readonly state: InvestmentOrder['state'];
  readonly business_date: BusinessDate;
  readonly recorded_at: Date;
}

/** What goes back of an order, with the bank's word once it is back. */
export interface ReturnView extends InvestmentReturn {
  readonly serial: string | null;
  readonly bank_date: BusinessDate | null;
  readonly bank_time: Date | null;
}

/** An order of a customer with everything that he may ask about it. */
export interface OrderView extends InvestmentOrder {
  readonly listing_state: ListingState;
  readonly listing_fen: bigint;
  /** The freeze (or the debit, at banks that take the money at once); null until the bank is to be asked. */
  readonly hold: BankStep | null;
  /** The last attempt to collect; null before the allocation, and where the freeze was a debit. */
  readonly collection: BankStep | null;
  /** Null unless the order is frozen and waits for an allocation. */
  readonly queue: QueuePlace | null;
  readonly returns: readonly ReturnView[];
  readonly moves: readonly OrderMove[];
}

/**
 * Where the money of one order is: five questions to the database, however long its story. @throws Refusal ORDER_NOT_FOUND, also for the order of somebody else
 */
export async function whereIsMyOrder(
  tx: Tx,
  { orderId, customerId }: { readonly orderId: Uuid; readonly customerId: Uuid },
): Promise<OrderView> {
  const [order] = await tx.query<OrderRow>(
    `SELECT o.*, l.state AS listing_state, l.amount_fen AS listing_fen FROM investment_order o JOIN listing l ON l.id = o.listing_id
     WHERE o.id = $1 AND o.customer_id = $2`,
    [orderId, customerId],
  );
  if (order === undefined) throw new Refusal(investmentRefusals.ORDER_NOT_FOUND);
  const steps = await bankStepsOf(tx, orderId);
  return {
    ...order,
    hold: steps.findLast(({ kind }) => kind !== 'COLLECT') ?? null,
    collection: steps.findLast(({ kind }) => kind === 'COLLECT') ?? null,
    queue: await placeInQueue(tx, order),
    returns: await returnsOf(tx, [orderId]),
    moves: await movesOf(tx, order),
  };
}

/** What goes back of each of these orders, oldest first. */
export async function returnsOf(tx: Tx, orderIds: readonly Uuid[]): Promise<ReturnView[]> {
  return tx.query<ReturnView>(
    `SELECT r.*, b.bank_serial AS serial, b.bank_date, b.bank_time
     FROM investment_return r LEFT JOIN bank_order b ON b.id = r.bank_order_id AND b.state = 'done'
     WHERE r.order_id = ANY ($1::uuid[]) ORDER BY r.id`,
    [orderIds],
  );
}

type OrderRow = InvestmentOrder & Pick<OrderView, 'listing_state' | 'listing_fen'>;

/** What was asked of the bank for this order, oldest first. A refused request has a serial as well, but no money has moved under it: it is not shown. */
async function bankStepsOf(tx: Tx, orderId: Uuid): Promise<BankStep[]> {
  return tx.query<BankStep>(
    `SELECT kind, state, CASE WHEN state = 'done' THEN bank_serial END AS serial, CASE WHEN state = 'done' THEN bank_date END AS bank_date,
       CASE WHEN state = 'done' THEN bank_time END AS bank_time
     FROM bank_order WHERE subject_id = $1 AND kind IN ('HOLD', 'DEBIT', 'COLLECT') ORDER BY id`,
    [orderId],
  );
}

/** Counts those who stand before it over the index of the queue, which holds waiting orders only; the table itself is not touched. */
async function placeInQueue(tx: Tx, order: OrderRow): Promise<QueuePlace | null> {
  const waits = order.listing_state === 'raising' || order.listing_state === 'raised';
  if (order.state !== 'frozen' || !waits) return null;
  const [before] = await tx.query<{ orders: bigint; fen: bigint }>(
    `SELECT count(*) AS orders, coalesce(sum(b.amount_fen), 0)::bigint AS fen FROM investment_order b
     WHERE b.listing_id = $1 AND b.state = 'frozen' AND (b.held_at, b.held_seq, b.no) < ($2::timestamptz, $3::bigint, $4::bigint)`,
    [order.listing_id, order.held_at, order.held_seq, order.no],
  );
  return { orders_before: before!.orders, fen_before: before!.fen, listing_fen: order.listing_fen };
}

async function movesOf(tx: Tx, order: OrderRow): Promise<OrderMove[]> {
  const moves = await tx.query<OrderMove>(
    `SELECT to_state AS state, business_date, recorded_at FROM move WHERE noun = 'investment_order' AND subject_id = $1 ORDER BY id`,
    [order.id],
  );
  return [{ state: 'admitted', business_date: order.business_date, recorded_at: order.admitted_at }, ...moves];
}
