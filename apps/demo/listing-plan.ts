import type { Chance } from './chance';
import type { MarketplaceRow } from './marketplace-file';

/** How a borrower behaves, after how his real loan ended. */
export type Conduct =
  /** Pays to the end. */
  | 'pays'
  /** Pays once within grace, otherwise to the end. */
  | 'late_once'
  /** Stops paying half-way. */
  | 'stops'
  /** Too few people want to lend: the listing fails at its deadline. */
  | 'unwanted';

/** Everything about one listing that the demo decides by itself; the rest stands in the file. */
export interface ListingPlan {
  readonly row: MarketplaceRow;
  /** Place among all candidates that were tried. */
  readonly place: number;
  readonly conduct: Conduct;
  readonly method: 'equal_instalments' | 'equal_principal' | 'interest_first';
  readonly workingDays: 'none' | 'following' | 'modified_following';
  readonly guarantee: 'insured' | 'channel';
  readonly premiumPpm: number;
  readonly serviceFeePpm: number;
  readonly overbookingPpm: number;
  readonly kind: 'consumer' | 'credit' | 'business';
}

/** Shares of the amount, in millionths: "a few percent" for who really pays, "a few per mille" for who only lends his name. */
const PREMIUM_PPM = { insured: 12_000, channel: 3_000 } as const;
const SERVICE_FEE_PPM = 2_000;
const OVERBOOKING_PPM = 60_000;

const METHODS = ['equal_instalments', 'equal_instalments', 'equal_principal', 'interest_first'] as const;

/** Plans a candidate. Guarantees alternate, among those who will stop paying by themselves, so that both kinds of payer are called upon. */
export function planListing(row: MarketplaceRow, place: number, stoppedBefore: number, chance: Chance): ListingPlan {
  const conduct = conductOf(row);
  const turn = conduct === 'stops' ? stoppedBefore : place;
  const guarantee = turn % 2 === 0 ? 'insured' : 'channel';
  return {
    row,
    place,
    conduct,
    // What the real ones were; some are made otherwise, but not those where half of the principal must have been paid when the paying stops.
    method: conduct === 'stops' ? 'equal_instalments' : chance.pick(METHODS, 'method', row.row),
    workingDays: chance.pick(['none', 'following', 'modified_following'] as const, 'working days', row.row),
    guarantee,
    premiumPpm: PREMIUM_PPM[guarantee],
    serviceFeePpm: place % 3 === 0 ? SERVICE_FEE_PPM : 0,
    overbookingPpm: place % 2 === 0 ? OVERBOOKING_PPM : 0,
    kind: chance.pick(['consumer', 'credit', 'business'] as const, 'kind', row.row),
  };
}

function conductOf({ outcome }: MarketplaceRow): Conduct {
  switch (outcome) {
    case 'Defaulted':
    case 'Chargedoff':
      return 'stops';
    case 'Past Due':
      return 'late_once';
    case 'Cancelled':
      return 'unwanted';
    default:
      return 'pays';
  }
}
