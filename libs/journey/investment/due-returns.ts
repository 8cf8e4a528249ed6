import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { InvestmentReturn } from './investment';

/** A return with what its way back needs. */
export interface DueReturn extends InvestmentReturn {
  readonly customer_id: Uuid;
  /** Where it goes: where it came from or, once the bank has refused that, the account that the customer has now. */
  readonly account_no: string;
  readonly hold_order_id: Uuid;
  readonly listing_no: string;
}

const JOINED = `
  FROM investment_return r JOIN investment_order o ON o.id = r.order_id JOIN customer c ON c.id = o.customer_id JOIN listing l ON l.id = r.listing_id`;

/** Returns of a listing that may be sent today, locked; at most `limit`. What another run has locked is being sent by it. */
export async function dueReturns(tx: Tx, listingId: Uuid, today: BusinessDate, limit: number): Promise<DueReturn[]> {
  return tx.query<DueReturn>(
    `SELECT r.*, o.customer_id, o.hold_order_id, l.listing_no,
       CASE WHEN r.source = 'disbursement' AND r.attempts > 0 AND c.e_account_status = 'ACTIVE' THEN coalesce(c.e_account_no, o.account_no) ELSE o.account_no END AS account_no
     ${JOINED} WHERE r.listing_id = $1 AND r.state = 'due' AND (r.try_on IS NULL OR r.try_on <= $2) ORDER BY r.id LIMIT $3 FOR NO KEY UPDATE OF r SKIP LOCKED`,
    [listingId, today, limit],
  );
}

/** Parked returns whose customers have an active account, locked: all of them, or one. */
export async function reachableReturns(tx: Tx, only: Uuid | null): Promise<DueReturn[]> {
  return tx.query<DueReturn>(
    `SELECT r.*, o.customer_id, o.hold_order_id, l.listing_no, c.e_account_no AS account_no
     ${JOINED} WHERE r.state = 'parked' AND c.e_account_status = 'ACTIVE' AND c.e_account_no IS NOT NULL AND ($1::uuid IS NULL OR r.id = $1)
     ORDER BY r.id FOR NO KEY UPDATE OF r`,
    [only],
  );
}
