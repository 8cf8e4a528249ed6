import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { quote } from '#kernel/interest';
import type { Quote } from '#kernel/interest';
import { fen } from '#kernel/money';
import { businessDateOf, publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { connectedBank } from '#registers/bank-order';
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
> & { readonly opens_at: Date; readonly deadline: BusinessDate } & Price;

/** Set with the terms only where the bank has pushed a financing without them. */
type Price = Partial<Pick<Listing, 'annual_rate_ppm' | 'method'>>;
const PRICE = ['annual_rate_ppm', 'method'] as const satisfies readonly (keyof Price)[];

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
  refuseOtherPrice(listing, terms);
  const given = [...COLUMNS, ...PRICE].filter((column) => terms[column] !== undefined);
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

/** Rate and method are the application's; of a financing that the bank pushed without them, the terms name both. */
function refuseOtherPrice(listing: Listing, terms: Price): void {
  const named = PRICE.filter((column) => terms[column] !== undefined).length;
  const isMissing = listing.is_price_open && listing.terms_by === null && named < PRICE.length;
  if (!isMissing && (listing.is_price_open || named === 0)) return;
  const reason = isMissing
    ? '银行推送时未给出利率与还款方式,请设定 annualRatePpm 与 method / the bank pushed it without a price: set annualRatePpm and method'
    : '利率与还款方式以申请为准 / rate and method are those of the application';
  throw new Refusal(listingRefusals.LISTING_TERMS_INVALID, { reason });
}

function checkTerms(listing: Listing, today: BusinessDate): void {
  const refuse = (reason: string): never => {
    throw new Refusal(listingRefusals.LISTING_TERMS_INVALID, { reason });
  };
  if (listing.deadline! < today) refuse('deadline 早于营业日 / the deadline lies before the business date');
  if (listing.guarantee_mode === 'insured' && listing.institution_id === null)
    refuse('institutionId 缺失 / an insured listing names its institution');
  if (listing.guarantee_mode === 'channel' && listing.institution_id === null && listing.premium_ppm > 0n)
    refuse('未指定机构时保费应为 0 / without an institution nobody is paid a premium: set premiumPpm to 0');
  if (businessDateOf(listing.opens_at!) > listing.deadline!) refuse('opensAt 晚于 deadline / the listing opens after its deadline');
  if (!connectedBank().capabilities.holdModes.includes(listing.hold_mode))
    refuse(`银行不支持 holdMode ${listing.hold_mode} / the bank does not do hold mode ${listing.hold_mode}`);
  if (listing.investor_cap_fen !== null && listing.investor_cap_fen < listing.minimum_order_fen)
    refuse('单户上限低于起投金额 / the cap per investor is below the minimum order: nobody could invest');
  if (listing.minimum_order_fen > listing.amount_fen) refuse('起投金额大于标的金额 / the minimum order is above the amount');
  if (listing.penalty_ppm_per_day > 0n) refuse('罚息尚未启用,请设为 0 / penalty interest is not offered yet: set it to 0');
  if (listing.minimum_order_fen % listing.step_fen !== 0n)
    refuse('起投金额不是递增金额的整数倍 / the minimum order is not a multiple of the step');
}
