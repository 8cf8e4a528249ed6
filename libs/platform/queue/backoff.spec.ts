import { assert, double, integer, property } from 'fast-check';
import { backoffMs } from './backoff';

describe('the wait before the next run', () => {
  it('doubles from the first wait, in the upper half of each step', () => {
    const limit = { rings: 9, backoffMs: 100, maxBackoffMs: 10_000 };
    expect([1, 2, 3, 4].map((tries) => backoffMs(limit, tries, 0))).toEqual([50, 100, 200, 400]);
    expect([1, 2, 3, 4].map((tries) => backoffMs(limit, tries, 0.999_999))).toEqual([100, 200, 400, 800]);
  });

  it('is never longer than the longest wait and never shorter than half the first, however often it was tried', () => {
    const limit = { rings: 9, backoffMs: 100, maxBackoffMs: 10_000 };
    assert(
      property(integer({ min: 1, max: 1_000_000 }), double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, random) => {
        const wait = backoffMs(limit, tries, random);
        return wait >= 50 && wait <= 10_000;
      }),
    );
  });
});
