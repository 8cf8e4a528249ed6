import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { Listing, ListingState } from './listing';
import { listingRefusals } from './listing.refusals';

/** A listing without a lock, or the Refusal LISTING_NOT_FOUND. */
export async function readListing(tx: Tx, id: Uuid): Promise<Listing> {
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1', [id]);
  if (listing === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
  return listing;
}

/** A listing locked for the transaction; when states are named, the Refusal LISTING_STATE unless it is in one of them. */
export async function lockListing(tx: Tx, id: Uuid, states?: readonly ListingState[]): Promise<Listing> {
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1 FOR NO KEY UPDATE', [id]);
  if (listing === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
  if (states !== undefined && !states.includes(listing.state)) throw new Refusal(listingRefusals.LISTING_STATE, { state: listing.state });
  return listing;
}
