import { fen, minFen, type Fen } from '#kernel/money';
import { sentenceOf } from './http-client';
import type { Answer } from './http-client';
import type { AdmittedOrder } from './customer';
import { inParallel, until } from './parallel';
import type { PlannedOrder, Raise } from './raise-plan';
import type { World } from './world';

/** What the investors were answered. */
export interface OrderCounts {
  admitted: number;
  /** Refused because the listing was full: somebody was quicker. */
  full: number;
  /** Investors who were told to open an e-account first, and did. */
  readonly withoutAccount: number;
  /** Placed later, for what a refused freeze had left open. */
  forGaps: number;
}

const LISTINGS_AT_ONCE = 5;
const ORDERS_AT_ONCE = 40;
const RAISE_LIMIT_MS = 90_000;

/** How long a listing may look unfinished before somebody else takes the rest, in milliseconds. */
const GAP_AFTER_MS = 1_500;

/** Lets the investors order, each listing until it is full; an unwanted one stays open. The number of a listing's first order is told before the others come. */
export async function fillListings(
  world: World,
  raises: readonly Raise[],
  counts: OrderCounts,
  whenFirstIsAdmitted: (raise: Raise, orderNo: number) => Promise<void>,
): Promise<void> {
  await inParallel(raises, LISTINGS_AT_ONCE, async (raise) => {
    await placeAll(world, raise, counts, whenFirstIsAdmitted);
    if (raise.listing.plan.conduct === 'unwanted') return;
    await untilFull(world, raise, counts);
    await comeTooLate(world, raise, counts);
  });
}

/**
 * The order that fills the listing goes first of the last ones and takes its time at the bank (a planned delay); those beyond full are frozen meanwhile. So
 * there is more money than the listing needs when it becomes full, and some of it goes back.
 */
async function placeAll(
  world: World,
  raise: Raise,
  counts: OrderCounts,
  whenFirst: (raise: Raise, orderNo: number) => Promise<void>,
): Promise<void> {
  const [first, ...middle] = raise.orders.slice(0, -1);
  if (first !== undefined) {
    const answer = await place(world, raise, first, counts);
    if (answer.ok) await whenFirst(raise, answer.body.no);
  }
  await inParallel(middle, ORDERS_AT_ONCE, (order) => place(world, raise, order, counts));
  const last = raise.orders.slice(-1);
  await Promise.all([...last, ...raise.beyond].map((order) => place(world, raise, order, counts)));
}

async function place(world: World, raise: Raise, order: PlannedOrder, counts: OrderCounts): Promise<Answer<AdmittedOrder>> {
  const investor = world.investors[order.investor]!;
  const answer = await investor.order(raise.listing.id, order.amount, order.acceptsPart);
  take(answer, counts);
  world.progress.step(`${counts.admitted} 笔已占额 orders admitted`);
  return answer;
}

function take(answer: Answer<AdmittedOrder>, counts: OrderCounts): void {
  if (answer.ok) counts.admitted += 1;
  else if (FULL.includes(answer.problem.code ?? '')) counts.full += 1;
  else throw new Error(`订单被拒 an order was refused: ${sentenceOf(answer.problem)}`);
}

const FULL: readonly string[] = ['LISTING_SOLD_OUT', 'LISTING_DOOR_CLOSED', 'ORDER_ABOVE_REMAINDER', 'REMAINDER_BELOW_MINIMUM'];

/** Waits until the listing's door has closed for good; what stays open (a freeze that the bank refused) is taken by somebody who has money left. */
async function untilFull(world: World, raise: Raise, counts: OrderCounts): Promise<void> {
  const { listing } = raise;
  let openSince = Date.now();
  let turn = 0;
  await until(`满标 listing ${listing.listingNo} to be full`, RAISE_LIMIT_MS, async () => {
    const { state, remainingFen } = await listing.borrower.listing(listing.id);
    if (['settling', 'repaying', 'closed', 'failing', 'failed'].includes(state)) return state;
    const gap = fen(remainingFen);
    if (state !== 'raising' || gap === 0n || Date.now() - openSince < GAP_AFTER_MS) return undefined;
    turn += 1;
    await fillGap(world, raise, gap, turn, counts);
    openSince = Date.now();
    return undefined;
  });
}

async function fillGap(world: World, raise: Raise, gap: Fen, turn: number, counts: OrderCounts): Promise<void> {
  const investor = world.investors[world.chance.below(world.investors.length, 'gap', raise.listing.plan.row.row, turn)]!;
  const answer = await investor.order(raise.listing.id, minFen(gap, MOST_FOR_A_GAP), true);
  if (answer.ok) counts.forGaps += 1;
}

/** What everybody has left beyond his planned orders. */
const MOST_FOR_A_GAP: Fen = fen(400_000);

async function comeTooLate(world: World, raise: Raise, counts: OrderCounts): Promise<void> {
  const investor = world.chance.pick(world.investors, 'late', raise.listing.plan.row.row);
  const answer = await investor.order(raise.listing.id, fen(100), false);
  if (answer.ok) throw new Error(`满标后仍可下单 listing ${raise.listing.listingNo} is full and took another order`);
  take(answer, counts);
}
