import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import fc from 'fast-check';
import { minimumAfterDropsOf, minimumRaiseOf, quotaOf, termDaysFrom, termOf } from './listing';

const amounts = fc.bigInt(1n, 100_000_000_000_000n);
const shares = fc.bigInt(1n, 1_000_000n);

describe('the figures of a listing', () => {
  it('sells the amount and its overbooking allowance, and not one fen more', () => {
    expect(quotaOf({ amount_fen: 1_000_000n, overbooking_ppm: 0n })).toBe(1_000_000n);
    expect(quotaOf({ amount_fen: 999n, overbooking_ppm: 100_000n })).toBe(1_098n); // 99.9 of allowance is 99
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, 1_000_000n), (amount_fen, overbooking_ppm) => {
        const allowance = quotaOf({ amount_fen, overbooking_ppm }) - amount_fen;
        expect(allowance * 1_000_000n <= amount_fen * overbooking_ppm).toBe(true);
        expect((allowance + 1n) * 1_000_000n > amount_fen * overbooking_ppm).toBe(true);
      }),
    );
  });

  it('wants at least the minimum share, rounded up, at the deadline and after drops', () => {
    expect(minimumRaiseOf({ amount_fen: 1_000_001n, minimum_raise_ppm: 800_000n })).toBe(800_001n);
    expect(minimumRaiseOf({ amount_fen: 1n, minimum_raise_ppm: 1n })).toBe(1n);
    fc.assert(
      fc.property(amounts, shares, (amount, share) => {
        const minimum = minimumRaiseOf({ amount_fen: amount, minimum_raise_ppm: share });
        expect(minimum * 1_000_000n >= amount * share && (minimum - 1n) * 1_000_000n < amount * share).toBe(true);
        expect(minimumAfterDropsOf({ minimum_after_drops_ppm: share }, fen(amount))).toBe(minimum);
      }),
    );
  });

  it('has a term in months or in days', () => {
    expect(termOf({ term_months: 12, term_days: null })).toEqual({ months: 12 });
    expect(termOf({ term_months: null, term_days: 33 })).toEqual({ days: 33 });
  });

  it('counts the days of its term from the value date, short months and leap years included', () => {
    expect(termDaysFrom({ term_months: 1, term_days: null }, businessDate('2024-01-31'))).toBe(29);
    expect(termDaysFrom({ term_months: 12, term_days: null }, businessDate('2024-01-15'))).toBe(366);
    expect(termDaysFrom({ term_months: null, term_days: 33 }, businessDate('2024-01-31'))).toBe(33);
  });
});
