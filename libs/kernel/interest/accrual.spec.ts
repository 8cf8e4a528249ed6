import fc from 'fast-check';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { brokenPeriodInterest, dayCountOfBrokenPeriod, interestForDays, penalty, unearnedPart } from './accrual';
import { roundedLine } from './whole-numbers';

const from = businessDate('2026-01-22');

it('interest runs by days, the first counted, the last not', () => {
  expect(interestForDays(fen(36_500_000), 70_000, 'ACT/365', from, businessDate('2026-02-22'), 'floor')).toBe(217_000n);
  expect(interestForDays(fen(36_000_000), 70_000, 'ACT/360', from, businessDate('2026-01-23'), 'floor')).toBe(7_000n);
  expect(interestForDays(fen(36_000_000), 70_000, '30/360', from, businessDate('2026-02-22'), 'floor')).toBe(210_000n);
  expect(interestForDays(fen(100), 70_000, 'ACT/365', from, from, 'ceiling')).toBe(0n);
});

it('a broken period costs its actual days, and never more than the whole period', () => {
  expect(dayCountOfBrokenPeriod('30/360')).toBe('ACT/365');
  expect(brokenPeriodInterest(fen(36_500_000), 70_000, '30/360', from, businessDate('2026-01-23'), fen(212_917))).toBe(7_000n);
  expect(brokenPeriodInterest(fen(36_500_000), 70_000, '30/360', from, businessDate('2026-02-22'), fen(212_917))).toBe(212_917n);
});

it('penalty counts overdue principal, for the days after grace only', () => {
  expect(penalty(fen(1_000_000), 500, 3, 3)).toBe(0n);
  expect(penalty(fen(1_000_000), 500, 4, 3)).toBe(500n);
  expect(penalty(fen(1_000_000), 500, 60, 3)).toBe(28_500n);
  expect(penalty(fen(999), 500, 4, 3)).toBe(0n);
  expect(penalty(fen(1_000), 500, 4, 3)).toBe(1n);
});

it('what was not used comes back by days, or nothing does', () => {
  expect(unearnedPart(fen(500_000), 'by_days', 1, 365)).toBe(498_630n);
  expect(unearnedPart(fen(500_000), 'by_days', 0, 365)).toBe(500_000n);
  expect(unearnedPart(fen(500_000), 'by_days', 365, 365)).toBe(0n);
  expect(unearnedPart(fen(500_000), 'by_days', 400, 365)).toBe(0n);
  expect(unearnedPart(fen(500_000), 'none', 1, 365)).toBe(0n);
});

it('the quick line of the gate gives the figures of exact division, on both of its roads', () => {
  const line = fc.tuple(
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.bigInt({ min: 0n, max: 10n ** 16n })),
    fc.bigInt({ min: 1n, max: 10n ** 9n }),
    fc.integer({ min: 1, max: 400 }),
  );
  fc.assert(
    fc.property(line, fc.nat(), ([slope, denominator, most], seed) => {
      fc.pre((slope * BigInt(most)) / denominator < 2n ** 52n);
      const x = seed % (most + 1);
      expect(BigInt(roundedLine(slope, denominator, most)(x))).toBe((2n * slope * BigInt(x) + denominator) / (2n * denominator));
    }),
    { numRuns: 2_000 },
  );
});
