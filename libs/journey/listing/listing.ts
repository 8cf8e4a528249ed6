import type { Uuid } from '#kernel/ids';
import type { StateOf } from '#kernel/lifecycle';
import { fen, ppmOf } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { addMonths, addDays, daysBetween } from '#kernel/time';
import type { BusinessDate, DayCount, WorkingDays } from '#kernel/time';
import type { Method } from '#kernel/interest';
import type { listingLifecycle } from './listing.lifecycle';

export type ListingState = StateOf<typeof listingLifecycle>;

/** One row of `listing`; amounts in fen, rates in millionths. */
export interface Listing {
  readonly id: Uuid;
  readonly no: bigint;
  readonly listing_no: string;
  readonly state: ListingState;
  readonly source: 'online' | 'bank_offline' | 'third_party';
  readonly kind: 'consumer' | 'credit' | 'business' | 'vehicle' | 'property';
  readonly borrower_id: Uuid;
  /** The borrower's account as the bank has registered it for this listing; null before that. */
  readonly borrower_account_no: string | null;
  readonly purpose: string;
  readonly amount_fen: bigint;
  readonly applied_fen: bigint;
  readonly annual_rate_ppm: bigint;
  readonly term_months: number | null;
  readonly term_days: number | null;
  readonly method: Method;
  readonly day_count: DayCount;
  readonly working_days: WorkingDays;
  readonly opens_at: Date | null;
  readonly deadline: BusinessDate | null;
  readonly minimum_order_fen: bigint;
  readonly step_fen: bigint;
  readonly investor_cap_fen: bigint | null;
  readonly minimum_raise_ppm: bigint;
  readonly minimum_after_drops_ppm: bigint;
  readonly overbooking_ppm: bigint;
  readonly hold_mode: 'freeze' | 'debit';
  /** For whom it is; `named` are the customers of `listing_guest`. */
  readonly audience: 'everyone' | 'newcomers' | 'named';
  /** Of the numbers of the named customers; null when nobody was named. */
  readonly guests_digest: string | null;
  readonly drop_policy: 'drop' | 'fail' | 'retry_then_drop' | 'retry_then_fail' | 'ask';
  readonly guarantee_mode: 'insured' | 'channel';
  readonly institution_id: Uuid | null;
  readonly premium_ppm: bigint;
  readonly premium_return: 'by_days' | 'none';
  readonly service_fee_ppm: bigint;
  readonly fee_return: 'by_days' | 'none';
  readonly grace_days: number;
  readonly penalty_ppm_per_day: bigint;
  readonly early_from_day: number;
  readonly cap_ppm: bigint;
  readonly apr_ppm: bigint | null;
  readonly application_no: string | null;
  readonly financing_no: string | null;
  readonly line_freeze_no: string | null;
  readonly terms_by: string | null;
  /** The bank pushed it without rate and method: they are set with the terms. */
  readonly is_price_open: boolean;
}

/** What may be sold: the amount and its overbooking allowance, rounded down. */
export function quotaOf(listing: Pick<Listing, 'amount_fen' | 'overbooking_ppm'>): Fen {
  return fen(listing.amount_fen + ppmOf(fen(listing.amount_fen), listing.overbooking_ppm, 'floor'));
}

/** What must be frozen at the deadline for the listing to settle, rounded up. */
export function minimumRaiseOf(listing: Pick<Listing, 'amount_fen' | 'minimum_raise_ppm'>): Fen {
  return ppmOf(fen(listing.amount_fen), listing.minimum_raise_ppm, 'ceiling');
}

/** What must remain when collections have failed, rounded up. */
export function minimumAfterDropsOf(listing: Pick<Listing, 'minimum_after_drops_ppm'>, accepted: Fen): Fen {
  return ppmOf(accepted, listing.minimum_after_drops_ppm, 'ceiling');
}

/** The term as the kernel's interest folder wants it. */
export function termOf(listing: Pick<Listing, 'term_months' | 'term_days'>): { months: number } | { days: number } {
  return listing.term_months === null ? { days: listing.term_days! } : { months: listing.term_months };
}

/** Days of the term counted from a value date, as the bank's registration wants them. */
export function termDaysFrom(listing: Pick<Listing, 'term_months' | 'term_days'>, start: BusinessDate): number {
  const end = listing.term_months === null ? addDays(start, listing.term_days!) : addMonths(start, listing.term_months);
  return daysBetween(start, end);
}
