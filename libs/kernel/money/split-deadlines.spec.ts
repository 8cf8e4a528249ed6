import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import { chooseByDeadline, TAKEN, TIED, type Waiting } from './split-deadlines';

interface Class {
  readonly weight: bigint;
  readonly lacking: bigint;
  readonly waiting: number;
}

const close = fc.record({
  weight: fc.bigInt({ min: 1n, max: 4n }).map((step) => 2n ** 50n + step),
  lacking: fc.bigInt({ min: 1n, max: 3n }).map((step) => 2n ** 55n + step),
});
const coarse = fc.record({ weight: fc.bigInt({ min: 1n, max: 8n }), lacking: fc.bigInt({ min: 1n, max: 24n }) });
const classes: fc.Arbitrary<readonly Class[]> = fc.array(
  fc.tuple(fc.oneof(close, coarse), fc.nat({ max: 5 })).map(([fraction, waiting]) => ({ ...fraction, waiting })),
  { minLength: 1, maxLength: 30 },
);

function columns(list: readonly Class[]): Waiting {
  return {
    weights: BigInt64Array.from(list, ({ weight }) => weight),
    weightsNearly: Float64Array.from(list, ({ weight }) => Number(weight)),
    lacking: BigInt64Array.from(list, ({ lacking }) => lacking),
    waiting: Uint32Array.from(list, ({ waiting }) => waiting),
  };
}

/** How many fen each class is sure of, and which classes share the rest: by sorting everything in whole numbers. */
function sorted(list: readonly Class[], left: number): { taken: number[]; tied: number[]; rest: number } {
  const isBefore = (a: Class, b: Class): boolean => a.lacking * b.weight < b.lacking * a.weight;
  const waiting = list.filter((one) => one.waiting > 0);
  const ahead = (one: Class): number => waiting.reduce((count, other) => count + (isBefore(other, one) ? other.waiting : 0), 0);
  const alike = (one: Class): number =>
    waiting.reduce((count, other) => count + (!isBefore(other, one) && !isBefore(one, other) ? other.waiting : 0), 0);
  const at = (wanted: (one: Class) => boolean): number[] => list.flatMap((one, index) => (one.waiting > 0 && wanted(one) ? [index] : []));
  const taken = at((one) => ahead(one) + alike(one) <= left);
  const tied = at((one) => ahead(one) < left && ahead(one) + alike(one) > left);
  return { taken, tied, rest: left - taken.reduce((count, index) => count + list[index]!.waiting, 0) };
}

it('gives the fen that are left to the earliest deadlines, exactly, however close they lie', () => {
  fc.assert(
    fc.property(classes, fc.nat(), (list, seed) => {
      const left = seed % (list.reduce((count, { waiting }) => count + waiting, 0) + 1);
      const { mark, tied } = chooseByDeadline(columns(list), left);
      const expected = sorted(list, left);
      const marked = (verdict: number): number[] => [...mark.keys()].filter((index) => mark[index] === verdict);
      expect(marked(TAKEN)).toEqual(left === 0 ? [] : expected.taken);
      expect(marked(TIED)).toEqual(expected.tied);
      expect(tied).toBe(expected.rest);
    }),
    { numRuns: 300 },
  );
});

it('cannot give more fen than there are who wait', () => {
  expect(() => chooseByDeadline(columns([{ weight: 1n, lacking: 1n, waiting: 2 }]), 3)).toThrow(Bug);
});
