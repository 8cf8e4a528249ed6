/** How long and how often a job may be tried. Times are wall time. */
export interface JobLimit {
  /** Runs without a result after which the job is parked. */
  readonly rings: number;
  /** Wait after the first failed run; doubles with each further one. Default 1,000. */
  readonly backoffMs?: number;
  /** The longest wait between two runs. Default 60,000. */
  readonly maxBackoffMs?: number;
  /** A run that takes longer is given up: its job is rung again and its late result refused. Default 600,000. */
  readonly wallMs?: number;
}

export const DEFAULT_WALL_MS = 600_000;

/**
 * Wait before the next run, in milliseconds: exponential, capped, and spread over the upper half so that jobs that failed
 * together do not come back together.
 * @param tries runs so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(limit: JobLimit, tries: number, random: number): number {
  const first = limit.backoffMs ?? 1_000;
  const longest = limit.maxBackoffMs ?? 60_000;
  const full = Math.min(longest, first * 2 ** Math.min(tries - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
