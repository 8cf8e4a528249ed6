import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  isIsolatedCircuitError,
  type BulkheadPolicy,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { Signal } from './signals';
import { isOutage } from './signals';
import { TokenBucket } from './token-bucket';

export interface GuardLimits {
  /** Calls under way at the same time, and calls that may wait for one of these places. */
  readonly concurrency: number;
  readonly waiting: number;
  /** How many of the places the calls of a rush may take: the others are for whoever comes meanwhile. */
  readonly placesOfRush: number;
  /** Outages in a row after which the bank is left alone, and for how long. */
  readonly outagesToOpen: number;
  readonly openMs: number;
  /** How long nothing is sent after the bank could not accept what we wrote. */
  readonly stopMs: number;
  /** Longest wait for the rate that the bank allows. */
  readonly longestPaceMs: number;
}

/**
 * Decides whether and when a call may go to the bank: places, circuit breaker (outages only), the bank's requests per second. A call that it holds back has
 * not been sent, and its signal says so.
 */
export class Guard {
  private readonly places: BulkheadPolicy;
  private readonly placesOfRush: BulkheadPolicy;
  private readonly breaker: CircuitBreakerPolicy;
  private bucket: TokenBucket;
  private stopped: { readonly why: string; readonly untilMs: number; readonly release: () => void } | undefined;
  private closed = false;

  constructor(private readonly limits: GuardLimits) {
    this.places = bulkhead(limits.concurrency, limits.waiting);
    this.placesOfRush = bulkhead(limits.placesOfRush, limits.waiting);
    this.breaker = circuitBreaker(handleWhenResult(isOutageResult), {
      halfOpenAfter: limits.openMs,
      breaker: new ConsecutiveBreaker(limits.outagesToOpen),
    });
    this.bucket = bucketFor(1);
  }

  /** Obeys the bank's rate. A process that is one of several calls with its share of it. */
  allow(requestsPerSecond: number): void {
    this.bucket = bucketFor(requestsPerSecond);
  }

  /**
   * Runs one call, or says why it was held back.
   * @param isOfRush one of thousands that come in a moment: they wait for each other, and leave places to the others
   */
  async run<Result extends { readonly signal: Signal }>(
    call: () => Promise<Result>,
    isOfRush = false,
  ): Promise<Result | { readonly signal: Signal }> {
    this.resume();
    if (this.closed) return heldBack('the connection to the bank was ended');
    const inPlace = (): Promise<Result | { readonly signal: Signal }> =>
      this.places.execute(() => this.breaker.execute(() => this.paced(call)));
    try {
      return await (isOfRush ? this.placesOfRush.execute(inPlace) : inPlace());
    } catch (error) {
      if (isIsolatedCircuitError(error)) return heldBack(`the channel is stopped: ${this.stopped?.why ?? ''}`);
      if (isBrokenCircuitError(error)) return heldBack('the bank is away and left alone for a moment');
      if (isBulkheadRejectedError(error)) return heldBack('too many calls wait for the bank');
      throw error;
    }
  }

  /** Nothing is sent for a while: what we write is wrong, and only a person can put it right. */
  stop(why: string): void {
    if (this.stopped !== undefined || this.closed) return;
    const { dispose } = this.breaker.isolate();
    this.stopped = { why, untilMs: performance.now() + this.limits.stopMs, release: dispose };
  }

  /** Nothing is sent any more. */
  close(): void {
    this.closed = true;
  }

  /** Why nothing goes out at present, for the health page; `undefined` when the way is free. */
  state(): string | undefined {
    this.resume();
    if (this.stopped !== undefined) return `stopped: ${this.stopped.why}`;
    return this.breaker.state === CircuitState.Open ? 'open: the bank is away' : undefined;
  }

  private async paced<Result extends { readonly signal: Signal }>(
    call: () => Promise<Result>,
  ): Promise<Result | { readonly signal: Signal }> {
    const waitMs = this.bucket.take(performance.now(), this.limits.longestPaceMs);
    if (waitMs === undefined) return heldBack('more calls than the bank allows in a second');
    if (waitMs > 0) await sleep(waitMs);
    return call();
  }

  private resume(): void {
    if (this.stopped === undefined || performance.now() < this.stopped.untilMs) return;
    const { release } = this.stopped;
    this.stopped = undefined;
    release();
  }
}

/** A tenth of a second's calls may go at once; the rest is spread. */
function bucketFor(requestsPerSecond: number): TokenBucket {
  return new TokenBucket(requestsPerSecond, Math.max(1, requestsPerSecond / 10));
}

function isOutageResult(result: unknown): boolean {
  return isOutage((result as { readonly signal: Signal }).signal);
}

function heldBack(why: string): { readonly signal: Signal } {
  return { signal: { heard: 'not_sent', why, pause: true } };
}
