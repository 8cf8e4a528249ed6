import { listingRefusals, VISIBLE_TO_CUSTOMER } from '#journey/listing';
import type { SaleFacts } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** How the raise of a listing stands; amounts in fen. */
export interface RaiseProgress extends SaleFacts {
  readonly listing_id: Uuid;
  /** Grows with every change of the listing or of its counter. */
  readonly version: bigint;
  readonly business_date: BusinessDate;
  /** Orders that hold a part of the listing. */
  readonly orders: bigint;
}

/**
 * Of these listings, those that have changed since the version that is known of each (0: nothing is), all in one statement. Orders are counted, over the index of
 * their listing and state, for what has changed only.
 */
export async function changedProgress(
  tx: Tx,
  watched: readonly { readonly listingId: Uuid; readonly version: bigint }[],
): Promise<RaiseProgress[]> {
  return tx.query<RaiseProgress>(CHANGED, [watched.map(({ listingId }) => listingId), watched.map(({ version }) => version)]);
}

/** @throws Refusal LISTING_NOT_FOUND, also for a listing that this customer may not see */
export async function refuseUnseenListing(tx: Tx, listingId: Uuid, customerId: Uuid): Promise<void> {
  const [seen] = await tx.query(`SELECT 1 FROM listing l WHERE l.id = $2 AND ${VISIBLE_TO_CUSTOMER}`, [customerId, listingId]);
  if (seen === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
}

// The two rows change at different moments, each forward only: the sum of their microseconds grows with either.
const VERSION = '((extract(epoch FROM l.changed_at) + coalesce(extract(epoch FROM q.changed_at), 0)) * 1000000)::bigint';

const CHANGED = `
  SELECT l.id AS listing_id, ${VERSION} AS version, l.state, l.deadline, l.applied_fen, q.quota_fen, q.taken_fen, d.business_date,
    (SELECT count(*) FROM investment_order o
     WHERE o.listing_id = l.id AND o.state IN ('admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent', 'settled')) AS orders
  FROM unnest($1::uuid[], $2::bigint[]) AS w (id, version) JOIN listing l ON l.id = w.id LEFT JOIN listing_quota q ON q.listing_id = l.id CROSS JOIN business_clock d
  WHERE ${VERSION} <> w.version`;
