import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import { divideRounded, fen, mulDiv, ppmOf, type Rounding } from './index';

const roundings: readonly Rounding[] = ['floor', 'ceiling', 'half_up', 'half_even'];

describe('divideRounded', () => {
  it.each<[bigint, bigint, Record<Rounding, bigint>]>([
    [7n, 2n, { floor: 3n, ceiling: 4n, half_up: 4n, half_even: 4n }],
    [5n, 2n, { floor: 2n, ceiling: 3n, half_up: 3n, half_even: 2n }],
    [-5n, 2n, { floor: -3n, ceiling: -2n, half_up: -3n, half_even: -2n }],
    [-7n, 2n, { floor: -4n, ceiling: -3n, half_up: -4n, half_even: -4n }],
    [1n, 3n, { floor: 0n, ceiling: 1n, half_up: 0n, half_even: 0n }],
    [-1n, 3n, { floor: -1n, ceiling: 0n, half_up: 0n, half_even: 0n }],
    [2n, 3n, { floor: 0n, ceiling: 1n, half_up: 1n, half_even: 1n }],
    [6n, 3n, { floor: 2n, ceiling: 2n, half_up: 2n, half_even: 2n }],
  ])('%p ÷ %p', (numerator, denominator, expected) => {
    for (const rounding of roundings)
      expect([rounding, divideRounded(numerator, denominator, rounding)]).toEqual([rounding, expected[rounding]]);
  });

  it('is never further from the exact quotient than its rounding allows', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), fc.constantFrom(...roundings), (numerator, denominator, rounding) => {
        const error = divideRounded(numerator, denominator, rounding) * denominator - numerator;
        const size = error < 0n ? -error : error;
        if (rounding === 'floor') expect(error <= 0n && size < denominator).toBe(true);
        else if (rounding === 'ceiling') expect(error >= 0n && size < denominator).toBe(true);
        else expect(2n * size <= denominator).toBe(true);
      }),
    );
  });

  it.each([0n, -1n])('refuses the denominator %p', (denominator) => {
    expect(() => divideRounded(1n, denominator, 'floor')).toThrow(Bug);
  });
});

it('takes millionths of an amount', () => {
  expect(ppmOf(fen(1_000_000), 57_500, 'half_up')).toBe(57_500n);
  expect(ppmOf(fen(3), 500_000n, 'half_even')).toBe(2n);
  expect(mulDiv(fen(100), 1n, 3n, 'ceiling')).toBe(34n);
});
