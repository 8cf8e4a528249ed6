import { Outage } from '#kernel/faults';
import { withRequestId } from '#platform/logging';
import type { Logger } from '#platform/logging';

/** What is done again and again while it is wanted. */
export interface RoundOptions {
  readonly run: () => Promise<void>;
  readonly isWanted: () => boolean;
  /** The shortest time between two rounds. */
  readonly pauseMs: number;
  readonly log: Logger;
}

/** Rounds take one part of the time in this many at most: after a slow one the pause is longer. */
const PART_OF_TIME = 10;
const LONGEST_PAUSE_MS = 5_000;

/** One round after the other, never two at once, with a pause in between. A round that fails is followed by the longest pause, and said once. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;
  private isStopped = false;
  private isFailing = false;

  constructor(private readonly options: RoundOptions) {}

  /** Somebody wants rounds: the next one comes after a pause, unless it is under way already. */
  wake(): void {
    if (this.timer === undefined && !this.isRunning) this.schedule(this.options.pauseMs);
  }

  /** Nobody wants any: no timer is left. */
  rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** For good. */
  stop(): void {
    this.isStopped = true;
    this.rest();
  }

  private schedule(pauseMs: number): void {
    if (this.isStopped) return;
    // The rounds belong to nobody: without this they would carry the id of the request that happened to begin them.
    withRequestId(undefined, () => {
      this.timer = setTimeout(() => void this.round(), pauseMs);
    });
  }

  private async round(): Promise<void> {
    this.timer = undefined;
    this.isRunning = true;
    const pauseMs = await this.runOnce();
    this.isRunning = false;
    if (this.options.isWanted()) this.schedule(pauseMs);
  }

  /** @returns the pause that follows */
  private async runOnce(): Promise<number> {
    const begunMs = performance.now();
    try {
      await this.options.run();
      this.isFailing = false;
      const tookMs = performance.now() - begunMs;
      return Math.min(LONGEST_PAUSE_MS, Math.max(this.options.pauseMs, tookMs * PART_OF_TIME));
    } catch (error) {
      if (!(error instanceof Outage)) this.options.log.error({ err: error }, 'the progress of raises cannot be read, by our fault');
      else if (!this.isFailing) this.options.log.warn({ err: error }, 'the progress of raises cannot be read for now');
      this.isFailing = true;
      return LONGEST_PAUSE_MS;
    }
  }
}
