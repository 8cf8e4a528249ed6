import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { createHash } from 'node:crypto';
import { listingRefusals } from './listing.refusals';
import { lockListing } from './reading';
import { refuseOnceReviewed } from './terms';

/**
 * Names the customers for whom a listing in review is, by their numbers at the bank, in place of those named before: a customer may be named before he has ever come
 * to the platform. The reviews approve the names with the terms.
 */
export async function nameGuests(tx: Tx, id: Uuid, customerNos: readonly string[]): Promise<number> {
  await lockDay(tx);
  const listing = await lockListing(tx, id, ['in_review']);
  await refuseOnceReviewed(tx, id);
  if (listing.audience !== 'named') {
    throw new Refusal(listingRefusals.LISTING_TERMS_INVALID, {
      reason: '请先将 audience 设为 named / set `audience` to named first',
    });
  }
  const guests = [...new Set(customerNos)].sort();
  await tx.execute('DELETE FROM listing_guest WHERE listing_id = $1', [id]);
  await tx.execute('INSERT INTO listing_guest (listing_id, customer_no) SELECT $1, unnest($2::text[])', [id, guests]);
  const digest = createHash('sha256').update(guests.join('\n')).digest('hex');
  await tx.execute('UPDATE listing SET guests_digest = $2, changed_at = clock_timestamp() WHERE id = $1', [id, digest]);
  return guests.length;
}
