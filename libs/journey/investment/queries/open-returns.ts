import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import type { InvestmentReturn } from '../investment';
import { newestAlarmed, workingDaysSince } from '../return-age';

/** Which returns are asked for. Without a state: all that are not done. */
export interface ReturnsWanted {
  readonly state?: InvestmentReturn['state'];
  readonly listingId?: Uuid;
  /** Only those that carry an alarm. */
  readonly alarm?: boolean;
  /** The last one of the page before. */
  readonly after?: Uuid;
  readonly limit: number;
}

/** A return as operators see it: who waits for how much, since when, why it is not back. The amount is in fen, the customer masked. */
export interface ReturnSeen extends Pick<
  InvestmentReturn,
  'id' | 'state' | 'source' | 'cause' | 'amount_fen' | 'attempts' | 'last_code' | 'due_on' | 'try_on' | 'first_refused_on'
> {
  readonly order_id: Uuid;
  readonly order_no: bigint;
  readonly listing_id: Uuid;
  readonly listing_no: string;
  readonly customer_id: Uuid;
  readonly customer_masked: string | null;
  /** Working days that have begun since it is due; null once it is done. */
  readonly age_working_days: number | null;
  /** Somebody has to look at it: it is not back for days. What lies in suspense waits for its owner and not for us. */
  readonly alarm: boolean;
}

const UNDER_WAY: readonly InvestmentReturn['state'][] = ['due', 'sent', 'parking'];

/** Returns in the order in which they became due; one more than the limit when there are more. */
export async function listReturns(tx: Tx, wanted: ReturnsWanted): Promise<ReturnSeen[]> {
  const today = await businessDate(tx);
  const limit = newestAlarmed(today);
  const rows = await tx.query<Omit<ReturnSeen, 'age_working_days' | 'alarm'>>(
    `SELECT r.id, r.state, r.source, r.cause, r.amount_fen, r.attempts, r.last_code, r.due_on, r.try_on, r.first_refused_on, r.order_id, o.no AS order_no,
       r.listing_id, l.listing_no, o.customer_id, c.name_masked AS customer_masked
     FROM investment_return r JOIN investment_order o ON o.id = r.order_id JOIN customer c ON c.id = o.customer_id JOIN listing l ON l.id = r.listing_id
     WHERE CASE WHEN $1::text IS NULL THEN r.state <> 'done' ELSE r.state = $1 END AND ($2::uuid IS NULL OR r.listing_id = $2)
       AND ($3::date IS NULL OR (r.due_on <= $3 AND r.state IN ('due', 'sent', 'parking'))) AND ($4::uuid IS NULL OR r.id > $4) ORDER BY r.id LIMIT $5`,
    [wanted.state ?? null, wanted.listingId ?? null, wanted.alarm === true ? limit : null, wanted.after ?? null, wanted.limit + 1],
  );
  return rows.map((row) => ({
    ...row,
    age_working_days: row.state === 'done' ? null : workingDaysSince(row.due_on, today),
    alarm: UNDER_WAY.includes(row.state) && row.due_on <= limit,
  }));
}

/** How much is not back, in orders and fen; of it, what carries an alarm and what lies in suspense. */
export interface OpenReturns {
  readonly returns: bigint;
  readonly amount_fen: bigint;
  readonly alarms: bigint;
  readonly alarm_fen: bigint;
  readonly parked: bigint;
  readonly parked_fen: bigint;
  readonly oldest_due_on: BusinessDate | null;
}

/** Counts what is not back. */
export async function countOpenReturns(tx: Tx): Promise<OpenReturns> {
  const limit = newestAlarmed(await businessDate(tx));
  const [row] = await tx.query<OpenReturns>(
    `SELECT count(*) AS returns, coalesce(sum(amount_fen), 0)::bigint AS amount_fen, count(*) FILTER (WHERE due_on <= $1 AND state IN ('due', 'sent', 'parking')) AS alarms,
       coalesce(sum(amount_fen) FILTER (WHERE due_on <= $1 AND state IN ('due', 'sent', 'parking')), 0)::bigint AS alarm_fen, count(*) FILTER (WHERE state IN ('parking', 'parked')) AS parked,
       coalesce(sum(amount_fen) FILTER (WHERE state IN ('parking', 'parked')), 0)::bigint AS parked_fen, min(due_on) AS oldest_due_on
     FROM investment_return WHERE state <> 'done'`,
    [limit],
  );
  return row!;
}
