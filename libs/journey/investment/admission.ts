import { listingRefusals } from '#journey/listing';
import type { Listing, ListingState } from '#journey/listing';
import { Bug, Refusal } from '#kernel/faults';
import type { RefusalDetails } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { investmentRefusals as codes } from './investment.refusals';

/** One wish to invest, as it reaches the door. */
export interface Wish {
  readonly customerId: Uuid;
  readonly accountNo: string | null;
  readonly accountStatus: string;
  readonly amount: Fen;
  /** Whether the listing is not meant for him: he was not named, or has invested before. */
  readonly isStranger?: boolean;
  /** What he has in other listings that are not over, in fen. Only asked for where the channel has a cap. */
  readonly elsewhere?: bigint;
}

/** Caps of the channel on one investor, in fen; none unless set. */
export interface InvestorCaps {
  /** Over all listings that are not over. */
  readonly total?: bigint;
  /** In one listing; the listing's own cap may be lower. */
  readonly perListing?: bigint;
}

/** What stands at the door of one listing while a batch of wishes is weighed; changes with every wish that is admitted. */
export interface Door {
  readonly listing: Pick<Listing, 'state' | 'borrower_id' | 'minimum_order_fen' | 'step_fen' | 'investor_cap_fen' | 'audience'>;
  readonly isPastDeadline: boolean;
  readonly caps: InvestorCaps;
  readonly quota: bigint;
  taken: bigint;
  readonly exposures: Map<Uuid, bigint>;
}

/** What was decided about one wish that is not admitted: a code, and figures for its details in fen. */
export interface Decision {
  readonly outcome: string;
  readonly figure: bigint | null;
  readonly figure2: bigint | null;
}

const NOT_YET: readonly ListingState[] = ['drafted', 'in_credit', 'in_review', 'approved', 'scheduled'];

/**
 * Weighs one wish: the published rule of the door. What decides in the hot path is the database's function `admit_orders`, which must agree with this rule on every
 * wish of every batch; a property test holds the two together.
 *
 * The checks stand in the order in which a customer should hear of them: is the listing open, may he invest at all, is anything left, is the amount well formed, does
 * it fit him, does it fit what remains. Rest rule: what remains afterwards is nothing or at least the minimum; the last order may take all that remains, even below
 * the minimum and off the step.
 * @returns why not, or nothing when the wish is admitted (and the door has counted it)
 */
export function weigh(door: Door, wish: Wish): Decision | undefined {
  const { listing, caps } = door;
  if (NOT_YET.includes(listing.state)) return no('LISTING_NOT_OPEN');
  if (listing.state !== 'raising' || door.isPastDeadline) return no('LISTING_DOOR_CLOSED');
  if (wish.accountNo === null || wish.accountStatus !== 'ACTIVE') return no('E_ACCOUNT_MISSING');
  if (wish.customerId === listing.borrower_id) return no('OWN_LISTING');
  if (wish.isStranger === true) return no(listing.audience === 'named' ? 'LISTING_FOR_NAMED' : 'LISTING_FOR_NEWCOMERS');
  const remaining = door.quota - door.taken;
  const rest = remaining - wish.amount;
  if (remaining <= 0n) return no('LISTING_SOLD_OUT');
  if (rest !== 0n && wish.amount < listing.minimum_order_fen) return no('ORDER_BELOW_MINIMUM', listing.minimum_order_fen);
  if (rest !== 0n && (wish.amount - listing.minimum_order_fen) % listing.step_fen !== 0n) return no('ORDER_OFF_STEP', listing.step_fen);
  const exposure = door.exposures.get(wish.customerId) ?? 0n;
  const cap = lower(listing.investor_cap_fen ?? undefined, caps.perListing);
  if (cap !== undefined && exposure + wish.amount > cap) return no('ORDER_ABOVE_CAP', cap, exposure);
  const everywhere = (wish.elsewhere ?? 0n) + exposure;
  if (caps.total !== undefined && everywhere + wish.amount > caps.total) return no('ORDER_ABOVE_TOTAL_CAP', caps.total, everywhere);
  if (rest < 0n) return no('ORDER_ABOVE_REMAINDER', remaining);
  if (rest !== 0n && rest < listing.minimum_order_fen) return no('REMAINDER_BELOW_MINIMUM', remaining);
  door.taken += wish.amount;
  door.exposures.set(wish.customerId, exposure + wish.amount);
  return undefined;
}

/** The refusal of a decision, with its details in their public names. @throws Bug for an outcome that is no refusal of the door */
export function refusalOf({ outcome, figure, figure2 }: Decision): Refusal {
  if (outcome === 'LISTING_NOT_FOUND') return new Refusal(listingRefusals.LISTING_NOT_FOUND);
  if (!(outcome in codes)) throw new Bug(`the door answered ${outcome}, which is no refusal`);
  return new Refusal(codes[outcome as keyof typeof codes], detailsOf(outcome, figure, figure2));
}

function detailsOf(outcome: string, figure: bigint | null, figure2: bigint | null): RefusalDetails | undefined {
  const [first, second] = DETAILS[outcome] ?? [];
  if (first === undefined) return undefined;
  return { [first]: Number(figure), ...(second === undefined ? {} : { [second]: Number(figure2) }) };
}

/** What the figures of a decision are called in the details of its refusal. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  ORDER_BELOW_MINIMUM: ['minimumOrderFen'],
  ORDER_OFF_STEP: ['stepFen'],
  ORDER_ABOVE_CAP: ['investorCapFen', 'investedFen'],
  ORDER_ABOVE_TOTAL_CAP: ['totalCapFen', 'investedFen'],
  ORDER_ABOVE_REMAINDER: ['remainingFen'],
  REMAINDER_BELOW_MINIMUM: ['remainingFen'],
};

function no(outcome: keyof typeof codes, figure: bigint | null = null, figure2: bigint | null = null): Decision {
  return { outcome, figure, figure2 };
}

function lower(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
