import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import { type Fen, fen, split, splitter, sumFen } from './index';

const weights = fc
  .array(fc.oneof(fc.bigInt({ min: 0n, max: 6n }), fc.bigInt({ min: 0n, max: 10n ** 10n })), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((weight) => weight > 0n));
const amounts = fc.array(
  fc
    .oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: 10n ** 13n }))
    .map((value) => fen(value)),
  { minLength: 1, maxLength: 40 },
);
const many = { numRuns: 300 };

/** Runs a check after each period with the cumulative amount and the cumulative shares. */
function afterEach(list: readonly Fen[], parts: readonly Fen[][], check: (paid: bigint, shares: readonly bigint[]) => void): void {
  const shares = parts[0]!.map(() => 0n);
  let paid = 0n;
  list.forEach((amount, period) => {
    paid += amount;
    parts[period]!.forEach((part, owner) => (shares[owner]! += part));
    check(paid, shares);
  });
}

describe('splitting one amount among many', () => {
  it('adds up to every amount, to the fen, and is never negative (1, 3)', () => {
    fc.assert(
      fc.property(amounts, weights, (list, owners) => {
        split(list, owners).forEach((shares, period) => {
          expect(sumFen(shares)).toBe(list[period]);
          expect(shares.every((share) => share >= 0n)).toBe(true);
        });
      }),
      many,
    );
  });

  it('gives back over the life of a loan exactly what each paid (2)', () => {
    fc.assert(
      fc.property(weights, fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 36 }), (owners, pace) => {
        const total = owners.reduce((sum, weight) => sum + weight, 0n);
        const steps = BigInt(pace.reduce((sum, step) => sum + step, 1));
        let left = total;
        const principal = pace.map((step) => {
          const part = (total * BigInt(step)) / steps;
          left -= part;
          return fen(part);
        });
        const parts = split([...principal, fen(left)], owners);
        owners.forEach((paid, owner) => expect(sumFen(parts.map((shares) => shares[owner]!))).toBe(paid));
      }),
      many,
    );
  });

  it('stays within one fen of the exact cumulative share at every date (4)', () => {
    fc.assert(
      fc.property(amounts, weights, (list, owners) => {
        const total = owners.reduce((sum, weight) => sum + weight, 0n);
        afterEach(list, split(list, owners), (paid, shares) => {
          shares.forEach((share, owner) => {
            const error = share * total - paid * owners[owner]!;
            expect(error < total && error > -total).toBe(true);
          });
        });
      }),
      many,
    );
  });

  it('does not depend on the order of rows; only equals are told apart, by their place (5)', () => {
    fc.assert(
      fc.property(amounts, fc.uniqueArray(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 2, maxLength: 12 }), (list, owners) => {
        const order = owners.map((_, index) => index).sort((a, b) => Number(owners[a]! - owners[b]!));
        const straight = split(list, owners);
        const sorted = split(
          list,
          order.map((owner) => owners[owner]!),
        );
        // Two owners of different weight can still fall due together: then the place decides, so their sum is what must agree.
        straight.forEach((shares, period) => expect(sumFen(shares)).toBe(sumFen(sorted[period]!)));
        const again = split(list, [...owners]);
        expect(again).toEqual(straight);
      }),
    );
  });

  it('gives the same shares to permuted rows when the deadlines have no ties (5)', () => {
    const list = [10n, 1n, 585_000n, 0n, 77n].map((value) => fen(value));
    const owners = [1_000_003n, 999_983n, 1_299_709n, 15_485_863n];
    const permuted = [3, 1, 0, 2];
    const straight = split(list, owners);
    const shuffled = split(
      list,
      permuted.map((owner) => owners[owner]!),
    );
    shuffled.forEach((shares, period) => expect(shares).toEqual(permuted.map((owner) => straight[period]![owner])));
  });

  it('breaks ties by order number', () => {
    expect(split([fen(2), fen(1)], [1n, 1n, 1n])).toEqual([
      [1n, 1n, 0n],
      [0n, 0n, 1n],
    ]);
    expect(split([fen(1)], [2n, 1n, 2n])).toEqual([[1n, 0n, 0n]]);
  });

  it('resumes from what was given', () => {
    fc.assert(
      fc.property(amounts, amounts, weights, (first, second, owners) => {
        const straight = split([...first, ...second], owners).slice(first.length);
        const before = splitter(owners);
        first.forEach((amount) => before.next(amount));
        const resumed = splitter(owners, before.given());
        expect(second.map((amount) => resumed.next(amount))).toEqual(straight);
      }),
    );
  });

  it('keeps a state that is as large after a thousand periods as after one (6)', () => {
    const shares = splitter([5n, 3n, 2n]);
    for (let period = 0; period < 1_000; period += 1) shares.next(fen(7));
    expect(shares.given()).toEqual([3_500n, 2_100n, 1_400n]);
  });

  it('splits among very close deadlines exactly', () => {
    const large = 2n ** 52n;
    const owners = [large + 1n, large, large - 1n, large + 2n];
    const total = owners.reduce((sum, weight) => sum + weight, 0n);
    afterEach([fen(1), fen(1), fen(1), fen(1)], split([fen(1), fen(1), fen(1), fen(1)], owners), (paid, shares) => {
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(paid);
      shares.forEach((share, owner) => expect(share * total - paid * owners[owner]! < total).toBe(true));
    });
    expect(split([fen(1)], owners)).toEqual([[0n, 0n, 0n, 1n]]);
  });
});

describe('the defects of the field', () => {
  it('pitfall 8: nobody is last and takes the rest (¥5,850.00 among 10,000 equals is never ¥0.59 each and −¥49.41 for one)', () => {
    const [shares] = split([fen(585_000)], new Array<bigint>(10_000).fill(100n));
    expect(new Set(shares)).toEqual(new Set([58n, 59n]));
    expect(sumFen(shares!)).toBe(585_000n);
  });

  it('takes nothing back where a largest remainder would (6:6:2 of 10 fen, then of 11)', () => {
    const [ten, eleventh] = split([fen(10), fen(1)], [6n, 6n, 2n]);
    expect(sumFen(ten!)).toBe(10n);
    expect(eleventh!.every((share) => share >= 0n)).toBe(true);
  });

  it('pitfall 7: ¥1,000,000 at 7 % over 10,000 investors loses no fen', () => {
    const interest = Array.from({ length: 12 }, () => fen(583_333));
    for (const shares of split(interest, new Array<bigint>(10_000).fill(10_000n))) expect(sumFen(shares)).toBe(583_333n);
  });
});

describe('what cannot be split', () => {
  it.each<[string, () => unknown]>([
    ['a negative amount', () => split([fen(-1)], [1n])],
    ['a negative weight', () => split([fen(1)], [2n, -1n])],
    ['weights without a positive one', () => split([fen(1)], [0n, 0n])],
    ['no weights', () => split([fen(1)], [])],
    ['weights beyond 2⁶²', () => split([fen(1)], [2n ** 62n, 1n])],
    ['amounts beyond 2⁶²', () => split([fen(2n ** 62n), fen(1)], [1n])],
    ['shares given by another rule', () => splitter([1n, 1n], [fen(3), fen(0)])],
    ['shares that do not fit the weights', () => splitter([1n, 1n], [fen(3)])],
  ])('%s is a Bug', (_, act) => {
    expect(act).toThrow(Bug);
  });
});
