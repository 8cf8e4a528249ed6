import type { Uuid } from '#kernel/ids';
import type { EventStream } from '#platform/http';

/** Bounds of watching, for one api process; times in milliseconds. */
export interface WatchLimits {
  readonly watchersPerProcess: number;
  readonly watchersPerSession: number;
  /** The most that waits for a reader who is slow; one for whom more would wait is let go. */
  readonly bufferBytes: number;
  /** The shortest time between two looks at the counters. */
  readonly pauseMs: number;
  /** How often a stream shows that it lives, and how often its session is looked at. */
  readonly heartbeatMs: number;
}

/** What a process bears without noticing: an event is some 250 bytes, and the counters are read four times a second. */
export const WATCH_LIMITS: WatchLimits = {
  watchersPerProcess: 5_000,
  watchersPerSession: 6,
  bufferBytes: 16 * 1_024,
  pauseMs: 250,
  heartbeatMs: 15_000,
};

/** Who wants to watch what. */
export interface Watching {
  readonly listingId: Uuid;
  /** Digest of the session's token. */
  readonly session: string;
  readonly expiresAt: Date;
  /** Id of the last event that this page has seen, when it comes again. */
  readonly lastEventId?: string;
}

/** One page that watches. */
export interface Watcher extends Watching {
  readonly stream: EventStream;
}
