import { addFen, ppmOf, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { Chance } from './chance';
import type { ListingPlan } from './listing-plan';
import { orderAmounts } from './order-amounts';
import type { LiveListing } from './world';

/** An order that somebody is going to place. */
export interface PlannedOrder {
  /** Place among the investors. */
  readonly investor: number;
  readonly amount: Fen;
  readonly acceptsPart: boolean;
}

/** Who will order what of one listing. */
export interface Raise {
  readonly listing: LiveListing;
  /** One after the other: together the amount of the listing, a little less where it is overbooked, far too little where nobody wants it. */
  readonly orders: readonly PlannedOrder[];
  /**
   * The last orders of an overbooked listing, when a little is left of it, each placed when the one before has had its effect. Either one who asks for more and agrees to
   * a part: he is accepted for what is left. Or one who asks for more and does not: he is skipped and keeps his place, what is left is sold again to another
   * one, and the first is left out.
   */
  readonly end: readonly PlannedOrder[];
}

/** Share of the amount that an unwanted listing finds. */
const UNWANTED_PPM = 400_000;

/** Shares of the amount of an overbooked listing: what is left for its end, and what somebody asks for then. */
const LEFT_PPM = 10_000;
const ASKED_PPM = 20_000;

/** Plans the orders of every listing: as many as the file counts investors, spread over the investors that there are. */
export function planRaises(listings: readonly LiveListing[], investors: number, chance: Chance): Raise[] {
  return listings.map((listing) => planRaise(listing, investors, chance));
}

/** What each investor needs for his orders. */
export function wealthFor(raises: readonly Raise[], investors: number): Fen[] {
  const wealth = Array.from({ length: investors }, () => ZERO);
  for (const order of raises.flatMap(({ orders, end }) => [...orders, ...end]))
    wealth[order.investor] = addFen(wealth[order.investor]!, order.amount);
  return wealth;
}

/** The order that may be refused, and the one whose collection may fail: see the faults of raising. */
export const MAY_BE_REFUSED = 7;
export const MAY_NOT_BE_COLLECTED = 0;

/** Investors who certainly hold a claim afterwards. Few orders have no such trouble. */
export function sureInvestors({ orders }: Raise): number[] {
  const isSure = (index: number): boolean => index !== MAY_NOT_BE_COLLECTED && index !== MAY_BE_REFUSED;
  const sure = orders.length < ENOUGH_TO_DROP ? orders : orders.filter((_, index) => isSure(index));
  return [...new Set(sure.map((order) => order.investor))];
}

/** A raise needs so many orders before one of them may fail and the others still carry the listing. */
export const ENOUGH_TO_DROP = 4;

function planRaise(listing: LiveListing, investors: number, chance: Chance): Raise {
  const { row } = listing.plan;
  const turn = chance.shuffled(
    Array.from({ length: investors }, (_, index) => index),
    'turn',
    row.row,
  );
  const left = leftForTheEnd(listing.plan);
  const amounts = orderAmounts(subtractFen(wantedOf(listing.plan), left), row.investors, chance, row.row);
  const orders = amounts.map((amount, index) => ({
    investor: turn[index % investors]!,
    amount,
    acceptsPart: chance.of('part', row.row, index) < 0.5,
  }));
  const next = (index: number): number => turn[(amounts.length + index) % investors]!;
  return { listing, orders, end: left === ZERO ? [] : endOf(listing.plan, left, next(0), next(1)) };
}

/** Overbooked listings take every second place: one is ended by a part, the next by skipping. */
function endOf({ row, place }: ListingPlan, left: Fen, first: number, second: number): readonly PlannedOrder[] {
  const tooMuch = ppmOf(row.amount, ASKED_PPM, 'floor');
  if (place % 4 === 0) return [{ investor: first, amount: tooMuch, acceptsPart: true }];
  return [
    { investor: first, amount: tooMuch, acceptsPart: false },
    { investor: second, amount: left, acceptsPart: false },
  ];
}

/** What the orders of a listing ask for together. */
function wantedOf({ row, conduct }: ListingPlan): Fen {
  return conduct === 'unwanted' ? ppmOf(row.amount, UNWANTED_PPM, 'floor') : row.amount;
}

function leftForTheEnd({ row, conduct, overbookingPpm }: ListingPlan): Fen {
  const isOverbooked = conduct !== 'unwanted' && overbookingPpm > 0 && row.investors >= ENOUGH_TO_DROP;
  return isOverbooked ? ppmOf(row.amount, LEFT_PPM, 'floor') : ZERO;
}
