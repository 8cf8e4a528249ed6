import type { Pool, QueryConfig } from 'pg';
import { violatedConstraint } from '#platform/database';
import type { Lane } from './lanes';
import { boundOf } from './lanes';

/** The channel on which transactions that wrote job rows make the relays look. */
export const JOB_CHANNEL = 'job';

/** One ring of the bell for one job. Rings of a job are numbered; only the first answer to a ring starts a run. */
export interface Ring {
  readonly id: string;
  readonly ring: number;
}

/** What a pass of the relay found in one lane. */
export interface LaneRings {
  readonly lane: Lane;
  readonly rings: readonly Ring[];
  /** The lane's bound is reached: look again when jobs of it have ended. */
  readonly full: boolean;
  /** The pass was cut by its batch: look again at once. */
  readonly more: boolean;
  /** Milliseconds until the next job that is not due yet; undefined: none. */
  readonly nextDueMs: number | undefined;
}

/** A job that was claimed for a run. */
export interface ClaimedJob {
  readonly id: string;
  readonly ring: number;
  readonly name: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>> | null;
  readonly tries: number;
  readonly requestId: string | null;
  /** From the moment it was due to the claim. */
  readonly waitedMs: number;
}

/**
 * The bell's bookkeeping in the job rows: who was rung, who answered, who is alive. Each is one statement in its own
 * transaction on the bell's pool. Losing any of it in a crash costs a ring, never a job, so the pool commits without waiting
 * for the disk; what matters (`done_at`, the effect) is committed by the handler's own transaction, which does wait.
 * Tables are named with their schema because that pool looks into the queue's schema first.
 */
export class JobRows {
  constructor(private readonly pool: Pool) {}

  /** Marks what is due and was not rung as rung, oldest first, and says which rings to make. */
  async ringDue(lanes: readonly Lane[], batch: number): Promise<readonly LaneRings[]> {
    const rows = await this.rowsToRing(lanes, batch);
    return lanes.map((lane) => {
      const found = rows.filter((row) => row.lane === lane);
      const rings = found.flatMap((row) => (row.id === null ? [] : [{ id: row.id, ring: row.ring }]));
      const full = rings.length >= (found[0]?.room ?? 0);
      return { lane, rings, full, more: !full && rings.length === batch, nextDueMs: found[0]?.next_due_ms ?? undefined };
    });
  }

  /** Rings again what was rung long ago and shows no sign of life; the wait doubles with each ring that nobody answered. */
  async sweep(leaseMs: number, batch: number): Promise<readonly (Ring & { readonly lane: Lane })[]> {
    const { rows } = await this.pool.query<Ring & { readonly lane: Lane }>(statement('sweep', SWEEP, [leaseMs, batch]));
    return rows;
  }

  /** The bell could not be rung: let the next pass try again. */
  async unring(rings: readonly Ring[]): Promise<void> {
    await this.pool.query(statement('unring', UNRING, [rings.map((ring) => ring.id), rings.map((ring) => ring.ring)]));
  }

  /** Takes the job for a run; undefined when this ring was answered before, or the job is done or parked. */
  async claim(ring: Ring): Promise<ClaimedJob | undefined> {
    const { rows } = await this.pool.query<ClaimedJob>(statement('claim', CLAIM, [ring.id, ring.ring]));
    return rows[0];
  }

  /** A sign of life for runs that are going on. */
  async alive(rings: readonly Ring[]): Promise<void> {
    await this.pool.query(statement('alive', ALIVE, [rings.map((ring) => ring.id), rings.map((ring) => ring.ring)]));
  }

  /** The run failed and may be repeated after a while. @returns whether the job was still ours */
  async later(ring: Ring, waitMs: number, error: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(statement('later', LATER, [ring.id, ring.ring, waitMs, error]));
    return rowCount === 1;
  }

  /** The run failed for good: the job waits for a person. @returns whether the job was still ours */
  async park(ring: Ring, error: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(statement('park', PARK, [ring.id, ring.ring, error]));
    return rowCount === 1;
  }

  private async rowsToRing(lanes: readonly Lane[], batch: number): Promise<readonly LaneRow[]> {
    try {
      return (await this.pool.query<LaneRow>(statement(`ring_${lanes.join('_')}_${batch}`, ringDue(lanes, batch), []))).rows;
    } catch (error) {
      // Two relays rang for lane `day` at once: the other one's job is out, and ours waits for its end.
      if (violatedConstraint(error) === 'job_day_alone') return [];
      throw error;
    }
  }
}

/** Planned once per connection: each of these runs several times for every job. */
function statement(name: string, text: string, values: readonly unknown[]): QueryConfig {
  return { name: `job_${name}`, text, values: [...values] };
}

interface LaneRow {
  readonly lane: Lane;
  readonly room: number;
  readonly next_due_ms: number | null;
  readonly id: string | null;
  readonly ring: number;
}

const OPEN = 'done_at IS NULL AND parked_at IS NULL';

// LATERAL keeps the order of due_at within each lane and lets every lane have its own room. Without parameters its plan is made once per connection and kept.
const ringDue = (lanes: readonly Lane[], batch: number): string => `
  WITH lanes AS MATERIALIZED (
    SELECT lane,
      bound - (SELECT count(*) FROM public.job AS j WHERE j.lane = l.lane AND j.rung_at IS NOT NULL AND ${OPEN}) AS room,
      (SELECT ceil(extract(epoch FROM j.due_at - clock_timestamp()) * 1000)::float8 FROM public.job AS j
        WHERE j.lane = l.lane AND j.rung_at IS NULL AND ${OPEN} AND j.due_at > clock_timestamp() ORDER BY j.due_at, j.id LIMIT 1) AS next_due_ms
    FROM (VALUES ${lanes.map((lane) => `('${lane}', ${boundOf(lane)})`).join(', ')}) AS l (lane, bound)
  ), picked AS (
    SELECT due.id FROM lanes AS l CROSS JOIN LATERAL (
      SELECT j.id FROM public.job AS j
      WHERE j.lane = l.lane AND j.rung_at IS NULL AND ${OPEN} AND j.due_at <= clock_timestamp()
      ORDER BY j.due_at, j.id LIMIT least(greatest(l.room, 0), ${batch}) FOR UPDATE SKIP LOCKED
    ) AS due
  ), rung AS (
    UPDATE public.job AS j SET rung_at = clock_timestamp(), rings = j.rings + 1
    FROM picked WHERE j.id = picked.id RETURNING j.id, j.lane, j.rings, j.due_at
  )
  SELECT l.lane, l.room::int AS room, l.next_due_ms, r.id::text AS id, r.rings AS ring
  FROM lanes AS l LEFT JOIN rung AS r ON r.lane = l.lane ORDER BY r.due_at, r.id`;

const SWEEP = `
  WITH silent AS (
    SELECT id FROM public.job
    WHERE rung_at IS NOT NULL AND ${OPEN}
      AND rung_at < clock_timestamp() - $1::float8 * 2 ^ least(greatest(rings - answered - 1, 0), 4) * interval '1 millisecond'
    ORDER BY rung_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE public.job AS j SET rung_at = clock_timestamp(), rings = j.rings + 1
  FROM silent WHERE j.id = silent.id RETURNING j.id::text AS id, j.rings AS ring, j.lane`;

const UNRING = `
  UPDATE public.job AS j SET rung_at = NULL FROM unnest($1::bigint[], $2::int[]) AS r (id, ring)
  WHERE j.id = r.id AND j.rings = r.ring AND j.answered < r.ring AND ${OPEN}`;

// The first copy that arrives answers for all rings so far, so that what is still in the queue finds the job taken.
const CLAIM = `
  UPDATE public.job SET answered = rings, tries = tries + 1, rung_at = clock_timestamp()
  WHERE id = $1 AND answered < $2 AND ${OPEN}
  RETURNING id::text AS id, answered AS ring, name, subject, payload, tries, request_id AS "requestId",
    (extract(epoch FROM clock_timestamp() - due_at) * 1000)::float8 AS "waitedMs"`;

const ALIVE = `
  UPDATE public.job AS j SET rung_at = clock_timestamp() FROM unnest($1::bigint[], $2::int[]) AS r (id, ring)
  WHERE j.id = r.id AND j.answered = r.ring AND j.rings = r.ring AND j.rung_at IS NOT NULL AND ${OPEN}`;

const LATER = `
  UPDATE public.job SET rung_at = NULL, due_at = clock_timestamp() + $3::float8 * interval '1 millisecond', last_error = $4
  WHERE id = $1 AND answered = $2 AND ${OPEN}`;

const PARK = `
  UPDATE public.job SET parked_at = clock_timestamp(), last_error = $3 WHERE id = $1 AND answered = $2 AND ${OPEN}`;
