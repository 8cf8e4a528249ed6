import { listingRefusals } from '#journey/listing';
import type { Listing, ListingState } from '#journey/listing';
import { Bug, commandRefusals, Refusal } from '#kernel/faults';
import type { RefusalDetails } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { investmentRefusals } from './investment.refusals';

const codes = { ...investmentRefusals, ...commandRefusals };

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
  const remaining = door.quota - door.taken;
  const exposure = door.exposures.get(wish.customerId) ?? 0n;
  const cap = lower(door.listing.investor_cap_fen ?? undefined, door.caps.perListing);
  const at = { door, wish, remaining, rest: remaining - wish.amount, exposure, cap, everywhere: (wish.elsewhere ?? 0n) + exposure };
  const check = CHECKS.find(({ stops }) => stops(at));
  if (check !== undefined) {
    const [figure = null, figure2 = null] = check.figures?.(at) ?? [];
    return { outcome: check.code, figure, figure2 };
  }
  door.taken += wish.amount;
  door.exposures.set(wish.customerId, exposure + wish.amount);
  return undefined;
}

/** One wish at the door, with what follows from both, in fen. */
interface AtTheDoor {
  readonly door: Door;
  readonly wish: Wish;
  readonly remaining: bigint;
  /** What would remain. */
  readonly rest: bigint;
  /** What he has in this listing, the most he may have in it, and what he has in all. */
  readonly exposure: bigint;
  readonly cap: bigint | undefined;
  readonly everywhere: bigint;
}

interface Check {
  readonly code: keyof typeof codes;
  stops(at: AtTheDoor): boolean;
  /** Figures for the details of the refusal. */
  figures?(at: AtTheDoor): readonly [bigint] | readonly [bigint, bigint];
}

const NOT_YET: readonly ListingState[] = ['drafted', 'in_credit', 'in_review', 'approved', 'scheduled'];

/** In the order in which a customer hears of them: the first that stops a wish is the one that is told. */
const CHECKS: readonly Check[] = [
  { code: 'LISTING_NOT_OPEN', stops: ({ door }) => NOT_YET.includes(door.listing.state) },
  { code: 'LISTING_DOOR_CLOSED', stops: ({ door }) => door.listing.state !== 'raising' || door.isPastDeadline },
  { code: 'E_ACCOUNT_MISSING', stops: ({ wish }) => wish.accountNo === null || wish.accountStatus !== 'ACTIVE' },
  { code: 'OWN_LISTING', stops: ({ door, wish }) => wish.customerId === door.listing.borrower_id },
  { code: 'LISTING_FOR_NAMED', stops: ({ door, wish }) => wish.isStranger === true && door.listing.audience === 'named' },
  { code: 'LISTING_FOR_NEWCOMERS', stops: ({ wish }) => wish.isStranger === true },
  { code: 'LISTING_SOLD_OUT', stops: ({ remaining }) => remaining <= 0n },
  {
    code: 'ORDER_BELOW_MINIMUM',
    stops: ({ door, wish, rest }) => rest !== 0n && wish.amount < door.listing.minimum_order_fen,
    figures: ({ door }) => [door.listing.minimum_order_fen],
  },
  {
    code: 'ORDER_OFF_STEP',
    stops: ({ door, wish, rest }) => rest !== 0n && (wish.amount - door.listing.minimum_order_fen) % door.listing.step_fen !== 0n,
    figures: ({ door }) => [door.listing.step_fen],
  },
  {
    code: 'ORDER_ABOVE_CAP',
    stops: ({ wish, exposure, cap }) => cap !== undefined && exposure + wish.amount > cap,
    figures: ({ cap, exposure }) => [cap!, exposure],
  },
  {
    code: 'ORDER_ABOVE_TOTAL_CAP',
    stops: ({ door, wish, everywhere }) => door.caps.total !== undefined && everywhere + wish.amount > door.caps.total,
    figures: ({ door, everywhere }) => [door.caps.total!, everywhere],
  },
  { code: 'ORDER_ABOVE_REMAINDER', stops: ({ rest }) => rest < 0n, figures: ({ remaining }) => [remaining] },
  {
    code: 'REMAINDER_BELOW_MINIMUM',
    stops: ({ door, rest }) => rest !== 0n && rest < door.listing.minimum_order_fen,
    figures: ({ remaining }) => [remaining],
  },
];

/** Every refusal of the door in the order in which a customer hears of them: what his key was used for, whether there is such a listing, then the checks. */
export const orderRefusals: readonly string[] = ['IDEMPOTENCY_KEY_REUSED', 'LISTING_NOT_FOUND', ...CHECKS.map(({ code }) => code)];

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

function lower(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
