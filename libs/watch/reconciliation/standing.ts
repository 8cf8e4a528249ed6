import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** How one date stands, for people and for whoever waits for its end. */
export interface DayStanding {
  readonly date: BusinessDate;
  readonly businessDay: string;
  /** Null before the cut. */
  readonly reconciliation: string | null;
  /** What the bank still owes us, in words; null when nothing. */
  readonly waitingFor: string | null;
  readonly lines: bigint | null;
  readonly matched: bigint | null;
  readonly settled: bigint | null;
  readonly outside: bigint | null;
  readonly breaks: bigint | null;
  readonly adjusted: bigint | null;
  readonly provedAccounts: bigint | null;
  readonly differenceAccounts: bigint | null;
  readonly confirmedAs: string | null;
}

/** Business days with their reconciliation, newest first. @param limit at most 400 */
export function dayStandings(tx: Tx, from: BusinessDate | null, to: BusinessDate | null, limit = 100): Promise<DayStanding[]> {
  return tx.query<DayStanding>(
    `SELECT b.business_date AS date, b.state AS "businessDay", d.state AS reconciliation, d.waiting_for AS "waitingFor", d.lines, d.matched, d.settled, d.outside,
       d.breaks, d.adjusted, d.proved_accounts AS "provedAccounts", d.difference_accounts AS "differenceAccounts", d.confirmed_as AS "confirmedAs"
     FROM business_day b LEFT JOIN reconciliation_day d ON d.bank_date = b.business_date
     WHERE ($1::date IS NULL OR b.business_date >= $1) AND ($2::date IS NULL OR b.business_date <= $2)
     ORDER BY b.business_date DESC LIMIT $3`,
    [from, to, Math.min(limit, 400)],
  );
}

/** One break as people see it. Amounts in fen: the bank's less ours. */
export interface BreakStanding {
  readonly id: string;
  readonly no: bigint;
  readonly bankDate: BusinessDate;
  readonly kind: string;
  readonly state: string;
  readonly amountFen: bigint;
  readonly key: string;
  readonly ours: Readonly<Record<string, unknown>> | null;
  readonly banks: Readonly<Record<string, unknown>> | null;
  readonly bankOrderId: string | null;
  readonly hasCorrection: boolean;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly owner: string | null;
  readonly openedOn: BusinessDate;
  readonly closedOn: BusinessDate | null;
}

/** Breaks by number, newest first. @param state only these; @param before number of the last one on the page before; @param limit at most 100 */
export function breakStandings(
  tx: Tx,
  filter: { bankDate?: BusinessDate; state?: 'open' | 'proposed' | 'adjusted' | 'closed'; before?: bigint; limit?: number } = {},
): Promise<BreakStanding[]> {
  return tx.query<BreakStanding>(
    `SELECT id, no, bank_date AS "bankDate", kind, state, amount_fen AS "amountFen", key, ours, banks, bank_order_id AS "bankOrderId", correction IS NOT NULL AS "hasCorrection", rule, reason, owner,
       opened_on AS "openedOn", closed_on AS "closedOn"
     FROM reconciliation_break
     WHERE ($1::date IS NULL OR bank_date = $1) AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR no < $3) ORDER BY no DESC LIMIT $4`,
    [filter.bankDate ?? null, filter.state ?? null, filter.before ?? null, Math.min(filter.limit ?? 100, 100)],
  );
}
