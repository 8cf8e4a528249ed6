import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Uuid } from '#kernel/ids';

/** One phase of the raise: how many orders it was about, and how long it took. */
export interface Phase {
  readonly name: string;
  readonly orders: number;
  readonly seconds: number;
}

/** How often the parent looks whether a phase is over, in milliseconds. */
const LOOK_AGAIN_MS = 500;
/** Nothing has moved for so long, in milliseconds: something is stuck. It is longer than the bank's limits and the pauses between two tries. */
const STILL_MS = 120_000;

/**
 * Waits until something is the case. Jobs that wait for a person, and a platform in which nothing moves any more, are named instead.
 * @param look is asked twice a second
 * @throws Error for a parked job, and when nothing has moved for two minutes
 */
export async function waitUntil(owner: Client, look: () => boolean | Promise<boolean>): Promise<void> {
  let last = '';
  let movedAt = performance.now();
  for (let looks = 0; !(await look()); looks += 1) {
    await pause(LOOK_AGAIN_MS);
    if (looks % 10 !== 0) continue;
    const { rows } = await owner.query<{ newest: string | null; parked: string | null }>(STANDING);
    const { newest, parked } = rows[0]!;
    if (parked !== null) throw new Error(`a job waits for a person: ${parked}`);
    if (String(newest) !== last) [last, movedAt] = [String(newest), performance.now()];
    else if (performance.now() - movedAt > STILL_MS) throw new Error(`nothing has moved for ${STILL_MS / 1_000} s`);
  }
}

const STANDING = `
  SELECT (SELECT max(id) FROM move) AS newest, (SELECT name || ' ' || subject || ': ' || last_error FROM job WHERE parked_at IS NOT NULL LIMIT 1) AS parked`;

/** Whether the loan has begun, everything is given back, and nothing is left that the platform would do by itself on this day. */
export async function isAllDone(owner: Client, listingId: Uuid): Promise<boolean> {
  const { rows } = await owner.query<{ done: boolean }>(ALL_DONE, [listingId]);
  return rows[0]!.done;
}

const ALL_DONE = `
  SELECT EXISTS (SELECT FROM loan WHERE listing_id = $1 AND started_on IS NOT NULL)
    AND NOT EXISTS (SELECT FROM investment_return WHERE listing_id = $1 AND state <> 'done')
    AND NOT EXISTS (SELECT FROM bank_order WHERE state IN ('created', 'sent', 'accepted', 'unknown'))
    AND NOT EXISTS (SELECT FROM job WHERE done_at IS NULL AND parked_at IS NULL AND (rung_at IS NOT NULL OR due_at <= clock_timestamp())) AS done`;

/** What went back for one cause: how many returns, and how many seconds after it was owed half of them and 99 % of them were back. */
export interface Returns {
  readonly cause: string;
  readonly returns: number;
  readonly fen: bigint;
  readonly p50Seconds: number;
  readonly p99Seconds: number;
}

/** All returns of the listing, by their cause. */
export async function returnsOf(owner: Client, listingId: Uuid): Promise<readonly Returns[]> {
  const { rows } = await owner.query<Record<'cause' | 'returns' | 'fen' | 'p50' | 'p99', string>>(RETURNS, [listingId]);
  return rows.map(({ cause, returns, fen, p50, p99 }) => ({
    cause,
    returns: Number(returns),
    fen: BigInt(fen),
    p50Seconds: Number(p50),
    p99Seconds: Number(p99),
  }));
}

const RETURNS = `
  SELECT cause, count(*) AS returns, sum(amount_fen) AS fen, percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY waited) AS p99
  FROM (SELECT r.cause, r.amount_fen, extract(epoch FROM m.recorded_at - r.recorded_at) AS waited FROM investment_return r
        JOIN move m ON m.noun = 'investment_return' AND m.subject_id = r.id AND m.event = 'finish' WHERE r.listing_id = $1) AS back
  GROUP BY cause ORDER BY cause`;

/** The course of the raise as the log of moves tells it, from the first order on. @param soldOut as the crowd has heard of it first */
export async function courseOf(
  owner: Client,
  listingId: Uuid,
  soldOut: { readonly atMs: number; readonly orders: number } | undefined,
): Promise<readonly Phase[]> {
  const { rows } = await owner.query<Course>(COURSE, [listingId]);
  const course = rows[0]!;
  const phase = (name: string, orders: string, from: Date | null, to: Date | null): Phase[] =>
    from === null || to === null ? [] : [{ name, orders: Number(orders), seconds: (to.getTime() - from.getTime()) / 1_000 }];
  return [
    ...phase(
      'admitted, until it was sold out',
      String(soldOut?.orders),
      course.first,
      soldOut === undefined ? null : new Date(soldOut.atMs),
    ),
    ...phase('frozen or refused, until the door closed', course.decided_before, course.first, course.raised_at),
    ...phase('frozen or refused, the last one', course.decided, course.first, course.decided_at),
    ...phase('allocated, from the door that closes', course.candidates, course.raised_at, course.allocated_at),
    ...phase('… of this: from the first order accepted', course.candidates, course.accepted_at, course.allocated_at),
    ...phase('collected', course.collected, course.allocated_at, course.collected_at),
    ...phase('settled: collection, premium, fee, disbursement', course.collected, course.allocated_at, course.settled_at),
    ...phase('given back after the allocation', course.returned, course.allocated_at, course.returned_at),
    ...phase('loan begun: claims and shares', course.collected, course.settled_at, course.begun_at),
  ];
}

interface Course {
  readonly first: Date | null;
  readonly decided: string;
  readonly decided_before: string;
  readonly decided_at: Date | null;
  readonly raised_at: Date | null;
  readonly accepted_at: Date | null;
  readonly allocated_at: Date | null;
  readonly candidates: string;
  readonly collected: string;
  readonly collected_at: Date | null;
  readonly settled_at: Date | null;
  readonly returned: string;
  readonly returned_at: Date | null;
  readonly begun_at: Date | null;
}

// There is one listing in this database: what a noun has done is what this listing's have done.
const COURSE = `
  WITH ends AS (
    SELECT max(recorded_at) FILTER (WHERE event = 'fill') AS raised_at, max(recorded_at) FILTER (WHERE event = 'settle') AS allocated_at
    FROM move WHERE noun = 'listing' AND subject_id = $1),
  orders AS (
    SELECT count(*) FILTER (WHERE event IN ('hold', 'refuse')) AS decided, count(*) FILTER (WHERE event IN ('hold', 'refuse') AND recorded_at <= raised_at) AS decided_before,
      max(recorded_at) FILTER (WHERE event IN ('hold', 'refuse')) AS decided_at,
      count(*) FILTER (WHERE event = 'collect') AS collected, min(recorded_at) FILTER (WHERE event = 'accept') AS accepted_at
    FROM move CROSS JOIN ends WHERE noun = 'investment_order'),
  returns AS (
    SELECT count(*) AS returned, max(recorded_at) AS returned_at FROM move CROSS JOIN ends
    WHERE noun = 'investment_return' AND event = 'finish' AND recorded_at > allocated_at),
  settling AS (
    SELECT max(recorded_at) FILTER (WHERE event = 'decide') AS collected_at, max(recorded_at) FILTER (WHERE event = 'settle') AS settled_at
    FROM move WHERE noun = 'settlement')
  SELECT (SELECT min(admitted_at) FROM investment_order WHERE listing_id = $1) AS first, orders.*, ends.*, returns.*, settling.*,
    (SELECT orders FROM allocation WHERE listing_id = $1 AND outcome = 'allocated') AS candidates,
    (SELECT max(done_at) FROM job WHERE name = 'repayment.start') AS begun_at
  FROM orders, ends, returns, settling`;
