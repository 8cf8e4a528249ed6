import fc from 'fast-check';
import { fen } from '#kernel/money';
import { equalInstalment, interestOn, type PeriodRate } from './annuity';

const periodRate: fc.Arbitrary<PeriodRate> = fc.record({
  num: fc.bigInt({ min: 0n, max: 31n * 360_000n }),
  den: fc.constantFrom(365_000_000n, 360_000_000n),
});

/** What is owed after all periods when `instalment` is paid in each, over the product of the denominators: exact. */
function finalBalance(principal: bigint, instalmentTimesTwo: bigint, periods: readonly PeriodRate[]): bigint {
  return periods.reduce((scaled, { num, den }, index) => {
    const scale = periods.slice(0, index).reduce((product, period) => product * period.den, 1n);
    return scaled * (den + num) - instalmentTimesTwo * scale * den;
  }, 2n * principal);
}

it('the instalment solves P = Σ A ÷ Π(1+rᵢ) to half a fen, whatever the periods', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 14n }), fc.array(periodRate, { minLength: 1, maxLength: 40 }), (principal, periods) => {
      const instalment = equalInstalment(fen(principal), periods);
      // Half a fen less leaves a debt, half a fen more (or exactly half) leaves none.
      expect(finalBalance(principal, 2n * instalment - 1n, periods) >= 0n).toBe(true);
      expect(finalBalance(principal, 2n * instalment + 1n, periods) < 0n).toBe(true);
    }),
  );
});

it('equal periods give the same by the formula as by the series', () => {
  const period = { num: 70_000n, den: 12_000_000n };
  const shifted = { num: 140_000n, den: 24_000_000n };
  expect(equalInstalment(fen(100_000_000), new Array<PeriodRate>(36).fill(period))).toBe(3_087_710n);
  expect(equalInstalment(fen(100_000_000), [period, shifted])).toBe(equalInstalment(fen(100_000_000), [period, period]));
  expect(
    equalInstalment(fen(100), [
      { num: 0n, den: 1n },
      { num: 0n, den: 1n },
      { num: 0n, den: 1n },
    ]),
  ).toBe(33n);
});

it('interest of a period is rounded half up', () => {
  expect(interestOn(fen(1), { num: 1n, den: 2n })).toBe(1n);
  expect(interestOn(fen(1_000_000), { num: 70_000n, den: 12_000_000n })).toBe(5_833n);
});
