import { closeDoor, quotaOf, reopenDoor } from '#journey/listing';
import type { Listing } from '#journey/listing';
import type { Tx } from '#platform/database';
import type { By } from '#platform/transitions';
import { connectedBank } from '#registers/bank-order';
import { allocate, skippedSum } from './allocation';
import type { AllocationResult, Candidate } from './allocation';
import { frozenOrders } from './candidates';

/**
 * A gap that skipped orders left is sold again until the deadline, and only the gap: an order that fits into it fills it, so that nobody's money is frozen in vain
 * a second time. The skipped orders keep their place, on top of the amount.
 */
export async function sellGapAgain(
  tx: Tx,
  listing: Listing,
  candidates: readonly Candidate[],
  result: AllocationResult,
  by: By,
): Promise<void> {
  await setDoor(tx, listing, skippedSum(candidates, result));
  await reopenDoor(tx, listing.id, by);
}

/**
 * An order was taken back while a gap is being sold again: what was skipped before may fit now, and less is for sale than before. Closes the door when what is
 * frozen fills the amount by now. In a raise that has never left a gap there is nothing to count.
 */
export async function recountGap(tx: Tx, listing: Listing, by: By): Promise<void> {
  const [door] = await tx.query<{ is_again: boolean }>('SELECT amount_fen > $2 AS is_again FROM listing_quota WHERE listing_id = $1', [
    listing.id,
    listing.amount_fen,
  ]);
  if (door?.is_again !== true) return;
  const { candidates } = await frozenOrders(tx, listing.id);
  const canPart = listing.hold_mode === 'debit' || connectedBank().capabilities.partialRelease;
  const result = allocate(candidates, listing.amount_fen, canPart);
  const isFull = await setDoor(tx, listing, skippedSum(candidates, result));
  if (isFull) await closeDoor(tx, listing.id, by);
}

/**
 * For sale is the amount with its overbooking allowance; while a gap is sold again, the amount without it and, on top, what was skipped. What open freezes may
 * still bring counts as sold.
 * @param skipped fen of the frozen orders that do not fit
 * @returns whether what is frozen fills the amount
 */
async function setDoor(tx: Tx, listing: Listing, skipped: bigint): Promise<boolean> {
  const quota = skipped > 0n ? listing.amount_fen + skipped : quotaOf(listing);
  const [door] = await tx.query<{ is_full: boolean }>(
    `UPDATE listing_quota SET amount_fen = $2, quota_fen = greatest($3::bigint, taken_fen), changed_at = clock_timestamp() WHERE listing_id = $1
     RETURNING frozen_fen >= amount_fen AS is_full`,
    [listing.id, listing.amount_fen + skipped, quota],
  );
  return door!.is_full;
}
