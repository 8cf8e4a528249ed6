import { memoryFigureOf } from '../../bench/raise/memory';
import { planOf } from '../../bench/raise/plan';
import { violationsOf } from '../../bench/raise/snapshots';
import type { Snapshot, StateSum } from '../../bench/raise/snapshots';
import { MEAN_FEN } from '../../bench/wishes';

/** What the bench of a raise says about what it has seen: each of its claims can be broken. */
describe('the bench of a raise', () => {
  const sums = (orders: number, fen: bigint): StateSum => ({ orders, orderedFen: fen, countsFen: fen });
  const raising: Snapshot = {
    listingState: 'raising',
    appliedFen: 1_000_000n,
    overbookingPpm: 50_000n,
    quotaFen: 1_050_000n,
    takenFen: 1_050_000n,
    frozenFen: 600_000n,
    exposedFen: 1_050_000n,
    orders: new Map([
      ['admitted', sums(3, 250_000n)],
      ['freezing', sums(2, 200_000n)],
      ['frozen', sums(6, 600_000n)],
      ['refused', sums(1, 90_000n)],
      ['cancelled', sums(1, 10_000n)],
    ]),
  };
  const settling: Snapshot = {
    ...raising,
    listingState: 'settling',
    exposedFen: 1_000_000n,
    orders: new Map([
      ['accepted', { orders: 9, orderedFen: 1_010_000n, countsFen: 1_000_000n }],
      ['left_out', sums(1, 40_000n)],
    ]),
  };

  it('finds nothing in a raise that is full to the last fen, and nothing after its allocation', () => {
    expect(violationsOf(raising)).toEqual([]);
    expect(violationsOf(settling)).toEqual([]);
  });

  it.each<[string, Snapshot, string]>([
    ['an oversold row', { ...raising, orders: new Map([...raising.orders, ['lent', sums(1, 1n)]]) }, 'live orders of 1050001 fen'],
    ['an oversold counter', { ...raising, takenFen: 1_050_001n }, 'the counter says 1050001 fen, 1050000 may be sold'],
    ['a counter that is not its rows', { ...raising, takenFen: 1_049_999n }, 'the counter says 1049999 fen, the rows 1050000'],
    ['a frozen sum that is not its rows', { ...raising, frozenFen: 599_999n }, 'the counter says 599999 fen frozen, the rows 600000'],
    ['caps that count something else', { ...settling, exposedFen: 1_010_000n }, "the investors' sums make 1010000 fen"],
    [
      'more accepted than wanted',
      { ...settling, appliedFen: 999_999n, overbookingPpm: 60_000n },
      '1000000 fen are accepted, 999999 are wanted',
    ],
  ])('names %s', (_, snapshot, sentence) => {
    expect(violationsOf(snapshot).join('; ')).toContain(sentence);
  });

  it('sells so much that as many orders of the mean size fill it, and lets every investor order his part of it', () => {
    for (const orders of [1, 2_000, 100_000]) {
      const plan = planOf(orders);
      const wanted = BigInt(orders) * BigInt(MEAN_FEN);
      expect(wanted - plan.quotaFen).toBeLessThan(2_000n);
      expect(plan.quotaFen).toBeLessThanOrEqual(wanted);
      expect(plan.balancesFen.length * plan.investorCapFen).toBeGreaterThan(2 * Number(wanted));
    }
  });

  it('calls memory flat that stays, and not flat that grows with the orders', () => {
    const samples = (mbAt: (order: number) => number) =>
      Array.from({ length: 101 }, (_, at) => ({ mb: mbAt(at * 1_000), done: at * 1_000 }));
    const figure = (mbAt: (order: number) => number) => memoryFigureOf('worker', 100_000, samples(mbAt), 101);
    expect(figure((order) => 200 + (order % 3_000) / 100)).toMatchObject({ isJudged: true, holds: true });
    expect(figure((order) => 200 + order / 1_000)).toMatchObject({ isJudged: true, holds: false });
    expect(
      memoryFigureOf(
        'worker',
        20_000,
        samples((order) => 200 + order / 1_000),
        101,
      ),
    ).toMatchObject({ isJudged: false, holds: true });
  });
});
