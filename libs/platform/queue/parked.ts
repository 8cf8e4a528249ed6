import { Refusal } from '#kernel/faults';
import type { Tx } from '#platform/database';
import { queueRefusals } from './queue.refusals';

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

/** The parked jobs, the oldest job first. @param limit at most 101, so that a page of 100 sees whether there is another @param after the last job of the page before */
export function parkedJobs(tx: Tx, limit = 100, after = 0n): Promise<ParkedJob[]> {
  return tx.query<ParkedJob>(PARKED, [Math.min(limit, 101), after]);
}

/**
 * Lets a parked job run again, from its first try: whoever does it has looked at why it failed, or expects it to go well now. It is parked again when it does not.
 * @returns the job as it was parked
 * @throws Refusal JOB_NOT_FOUND; JOB_NOT_PARKED
 */
export async function unparkJob(tx: Tx, id: bigint): Promise<Pick<ParkedJob, 'name' | 'subject' | 'lastError'>> {
  const [job] = await tx.query<Pick<ParkedJob, 'name' | 'subject' | 'lastError'>>(UNPARK, [id]);
  if (job !== undefined) return job;
  const known = await tx.query<object>('SELECT id FROM job WHERE id = $1', [id]);
  throw new Refusal(known.length === 0 ? queueRefusals.JOB_NOT_FOUND : queueRefusals.JOB_NOT_PARKED);
}

// The partial index finds the few that are parked; only they are sorted.
const PARKED = `
  SELECT id, name, subject, tries, parked_at AS "parkedAt", last_error AS "lastError", request_id AS "requestId"
  FROM job WHERE parked_at IS NOT NULL AND id > $2 ORDER BY id LIMIT $1`;

const UNPARK = `
  WITH unparked AS (
    UPDATE job SET parked_at = NULL, rung_at = NULL, tries = 0, due_at = clock_timestamp()
    WHERE id = $1 AND parked_at IS NOT NULL RETURNING name, subject, last_error, lane
  )
  SELECT name, subject, last_error AS "lastError", pg_notify('job', lane)::text AS told FROM unparked`;
