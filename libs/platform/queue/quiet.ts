import type { Work } from '#platform/database';

/** Jobs that are not finished. */
export interface Quiet {
  /** Due now, rung or running. */
  readonly due: number;
  /** Due at a later time. */
  readonly later: number;
  readonly parked: number;
  /** When the first of the later ones is due. */
  readonly nextDueAt: Date | null;
}

/** How quiet it is: nothing happens by itself until `nextDueAt` when `due` is 0. */
export function quiet(work: Work): Promise<Quiet> {
  return work.read(async (tx) => {
    const [row] = await tx.query<Quiet>(QUIET);
    return row ?? { due: 0, later: 0, parked: 0, nextDueAt: null };
  });
}

// One part per partial index, so that the finished jobs are never read.
const QUIET = `
  SELECT (out.n + waiting.due)::int AS due, waiting.later::int AS later, parked.n::int AS parked, waiting.next AS "nextDueAt"
  FROM (SELECT count(*) AS n FROM job WHERE rung_at IS NOT NULL AND done_at IS NULL AND parked_at IS NULL) AS out,
       (SELECT count(*) FILTER (WHERE due_at <= clock_timestamp()) AS due, count(*) FILTER (WHERE due_at > clock_timestamp()) AS later,
               min(due_at) FILTER (WHERE due_at > clock_timestamp()) AS next
        FROM job WHERE rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL) AS waiting,
       (SELECT count(*) AS n FROM job WHERE parked_at IS NOT NULL) AS parked`;
