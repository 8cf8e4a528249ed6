/**
 * Spreads calls over time: at most `burst` at once and `perSecond` in the long run, first come first served. It only computes; the caller waits.
 * (A generic cell rate: instead of counting tokens it remembers the time at which the bucket would be full again.)
 */
export class TokenBucket {
  private fullAtMs = 0;
  private readonly costMs: number;

  constructor(
    perSecond: number,
    private readonly burst: number,
  ) {
    this.costMs = 1000 / perSecond;
  }

  /**
   * Takes one token.
   * @param nowMs a clock that never goes back
   * @returns milliseconds to wait until the token is there, or `undefined`, and nothing is taken, when that is longer than `longestMs`
   */
  take(nowMs: number, longestMs: number): number | undefined {
    const fullAtMs = Math.max(this.fullAtMs, nowMs) + this.costMs;
    const waitMs = Math.max(0, fullAtMs - nowMs - this.burst * this.costMs);
    if (waitMs > longestMs) return undefined;
    this.fullAtMs = fullAtMs;
    return waitMs;
  }
}
