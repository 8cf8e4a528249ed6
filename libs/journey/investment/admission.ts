import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { Listing, ListingState } from '#journey/listing';
import { investmentRefusals as codes } from './investment.refusals';

/** One wish to invest, as it reaches the door. */
export interface Wish {
  readonly customerId: Uuid;
  readonly accountNo: string | null;
  readonly accountStatus: string;
  readonly amount: Fen;
}

/** What stands at the door of one listing while a batch of wishes is weighed; changes with every wish that is admitted. */
export interface Door {
  readonly listing: Pick<Listing, 'state' | 'borrower_id' | 'minimum_order_fen' | 'step_fen' | 'investor_cap_fen'>;
  readonly isPastDeadline: boolean;
  readonly quota: bigint;
  taken: bigint;
  readonly exposures: Map<Uuid, bigint>;
}

const NOT_YET: readonly ListingState[] = ['drafted', 'in_credit', 'in_review', 'approved', 'scheduled'];

/**
 * Weighs one wish. The checks stand in the order in which a customer should hear of them: is the listing open, may he invest at all, is anything left, is the
 * amount well formed, does it fit him, does it fit what remains. Rest rule: what remains afterwards is nothing or at least the minimum; the last order may take all
 * that remains, even below the minimum and off the step.
 * @returns the refusal, or nothing when the wish is admitted (and the door has counted it)
 */
export function weigh(door: Door, wish: Wish): Refusal | undefined {
  const { listing } = door;
  // Also a scheduled listing whose minute has come: it is open when its opening is committed, and the customer should try again, not go away.
  if (NOT_YET.includes(listing.state)) return new Refusal(codes.LISTING_NOT_OPEN);
  if (listing.state !== 'raising' || door.isPastDeadline) return new Refusal(codes.LISTING_DOOR_CLOSED, { state: listing.state });
  if (wish.accountNo === null || wish.accountStatus !== 'ACTIVE')
    return new Refusal(codes.E_ACCOUNT_MISSING, { status: wish.accountStatus });
  if (wish.customerId === listing.borrower_id) return new Refusal(codes.OWN_LISTING);
  const remaining = door.quota - door.taken;
  const takesAll = wish.amount === remaining;
  if (remaining <= 0n) return new Refusal(codes.LISTING_SOLD_OUT);
  if (!takesAll && wish.amount < listing.minimum_order_fen) {
    return new Refusal(codes.ORDER_BELOW_MINIMUM, { minimumOrderFen: Number(listing.minimum_order_fen) });
  }
  if (!takesAll && (wish.amount - listing.minimum_order_fen) % listing.step_fen !== 0n)
    return new Refusal(codes.ORDER_OFF_STEP, { stepFen: Number(listing.step_fen) });
  const exposure = door.exposures.get(wish.customerId) ?? 0n;
  const cap = listing.investor_cap_fen;
  if (cap !== null && exposure + wish.amount > cap)
    return new Refusal(codes.ORDER_ABOVE_CAP, { investorCapFen: Number(cap), investedFen: Number(exposure) });
  if (wish.amount > remaining) return new Refusal(codes.ORDER_ABOVE_REMAINDER, { remainingFen: Number(remaining) });
  const rest = remaining - wish.amount;
  if (rest !== 0n && rest < listing.minimum_order_fen)
    return new Refusal(codes.REMAINDER_BELOW_MINIMUM, { remainingFen: Number(remaining) });
  door.taken += wish.amount;
  door.exposures.set(wish.customerId, exposure + wish.amount);
  return undefined;
}
