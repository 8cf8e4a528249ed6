import { addFen, fen, mulDiv, ppmOf, subtractFen, sumFen, ZERO, type Fen } from '#kernel/money';
import type { Chance } from './chance';
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
  /** Together the amount of the listing, or far too little where nobody wants it. */
  readonly orders: readonly PlannedOrder[];
  /** Beyond the amount, within the overbooking allowance: some of it goes back. */
  readonly beyond: readonly PlannedOrder[];
}

/** Share of the amount that an unwanted listing finds. */
const UNWANTED_PPM = 400_000;

/** Orders beyond full of an overbooked listing, at most. */
const BEYOND = 3;

/** Plans the orders of every listing: as many as the file counts investors, spread over the investors that there are. */
export function planRaises(listings: readonly LiveListing[], investors: number, chance: Chance): Raise[] {
  return listings.map((listing) => planRaise(listing, investors, chance));
}

/** What each investor needs for his orders. */
export function wealthFor(raises: readonly Raise[], investors: number): Fen[] {
  const wealth = Array.from({ length: investors }, () => ZERO);
  for (const order of raises.flatMap(({ orders, beyond }) => [...orders, ...beyond]))
    wealth[order.investor] = addFen(wealth[order.investor]!, order.amount);
  return wealth;
}

/** The order that may be refused, and the one whose collection may fail: see the faults of raising. */
export const MAY_BE_REFUSED = 7;
export const MAY_NOT_BE_COLLECTED = 0;

/** Investors who certainly hold a claim afterwards: not the order that fills the listing either, which may be the one too many. Few orders have no such trouble. */
export function sureInvestors({ orders }: Raise): number[] {
  const last = orders.length - 1;
  const isSure = (index: number): boolean => index !== MAY_NOT_BE_COLLECTED && index !== MAY_BE_REFUSED && index !== last;
  const sure = orders.length < ENOUGH_TO_DROP ? orders : orders.filter((_, index) => isSure(index));
  return [...new Set(sure.map((order) => order.investor))];
}

/** A raise needs so many orders before one of them may fail and the others still carry the listing. */
export const ENOUGH_TO_DROP = 4;

function planRaise(listing: LiveListing, investors: number, chance: Chance): Raise {
  const { row, conduct, overbookingPpm } = listing.plan;
  const wanted = conduct === 'unwanted' ? ppmOf(row.amount, UNWANTED_PPM, 'floor') : row.amount;
  const turn = chance.shuffled(
    Array.from({ length: investors }, (_, index) => index),
    'turn',
    row.row,
  );
  const amounts = orderAmounts(wanted, row.investors, chance, row.row);
  // The last one fills the listing, maybe only in part: it agrees to that, so that no gap is left.
  const orders = amounts.map((amount, index) => ({
    investor: turn[index % investors]!,
    amount,
    acceptsPart: index === amounts.length - 1 || chance.of('part', row.row, index) < 0.5,
  }));
  const isOverbooked = conduct !== 'unwanted' && amounts.length >= ENOUGH_TO_DROP;
  return { listing, orders, beyond: isOverbooked ? beyondFull(row.amount, overbookingPpm, turn, amounts.length) : [] };
}

/** Half of what overbooking allows: the other half leaves room for whoever comes by himself. The first agrees to be accepted in part, the others do not. */
function beyondFull(amount: Fen, overbookingPpm: number, turn: readonly number[], before: number): PlannedOrder[] {
  const room = mulDiv(ppmOf(amount, overbookingPpm, 'floor'), 1n, 2n, 'floor');
  if (room < BEYOND * 100) return [];
  const each = mulDiv(room, 1n, fen(BEYOND), 'floor');
  const amounts = [each, each, subtractFen(room, sumFen([each, each]))];
  return amounts.map((part, index) => ({ investor: turn[(before + index) % turn.length]!, amount: part, acceptsPart: index === 0 }));
}
