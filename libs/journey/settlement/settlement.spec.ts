import { fen } from '#kernel/money';
import { decideCollection, netOf } from './settlement';
import type { CollectionResult } from './settlement';

const result = (more: Partial<CollectionResult> = {}): CollectionResult => ({
  accepted: fen(1_000n),
  collected: fen(900n),
  failedItems: 1,
  minimum: fen(800n),
  mayRetry: true,
  ...more,
});

const POLICIES = ['drop', 'fail', 'retry_then_drop', 'retry_then_fail', 'ask'] as const;
type Row = Record<(typeof POLICIES)[number], string>;
const decisions = (facts: CollectionResult): Row =>
  Object.fromEntries(POLICIES.map((policy) => [policy, decideCollection(policy, facts)])) as Row;

describe('the decision about failed collections', () => {
  it('goes on under every policy when nothing failed', () => {
    const all = { drop: 'go_on', fail: 'go_on', retry_then_drop: 'go_on', retry_then_fail: 'go_on', ask: 'go_on' };
    expect(decisions(result({ failedItems: 0, collected: fen(1_000n) }))).toEqual(all);
  });

  it('follows the policy of the listing while enough remains', () => {
    expect(decisions(result())).toEqual({ drop: 'drop', fail: 'unwind', retry_then_drop: 'retry', retry_then_fail: 'retry', ask: 'ask' });
  });

  it('ends a retry by dropping or failing when its time is over', () => {
    const late = result({ mayRetry: false });
    expect(decisions(late)).toMatchObject({ retry_then_drop: 'drop', retry_then_fail: 'unwind' });
  });

  it('drops down to exactly the minimum and not one fen below', () => {
    expect(decideCollection('drop', result({ collected: fen(800n) }))).toBe('drop');
    expect(decideCollection('drop', result({ collected: fen(799n) }))).toBe('unwind');
    expect(decideCollection('retry_then_drop', result({ collected: fen(799n), mayRetry: false }))).toBe('unwind');
  });

  it('never settles a listing of which nothing was collected', () => {
    expect(decideCollection('drop', result({ collected: fen(0n), minimum: fen(0n) }))).toBe('unwind');
  });

  it('does what an operator chose, whatever the policy, but drops only where enough remains', () => {
    for (const policy of POLICIES) {
      expect(decideCollection(policy, result({ chosen: 'drop' }))).toBe('drop');
      expect(decideCollection(policy, result({ chosen: 'fail' }))).toBe('unwind');
      expect(decideCollection(policy, result({ chosen: 'drop', collected: fen(799n) }))).toBe('unwind');
    }
  });
});

describe('what reaches the borrower', () => {
  it('is what was collected less premium and fee', () => {
    expect(netOf({ collected_fen: 1_000_000n, premium_fen: 30_000n, fee_fen: 5_000n })).toBe(965_000n);
  });
});
