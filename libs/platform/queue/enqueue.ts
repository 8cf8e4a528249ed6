import { Bug } from '#kernel/faults';
import type { Tx } from '#platform/database';
import { currentRequestId } from '#platform/logging';
import { laneOf } from './definition';
import { JOB_CHANNEL } from './job-rows';
import type { Lane } from './lanes';

/** One job to be written. `key` (default: the subject) makes it the same job for ever: a second row with it is not written. */
export interface NewJob {
  readonly name: string;
  readonly subject: string;
  readonly key?: string;
  /** Where it waits; default: the lane of its definition. */
  readonly lane?: Lane;
  /** Wall time before which it must not run. */
  readonly dueAt?: Date;
  /** Or: so many milliseconds from now, by the database's clock. */
  readonly delayMs?: number;
  /** Small facts beside the subject; never personal data. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/**
 * Writes job rows in the caller's transaction, in one statement; the relays hear of them when it commits. A job whose
 * (name, key) exists already, done or not, is left as it is.
 * @returns how many rows are new
 */
export async function enqueue(tx: Tx, jobs: readonly NewJob[]): Promise<number> {
  if (jobs.length === 0) return 0;
  const rows = jobs.map(asRow).sort((a, b) => compare(a.name, b.name) || compare(a.key, b.key));
  const [answer] = await tx.query<{ added: number }>(ADD, [
    rows.map((row) => row.name),
    rows.map((row) => row.subject),
    rows.map((row) => row.key),
    rows.map((row) => row.lane),
    rows.map((row) => row.payload),
    rows.map((row) => row.dueAt),
    rows.map((row) => row.delayMs),
    currentRequestId() ?? null,
  ]);
  return answer?.added ?? 0;
}

// Sorted input: two transactions that write overlapping sets wait for each other in the same order.
const ADD = `
  WITH added AS (
    INSERT INTO job (name, subject, unique_key, lane, payload, request_id, due_at)
    SELECT name, subject, unique_key, lane, payload::jsonb, $8, coalesce(due_at, clock_timestamp() + delay_ms * interval '1 millisecond')
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::float8[])
      AS new (name, subject, unique_key, lane, payload, due_at, delay_ms)
    ON CONFLICT (name, unique_key) DO NOTHING
    RETURNING lane
  ), told AS MATERIALIZED (
    SELECT pg_notify('${JOB_CHANNEL}', lane)::text AS told FROM (SELECT DISTINCT lane FROM added) AS distinct_lanes
  )
  SELECT (SELECT count(*)::int FROM added) AS added, (SELECT count(*)::int FROM told) AS lanes`;

function asRow(job: NewJob) {
  if (job.dueAt !== undefined && job.delayMs !== undefined) throw new Bug(`job ${job.name} is due at a time and after a delay`);
  return {
    name: job.name,
    subject: job.subject,
    key: job.key ?? job.subject,
    lane: job.lane ?? laneOf(job.name),
    payload: job.payload === undefined ? null : JSON.stringify(job.payload),
    dueAt: job.dueAt?.toISOString() ?? null,
    delayMs: job.delayMs ?? 0,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
