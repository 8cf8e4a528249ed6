import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import { addFen, type Fen, fen, isPositive, maxFen, minFen, subtractFen, sumFen, ZERO } from './index';

describe('fen', () => {
  it('takes whole numbers in three spellings', () => {
    expect(fen(5n)).toBe(5n);
    expect(fen(-5)).toBe(-5n);
    expect(fen('9007199254740993')).toBe(9007199254740993n);
  });

  it.each([0.5, Number.NaN, Infinity, 2 ** 53, '1.0', '', ' 1', '0x10', '1e3', '--1'])('refuses %p as a Bug', (value) => {
    expect(() => fen(value)).toThrow(Bug);
  });
});

describe('adding and comparing', () => {
  const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map((value) => fen(value));

  it('sums any number of amounts, in any order', () => {
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        expect(addFen(...amounts)).toBe(sumFen([...amounts].reverse()));
        expect(sumFen(new Set<Fen>())).toBe(ZERO);
      }),
    );
  });

  it('subtracts what it added', () => {
    fc.assert(fc.property(amount, amount, (a, b) => subtractFen(addFen(a, b), b) === a));
  });

  it('finds the smallest and the largest', () => {
    expect(minFen(fen(3), fen(-1), fen(2))).toBe(-1n);
    expect(maxFen(fen(3), fen(-1), fen(4))).toBe(4n);
    expect(minFen(fen(7))).toBe(7n);
  });

  it('calls zero not positive', () => {
    expect([isPositive(ZERO), isPositive(fen(1)), isPositive(fen(-1))]).toEqual([false, true, false]);
  });
});
