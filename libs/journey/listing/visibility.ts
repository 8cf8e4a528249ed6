import type { ListingState } from './listing';

/** States that investors may see; what is in review is nobody's business but the borrower's. */
export const VISIBLE_STATES = [
  'scheduled',
  'raising',
  'raised',
  'settling',
  'repaying',
  'closed',
  'failing',
  'failed',
] as const satisfies readonly ListingState[];

/**
 * SQL: whether the customer `$1` may see the listing `l` as an investor. The one place that says so: every query that shows listings to customers has it,
 * so that what is for named customers is seen by them alone (and by its borrower, whose own listings are asked for by other means).
 */
export const VISIBLE_TO_CUSTOMER = `l.state IN (${VISIBLE_STATES.map((state) => `'${state}'`).join(', ')}) AND (l.audience <> 'named'
  OR EXISTS (SELECT FROM listing_guest g JOIN customer c ON c.customer_no = g.customer_no WHERE g.listing_id = l.id AND c.id = $1::uuid))`;
