import fc from 'fast-check';
import { TokenBucket } from './token-bucket';

describe('a token bucket', () => {
  it('lets a burst go and spreads the rest evenly', () => {
    const bucket = new TokenBucket(10, 2);
    expect([1, 2, 3, 4, 5].map(() => bucket.take(1000, 10_000))).toEqual([0, 0, 100, 200, 300]);
  });

  it('takes nothing when the wait is too long', () => {
    const bucket = new TokenBucket(1, 1);
    expect(bucket.take(0, 500)).toBe(0);
    expect(bucket.take(0, 500)).toBeUndefined();
    expect(bucket.take(1000, 500)).toBe(0);
  });

  it('never lets more go in any span of time than the burst and the rate allow', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5 }), (gaps, perSecond, burst) => {
        const bucket = new TokenBucket(perSecond, burst);
        let now = 0;
        const went = gaps.map((gap) => (now += gap) + (bucket.take(now, Number.MAX_SAFE_INTEGER) ?? 0));
        for (let from = 0; from < went.length; from += 1) {
          for (let to = from; to < went.length; to += 1) {
            const allowed = burst + ((went[to]! - went[from]!) * perSecond) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
    );
  });
});
