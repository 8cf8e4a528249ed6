import fc from 'fast-check';
import { fen } from '#kernel/money';
import { businessDate, dateOfDayNumber, dayNumber, publishedCalendar } from '#kernel/time';
import type { QuoteTerms } from '../quote';

/** Terms of which a test says only what matters. */
export function aLoan(terms: Partial<QuoteTerms> = {}): QuoteTerms {
  return {
    principal: fen(100_000_000),
    annualRatePpm: 70_000,
    method: 'equal_instalments',
    term: { months: 12 },
    valueDate: businessDate('2026-11-22'),
    dayCount: '30/360',
    workingDays: 'none',
    calendar: publishedCalendar,
    premiumPpm: 0,
    serviceFeePpm: 0,
    capPpm: 240_000,
    premiumReturn: 'by_days',
    feeReturn: 'by_days',
    earlyFromDay: 1,
    graceDays: 3,
    penaltyPpmPerDay: 0,
    ...terms,
  };
}

const from = dayNumber(businessDate('2005-01-01'));
const to = dayNumber(businessDate('2026-12-31'));

/** Any terms that the platform takes, small and odd ones favoured. */
export const anyLoan: fc.Arbitrary<QuoteTerms> = fc
  .record({
    principal: fc
      .oneof(fc.bigInt({ min: 1n, max: 400n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 10n ** 14n }))
      .map((value) => fen(value)),
    annualRatePpm: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 360_000 }), fc.integer({ min: 1, max: 1_000_000 })),
    method: fc.constantFrom('equal_instalments', 'equal_principal', 'interest_first', 'bullet'),
    term: fc.oneof(
      fc.integer({ min: 1, max: 36 }).map((months) => ({ months })),
      fc.integer({ min: 1, max: 360 }).map((months) => ({ months })),
      fc.integer({ min: 1, max: 400 }).map((days) => ({ days })),
    ),
    valueDate: fc.integer({ min: from, max: to }).map(dateOfDayNumber),
    dayCount: fc.constantFrom('30/360', 'ACT/365', 'ACT/360'),
    workingDays: fc.constantFrom('none', 'following', 'modified_following'),
    premiumPpm: fc.constantFrom(0, 5_000, 30_000, 300_000),
    serviceFeePpm: fc.constantFrom(0, 10_000),
    capPpm: fc.constantFrom(0, 80_000, 154_000, 240_000, 360_000),
    premiumReturn: fc.constantFrom('by_days', 'none'),
    feeReturn: fc.constantFrom('by_days', 'none'),
    earlyFromDay: fc.constantFrom(1, 2, 30, 91),
    graceDays: fc.constantFrom(0, 3, 60),
    penaltyPpmPerDay: fc.constantFrom(0, 0, 100, 500, 2_000),
  } as const)
  .map((terms) => aLoan(terms));
