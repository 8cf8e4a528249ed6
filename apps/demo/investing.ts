import { fen, minFen, subtractFen, sumFen, type Fen } from '#kernel/money';
import type { RaiseStanding } from './back-office';
import type { AdmittedOrder } from './customer';
import { sentenceOf } from './http-client';
import type { Answer } from './http-client';
import { inParallel, until } from './parallel';
import type { FaultList, PlannedFault } from './planned-fault';
import type { PlannedOrder, Raise } from './raise-plan';
import type { LiveListing, World } from './world';

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

/** What goes wrong beside the orders. */
export interface RaiseTroubles {
  readonly faults: FaultList;
  /** Each is planned when its order is placed. */
  readonly ofHolds: ReadonlyMap<PlannedOrder, PlannedFault>;
  /** Told the number of a listing's first order before the others come. */
  whenFirstIsAdmitted(raise: Raise, orderNo: number): Promise<void>;
}

const LISTINGS_AT_ONCE = 5;
const RAISE_LIMIT_MS = 90_000;

/**
 * Lets the investors order, each listing until it is full; an unwanted one stays open. Several listings at once, but the orders of one listing one after the other,
 * and nothing that depends on what was frozen before the bank has said so: with the same seed the same orders are lent, however quick the machine is.
 */
export async function fillListings(world: World, raises: readonly Raise[], counts: OrderCounts, troubles: RaiseTroubles): Promise<void> {
  await inParallel(raises, LISTINGS_AT_ONCE, (raise) => new Filling(world, raise, counts, troubles).fill());
}

/** One listing on its way to full. */
class Filling {
  private readonly listing: LiveListing;

  constructor(
    private readonly world: World,
    private readonly raise: Raise,
    private readonly counts: OrderCounts,
    private readonly troubles: RaiseTroubles,
  ) {
    this.listing = raise.listing;
  }

  async fill(): Promise<void> {
    await this.placeAll();
    await this.decided();
    if (this.listing.plan.conduct === 'unwanted') return;
    await this.fillGaps();
    await this.placeEnd();
    await this.becomes(SOLD);
    await this.comeTooLate();
  }

  /** A fault strikes the next hold of its account: whoever has an order with a fault waits for it before he orders here again, and the other way round. */
  private async placeAll(): Promise<void> {
    const { ofHolds } = this.troubles;
    const known = new Set<number>();
    const troubled = new Set<number>();
    for (const [index, order] of this.raise.orders.entries()) {
      const { investor } = order;
      if (known.has(investor) && (ofHolds.has(order) || troubled.has(investor))) await this.decided();
      known.add(investor);
      if (ofHolds.has(order)) troubled.add(investor);
      else troubled.delete(investor);
      const { no } = await this.placed(order);
      if (index === 0) await this.troubles.whenFirstIsAdmitted(this.raise, no);
    }
  }

  /** What a refused freeze has left open is taken by whoever has money left. */
  private async fillGaps(): Promise<void> {
    const { world, raise, listing } = this;
    const { row } = listing.plan;
    const left = subtractFen(row.amount, sumFen(raise.orders.map(({ amount }) => amount)));
    const helpers = world.chance.shuffled(world.investors, 'gap', row.row);
    for (let turn = 0; turn < MOST_TURNS_FOR_GAPS; turn += 1) {
      const { missingFen } = await this.decided();
      const gap = subtractFen(fen(missingFen), left);
      if (gap === 0n) return;
      const helper = helpers[turn % helpers.length]!;
      take(await helper.order(listing.id, minFen(gap, MOST_FOR_A_GAP), true), this.counts);
      this.counts.forGaps += 1;
    }
    throw new Error(`补缺未成 the gap of listing ${listing.listingNo} was not filled in ${MOST_TURNS_FOR_GAPS} turns`);
  }

  /** Who asks for too much fills the listing for a moment; where he is skipped, it opens again for the next one. */
  private async placeEnd(): Promise<void> {
    for (const order of this.raise.end) {
      await this.isOpen();
      await this.placed(order);
    }
  }

  /** An order that must be admitted: nobody else is at the door. */
  private async placed(order: PlannedOrder): Promise<AdmittedOrder> {
    const fault = this.troubles.ofHolds.get(order);
    if (fault !== undefined) await this.troubles.faults.plan(fault);
    const answer = await this.order(order);
    if (!answer.ok) throw refused(answer);
    take(answer, this.counts);
    return answer.body;
  }

  private order({ investor, amount, acceptsPart }: PlannedOrder): Promise<Answer<AdmittedOrder>> {
    this.world.progress.step(`${this.counts.admitted} 笔已占额 orders admitted`);
    return this.world.investors[investor]!.order(this.listing.id, amount, acceptsPart);
  }

  private async comeTooLate(): Promise<void> {
    const { world, listing } = this;
    const investor = world.chance.pick(world.investors, 'late', listing.plan.row.row);
    const answer = await investor.order(listing.id, fen(100), false);
    if (answer.ok) throw new Error(`满标后仍可下单 listing ${listing.listingNo} is full and took another order`);
    take(answer, this.counts);
  }

  /** The bank has decided every order of the listing. */
  private decided(): Promise<RaiseStanding> {
    return this.stands('各笔冻结有结论 every freeze to be decided', ({ openOrders }) => openOrders === 0);
  }

  private isOpen(): Promise<RaiseStanding> {
    return this.stands('可再下单 to be open', ({ openOrders, state }) => openOrders === 0 && state === 'raising');
  }

  private becomes(states: readonly string[]): Promise<RaiseStanding> {
    return this.stands('满标 to be full', ({ state }) => states.includes(state));
  }

  private stands(what: string, holds: (standing: RaiseStanding) => boolean): Promise<RaiseStanding> {
    return until(`标的 listing ${this.listing.listingNo}: ${what}`, RAISE_LIMIT_MS, async () => {
      const standing = await this.world.office.raise(this.listing.id);
      return holds(standing) ? standing : undefined;
    });
  }
}

/** States of a listing that takes no more orders. */
const SOLD: readonly string[] = ['settling', 'repaying', 'closed', 'failing', 'failed'];

/** What everybody has left beyond his planned orders, and how often somebody is asked for it. */
const MOST_FOR_A_GAP: Fen = fen(400_000);
const MOST_TURNS_FOR_GAPS = 100;

const FULL: readonly string[] = ['LISTING_SOLD_OUT', 'LISTING_DOOR_CLOSED', 'ORDER_ABOVE_REMAINDER', 'REMAINDER_BELOW_MINIMUM'];

function take(answer: Answer<AdmittedOrder>, counts: OrderCounts): void {
  if (answer.ok) counts.admitted += 1;
  else if (FULL.includes(answer.problem.code ?? '')) counts.full += 1;
  else throw refused(answer);
}

function refused(answer: Extract<Answer<AdmittedOrder>, { ok: false }>): Error {
  return new Error(`订单被拒 an order was refused: ${sentenceOf(answer.problem)}`);
}
