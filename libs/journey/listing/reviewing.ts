import { Bug, Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import { frozenFor, moveLine } from '#registers/credit-line';
import { borrowerOf } from './applying';
import type { Listing } from './listing';
import { listingLifecycle } from './listing.lifecycle';
import { listingRefusals } from './listing.refusals';
import { lockListing } from './reading';
import { registerAtBank } from './registering';
import { quoteOf, termsDigest } from './terms';

const reject = declareTransition(listingLifecycle, 'reject');
const approve = declareTransition(listingLifecycle, 'approve');

/** One review of a listing: level 1, then level 2, each by another person than the one who set the terms. */
export interface Review {
  readonly level: 1 | 2;
  readonly decision: 'approve' | 'reject';
  readonly reason: string;
}

/**
 * Reviews a listing. An approval weighs the all-in cost (LISTING_COST_ABOVE_CAP) and the credit line (LISTING_LINE_DIFFERS); the second one uses up what the line has
 * frozen. The listing is registered at the bank then, one with a line once the bank has used it. A rejection gives the line back.
 */
export async function reviewListing(tx: Tx, id: Uuid, review: Review, reviewer: string): Promise<void> {
  const today = await lockDay(tx);
  const listing = await lockListing(tx, id, ['in_review']);
  if (review.decision === 'approve') {
    refuseIncomplete(listing);
    await borrowerOf(tx, listing.borrower_id);
  }
  const digest = termsDigest(listing);
  await checkReviewer(tx, listing, review, reviewer, digest);
  await tx.execute(
    'INSERT INTO listing_review (id, listing_id, level, decision, reviewer, reason, terms_digest) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [newId(), id, review.level, review.decision, reviewer, review.reason, digest],
  );
  const by = { cause: `review:${review.level}`, who: reviewer };
  if (review.decision === 'reject') {
    await move(tx, reject, [{ id, patch: { withdrawn_reason: review.reason } }], by);
    await moveLine(tx, [{ kind: 'RELEASE', listingId: id, amount: fen(listing.applied_fen), cause: 'rejected' }]);
    return;
  }
  const frozen = await frozenFor(tx, id);
  if (frozen !== undefined && frozen !== listing.applied_fen) {
    throw new Refusal(listingRefusals.LISTING_LINE_DIFFERS, { frozenFen: Number(frozen), appliedFen: Number(listing.applied_fen) });
  }
  const { aprPpm, cap } = quoteOf(listing, today);
  if (!cap.within) {
    throw new Refusal(listingRefusals.LISTING_COST_ABOVE_CAP, {
      capPpm: Number(listing.cap_ppm),
      worstAprPpm: cap.worst.aprPpm,
      worstKind: cap.worst.kind,
      worstDate: cap.worst.date,
    });
  }
  if (review.level === 1) return;
  const worst = { apr_ppm: aprPpm, worst_apr_ppm: cap.worst.aprPpm, worst_kind: cap.worst.kind, worst_date: cap.worst.date };
  await move(tx, approve, [{ id, patch: worst }], by);
  await moveLine(tx, [{ kind: 'DEDUCT', listingId: id, amount: fen(listing.applied_fen), cause: 'approved' }]);
  if (frozen === undefined) await registerAtBank(tx, listing, today);
}

/** What is approved is complete; a rejection needs no terms. */
function refuseIncomplete(listing: Listing): void {
  if (listing.terms_by === null) throw new Refusal(listingRefusals.LISTING_TERMS_MISSING);
  if (listing.audience === 'named' && listing.guests_digest === null) throw new Refusal(listingRefusals.LISTING_GUESTS_MISSING);
}

async function checkReviewer(tx: Tx, listing: Listing, review: Review, reviewer: string, digest: string): Promise<void> {
  const earlier = await tx.query<{ level: number; reviewer: string; terms_digest: string }>(
    'SELECT level, reviewer, terms_digest FROM listing_review WHERE listing_id = $1 ORDER BY level',
    [listing.id],
  );
  if (review.level !== earlier.length + 1) throw new Refusal(listingRefusals.REVIEW_LEVEL, { next: earlier.length + 1 });
  if (listing.terms_by === reviewer || earlier.some((row) => row.reviewer === reviewer))
    throw new Refusal(listingRefusals.REVIEW_SAME_PERSON);
  // Terms cannot be set once a review has begun: another digest means that somebody changed the row past us.
  if (earlier.some((row) => row.terms_digest !== digest)) throw new Bug(`listing ${listing.listing_no} is not what was reviewed before`);
}
