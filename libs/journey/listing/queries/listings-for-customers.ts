import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { Listing } from '../listing';
import { listingRefusals } from '../listing.refusals';
import { IS_OPEN_FOR_ORDERS } from '../sale';
import { VISIBLE_STATES, VISIBLE_TO_CUSTOMER } from '../visibility';

/** A listing with how much of it is sold, on a business date; the counters are null before it opens. */
export interface SoldListing extends Listing {
  readonly taken_fen: bigint | null;
  readonly quota_fen: bigint | null;
  readonly business_date: BusinessDate;
}

/** A page of listings, newest first: those with a smaller number than `before`. */
export interface ListingPage {
  readonly limit: number;
  readonly before?: bigint;
}

/** What a customer asks for of all listings that he may see: one state, or only what takes orders at this moment. */
export interface ListingChoice {
  readonly state?: (typeof VISIBLE_STATES)[number];
  readonly isOpen?: boolean;
}

const SOLD = `SELECT l.*, q.taken_fen, q.quota_fen, d.business_date FROM listing l LEFT JOIN listing_quota q ON q.listing_id = l.id CROSS JOIN business_clock d`;

/** Listings on sale and after, as far as this customer may see them. */
export async function listingsForCustomer(tx: Tx, customerId: Uuid, choice: ListingChoice, page: ListingPage): Promise<SoldListing[]> {
  return tx.query<SoldListing>(
    `${SOLD} WHERE ${VISIBLE_TO_CUSTOMER} AND ($2::text IS NULL OR l.state = $2) AND (NOT $3::boolean OR (${IS_OPEN_FOR_ORDERS}))
       AND ($4::bigint IS NULL OR l.no < $4) ORDER BY l.no DESC LIMIT $5`,
    [customerId, choice.state ?? null, choice.isOpen ?? false, page.before ?? null, page.limit],
  );
}

/** One listing: a customer's own one in any state. @throws Refusal LISTING_NOT_FOUND, also for one that he may not see */
export async function listingForCustomer(tx: Tx, listingId: Uuid, customerId: Uuid): Promise<SoldListing> {
  const [listing] = await tx.query<SoldListing>(`${SOLD} WHERE l.id = $2 AND ((${VISIBLE_TO_CUSTOMER}) OR l.borrower_id = $1)`, [
    customerId,
    listingId,
  ]);
  if (listing === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
  return listing;
}

/** What a borrower has applied for, in any state. */
export async function listingsOfBorrower(tx: Tx, borrowerId: Uuid, page: ListingPage): Promise<SoldListing[]> {
  return tx.query<SoldListing>(`${SOLD} WHERE l.borrower_id = $1 AND ($2::bigint IS NULL OR l.no < $2) ORDER BY l.no DESC LIMIT $3`, [
    borrowerId,
    page.before ?? null,
    page.limit,
  ]);
}
