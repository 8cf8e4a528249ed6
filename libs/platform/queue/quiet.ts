import type { Tx, Work } from '#platform/database';

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

/** A job that waits for a person. */
export interface ParkedJob {
  readonly id: bigint;
  readonly name: string;
  readonly subject: string;
  readonly tries: number;
  readonly parkedAt: Date;
  readonly lastError: string;
  readonly requestId: string | null;
}

/** The parked jobs, longest parked first. @param limit at most 100 */
export function parkedJobs(tx: Tx, limit = 100): Promise<ParkedJob[]> {
  return tx.query<ParkedJob>(PARKED, [Math.min(limit, 100)]);
}

/** Lets a parked job run again, from its first try. @returns whether it was parked */
export async function unparkJob(tx: Tx, id: bigint): Promise<boolean> {
  const rows = await tx.query<{ told: string }>(UNPARK, [id]);
  return rows.length === 1;
}

// One part per partial index, so that the finished jobs are never read.
const QUIET = `
  SELECT (out.n + waiting.due)::int AS due, waiting.later::int AS later, parked.n::int AS parked, waiting.next AS "nextDueAt"
  FROM (SELECT count(*) AS n FROM job WHERE rung_at IS NOT NULL AND done_at IS NULL AND parked_at IS NULL) AS out,
       (SELECT count(*) FILTER (WHERE due_at <= clock_timestamp()) AS due, count(*) FILTER (WHERE due_at > clock_timestamp()) AS later,
               min(due_at) FILTER (WHERE due_at > clock_timestamp()) AS next
        FROM job WHERE rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL) AS waiting,
       (SELECT count(*) AS n FROM job WHERE parked_at IS NOT NULL) AS parked`;

const PARKED = `
  SELECT id, name, subject, tries, parked_at AS "parkedAt", last_error AS "lastError", request_id AS "requestId"
  FROM job WHERE parked_at IS NOT NULL ORDER BY parked_at, id LIMIT $1`;

const UNPARK = `
  WITH unparked AS (
    UPDATE job SET parked_at = NULL, rung_at = NULL, tries = 0, due_at = clock_timestamp()
    WHERE id = $1 AND parked_at IS NOT NULL RETURNING lane
  )
  SELECT pg_notify('job', lane)::text AS told FROM unparked`;
