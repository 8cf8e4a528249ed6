import type { Uuid } from '#kernel/ids';
import { rule } from './rules';
import type { Circumstances, Correctable } from './rules';

const id = (name: string): Uuid => name as Uuid;
const [ann, bob, insurer, repayment, outside] = ['ann', 'bob', 'insurer', 'repayment', 'outside'].map(id) as [Uuid, Uuid, Uuid, Uuid, Uuid];
const aBreak = (name: string, from: Uuid, to: Uuid, fen: bigint, kind = 'only_banks'): Correctable => ({
  id: id(name),
  kind,
  correction: [{ from, to, fen }],
});
const world = (differences: readonly [Uuid, bigint][], limitFen = 100_000n): Circumstances => ({
  differences: new Map(differences),
  guarded: new Set([repayment]),
  outside,
  limitFen,
});
const rulings = (breaks: readonly Correctable[], circumstances: Circumstances): Record<string, string> =>
  Object.fromEntries(rule(breaks, circumstances));

describe('the rule of a break', () => {
  it('adjusts what both files of the bank say', () => {
    expect(rulings([aBreak('a', outside, ann, 500n)], world([[ann, 500n]]))).toEqual({ a: 'adjust' });
  });

  it('posts nothing for a line that the bank’s balances do not know', () => {
    expect(rulings([aBreak('a', outside, ann, 500n)], world([]))).toEqual({ a: 'contradicted' });
  });

  it('leaves a difference that the line does not explain to people', () => {
    expect(rulings([aBreak('a', outside, ann, 500n)], world([[ann, 499n]]))).toEqual({ a: 'people' });
  });

  it('leaves guarded accounts, amounts above the limit and contradicted orders to people', () => {
    expect(
      rulings(
        [aBreak('a', repayment, ann, 5n)],
        world([
          [ann, 5n],
          [repayment, -5n],
        ]),
      ),
    ).toEqual({ a: 'people' });
    expect(rulings([aBreak('a', outside, ann, 500n)], world([[ann, 500n]], 499n))).toEqual({ a: 'people' });
    expect(rulings([aBreak('a', outside, ann, 500n, 'status')], world([[ann, 500n]]))).toEqual({ a: 'people' });
  });

  it('judges breaks of one account together and others apart', () => {
    const breaks = [aBreak('a', outside, ann, 300n), aBreak('b', ann, insurer, 100n), aBreak('c', outside, bob, 7n)];
    expect(
      rulings(
        breaks,
        world([
          [ann, 200n],
          [insurer, 100n],
        ]),
      ),
    ).toEqual({ a: 'adjust', b: 'adjust', c: 'contradicted' });
    expect(
      rulings(
        breaks,
        world([
          [ann, 300n],
          [bob, 7n],
        ]),
      ),
    ).toEqual({ a: 'people', b: 'people', c: 'adjust' });
  });

  it('does not tie accounts together because money of both goes outside', () => {
    const breaks = [aBreak('a', outside, ann, 1n), aBreak('b', outside, bob, 2n)];
    expect(rulings(breaks, world([[ann, 1n]]))).toEqual({ a: 'adjust', b: 'contradicted' });
  });

  it('judges thousands in a moment', () => {
    const breaks = Array.from({ length: 5_000 }, (_, n) => aBreak(`break ${n}`, id(`from ${n % 100}`), id(`to ${n}`), 1n));
    const differences: [Uuid, bigint][] = [
      ...Array.from({ length: 100 }, (_, n): [Uuid, bigint] => [id(`from ${n}`), -50n]),
      ...Array.from({ length: 5_000 }, (_, n): [Uuid, bigint] => [id(`to ${n}`), 1n]),
    ];
    expect(new Set(rule(breaks, world(differences)).values())).toEqual(new Set(['adjust']));
  });
});
