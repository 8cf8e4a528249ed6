import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { quote } from '#kernel/interest';
import type { Quote } from '#kernel/interest';
import { fen } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { institutionById } from '#registers/identity';
import { createHash } from 'node:crypto';
import { termOf } from './listing';
import type { Listing } from './listing';
import { listingRefusals } from './listing.refusals';
import { lockListing } from './reading';

/** Every term that an operator sets while the listing is in review; columns of `listing` by their names. */
export type ListingTerms = Pick<
  Listing,
  | 'day_count'
  | 'working_days'
  | 'minimum_order_fen'
  | 'step_fen'
  | 'investor_cap_fen'
  | 'minimum_raise_ppm'
  | 'minimum_after_drops_ppm'
  | 'overbooking_ppm'
  | 'hold_mode'
  | 'audience'
  | 'drop_policy'
  | 'guarantee_mode'
  | 'institution_id'
  | 'premium_ppm'
  | 'premium_return'
  | 'service_fee_ppm'
  | 'fee_return'
  | 'grace_days'
  | 'penalty_ppm_per_day'
  | 'early_from_day'
  | 'cap_ppm'
> & { readonly opens_at: Date; readonly deadline: BusinessDate };

const COLUMNS = [
  'day_count',
  'working_days',
  'minimum_order_fen',
  'step_fen',
  'investor_cap_fen',
  'minimum_raise_ppm',
  'minimum_after_drops_ppm',
  'overbooking_ppm',
  'hold_mode',
  'audience',
  'drop_policy',
  'guarantee_mode',
  'institution_id',
  'premium_ppm',
  'premium_return',
  'service_fee_ppm',
  'fee_return',
  'grace_days',
  'penalty_ppm_per_day',
  'early_from_day',
  'cap_ppm',
  'opens_at',
  'deadline',
] as const satisfies readonly (keyof ListingTerms)[];

/** Sets the terms of a listing in review, as often as wanted until the first review: what is reviewed is what is executed. */
export async function setTerms(
  tx: Tx,
  id: Uuid,
  terms: Partial<ListingTerms> & Pick<ListingTerms, 'opens_at' | 'deadline'>,
  who: string,
): Promise<void> {
  const today = await lockDay(tx);
  const listing = await lockListing(tx, id, ['in_review']);
  await refuseOnceReviewed(tx, id);
  if (terms.institution_id !== undefined && terms.institution_id !== null) await institutionById(tx, terms.institution_id);
  const given = COLUMNS.filter((column) => terms[column] !== undefined);
  checkTerms({ ...listing, ...Object.fromEntries(given.map((column) => [column, terms[column]])) } as Listing, today);
  await tx.execute(
    `UPDATE listing SET ${given.map((column, index) => `${column} = $${index + 3}`).join(', ')}, terms_by = $2, changed_at = clock_timestamp() WHERE id = $1`,
    [id, who, ...given.map((column) => terms[column])],
  );
}

/** What is reviewed is what is executed. @throws Refusal LISTING_STATE once the first review is written */
export async function refuseOnceReviewed(tx: Tx, id: Uuid): Promise<void> {
  const [reviewed] = await tx.query('SELECT 1 FROM listing_review WHERE listing_id = $1', [id]);
  if (reviewed !== undefined) throw new Refusal(listingRefusals.LISTING_STATE, { state: 'under review' });
}

/** Schedule, cost and gate of a listing as it stands, counted from a value date. */
export function quoteOf(listing: Listing, valueDate: BusinessDate): Quote {
  return quote({
    principal: fen(listing.amount_fen),
    annualRatePpm: Number(listing.annual_rate_ppm),
    method: listing.method,
    term: termOf(listing),
    valueDate,
    dayCount: listing.day_count,
    workingDays: listing.working_days,
    calendar: publishedCalendar,
    premiumPpm: Number(listing.premium_ppm),
    serviceFeePpm: Number(listing.service_fee_ppm),
    premiumReturn: listing.premium_return,
    feeReturn: listing.fee_return,
    earlyFromDay: listing.early_from_day,
    graceDays: listing.grace_days,
    penaltyPpmPerDay: Number(listing.penalty_ppm_per_day),
    capPpm: Number(listing.cap_ppm),
  });
}

/** Digest of everything that a review approves. */
export function termsDigest(listing: Listing): string {
  const reviewed = [
    listing.amount_fen,
    listing.annual_rate_ppm,
    listing.term_months,
    listing.term_days,
    listing.method,
    listing.borrower_id,
    listing.purpose,
    listing.guests_digest,
  ];
  const terms = COLUMNS.map((column) => listing[column as keyof Listing]);
  return createHash('sha256')
    .update([...reviewed, ...terms].map((value) => (value instanceof Date ? value.toISOString() : String(value))).join('\n'))
    .digest('hex');
}

function checkTerms(listing: Listing, today: BusinessDate): void {
  const refuse = (reason: string): never => {
    throw new Refusal(listingRefusals.LISTING_TERMS_INVALID, { reason });
  };
  if (listing.deadline! < today) refuse('deadline 早于营业日 / the deadline lies before the business date');
  if (listing.guarantee_mode === 'insured' && listing.institution_id === null)
    refuse('institutionId 缺失 / an insured listing names its institution');
  if (listing.minimum_order_fen > listing.amount_fen) refuse('起投金额大于标的金额 / the minimum order is above the amount');
  if (listing.penalty_ppm_per_day > 0n) refuse('罚息尚未启用,请设为 0 / penalty interest is not offered yet: set it to 0');
  if (listing.minimum_order_fen % listing.step_fen !== 0n)
    refuse('起投金额不是递增金额的整数倍 / the minimum order is not a multiple of the step');
}
