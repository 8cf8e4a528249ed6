import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { moveLine } from '#registers/credit-line';
import { listingClosed, listingFailed, listingFailing, listingRaised } from './facts';
import type { Listing, ListingState } from './listing';
import { listingLifecycle } from './listing.lifecycle';
import { listingRefusals } from './listing.refusals';
import { lockListing, readListing } from './reading';
import { takeBackAtBank, updateAtBank } from './registering';

const fill = declareTransition(listingLifecycle, 'fill');
const reopen = declareTransition(listingLifecycle, 'reopen');
const settle = declareTransition(listingLifecycle, 'settle');
const repay = declareTransition(listingLifecycle, 'repay');
const close = declareTransition(listingLifecycle, 'close');
const fail = declareTransition(listingLifecycle, 'fail');
const finishFailing = declareTransition(listingLifecycle, 'finish_failing');
const withdraw = declareTransition(listingLifecycle, 'withdraw');

/** Closes the door of a raise: no more orders. Closing a closed one changes nothing. `round` counts the times it was closed. */
export async function closeDoor(tx: Tx, id: Uuid, by: By): Promise<boolean> {
  const rows = await move<Listing>(tx, fill, [{ id, patch: { raised_at: wallClock.now() } }], { ...by, alreadyMoved: 'skip' });
  const [round] = await tx.query<{ closed: bigint }>(
    `SELECT count(*) AS closed FROM move WHERE noun = 'listing' AND subject_id = $1 AND event = 'fill'`,
    [id],
  );
  if (rows.length > 0) await tell(tx, listingRaised, [{ subject: id, key: `${id}:${round!.closed}` }]);
  return rows.length > 0;
}

/** A gap was left by the allocation: the door opens again until the deadline. */
export async function reopenDoor(tx: Tx, id: Uuid, by: By): Promise<void> {
  await move(tx, reopen, [{ id }], by);
}

/** The allocation stands: settlement begins. */
export async function beginSettling(tx: Tx, id: Uuid, by: By): Promise<void> {
  await move(tx, settle, [{ id }], by);
}

/** The borrower is paid: the bank is told, the loan runs. `lent` is what was really lent; what was not gives its credit line back. */
export async function beginRepaying(tx: Tx, listing: Listing, lent: bigint, by: By): Promise<void> {
  await move(tx, repay, [{ id: listing.id, patch: { amount_fen: lent } }], by);
  await updateAtBank(tx, listing, { status: 'REPAYING' });
  const notLent = listing.applied_fen - lent;
  if (notLent > 0n) await moveLine(tx, [{ kind: 'RESTORE', listingId: listing.id, amount: fen(notLent), cause: 'not lent' }]);
}

/**
 * The listing cannot be settled: everything goes back.
 * @param cause what the returns are called; `failed` unless an operator takes the listing back
 */
export async function beginFailing(tx: Tx, id: Uuid, reason: string, by: By, cause: 'failed' | 'withdrawn' = 'failed'): Promise<void> {
  const rows = await move(tx, fail, [{ id, patch: { withdrawn_reason: reason } }], { ...by, alreadyMoved: 'skip' });
  if (rows.length > 0) await tell(tx, listingFailing, [id], { cause });
}

/** Every hold and every fen is back: the bank is told, the credit line is restored. */
export async function finishFailingOf(tx: Tx, id: Uuid, by: By): Promise<void> {
  const [listing] = await move<Listing>(tx, finishFailing, [{ id }], { ...by, alreadyMoved: 'skip' });
  if (listing === undefined) return;
  await updateAtBank(tx, listing, { status: 'FAILED' });
  await moveLine(tx, [{ kind: 'RESTORE', listingId: id, amount: fen(listing.applied_fen), cause: 'failed' }]);
  await tell(tx, listingFailed, [id]);
}

/**
 * An operator takes a listing back before it opens: no money has moved. The line was used up at approval, so it is restored; while the bank has not decided that, the
 * restoring waits for it.
 */
export async function withdrawListing(tx: Tx, id: Uuid, reason: string, who: string): Promise<void> {
  await lockDay(tx);
  const listing = await lockListing(tx, id);
  if (RAISING.includes(listing.state)) throw new Refusal(listingRefusals.LISTING_WITHDRAWAL_NEEDS_TWO, { state: listing.state });
  if (!NOT_YET_OPEN.includes(listing.state)) throw new Refusal(listingRefusals.LISTING_STATE, { state: listing.state });
  await move(tx, withdraw, [{ id, patch: { withdrawn_reason: reason } }], { cause: 'withdrawn', who });
  await takeBackAtBank(tx, listing);
  await moveLine(tx, [{ kind: 'RESTORE', listingId: id, amount: fen(listing.applied_fen), cause: 'withdrawn' }]);
}

/** States in which the listing holds no money yet, and in which it holds investors' money and has not begun to settle. */
const NOT_YET_OPEN: readonly ListingState[] = ['approved', 'scheduled'];
const RAISING: readonly ListingState[] = ['raising', 'raised'];

/** For whoever proposes it: the Refusal LISTING_STATE unless the listing raises, or is raised and not allocated yet. */
export async function refuseUnlessRaising(tx: Tx, id: Uuid): Promise<void> {
  await lockListing(tx, id, RAISING);
}

/**
 * Two people take a listing back while it raises: it fails, and every order gets its money back. What is freezing at that moment goes back when the bank has
 * answered; the listing has failed when the last fen is back.
 * @throws Refusal LISTING_STATE once it settles
 */
export async function withdrawRaise(tx: Tx, id: Uuid, reason: string, by: By): Promise<void> {
  await lockDay(tx);
  await lockListing(tx, id, RAISING);
  await beginFailing(tx, id, reason, by, 'withdrawn');
}

/** Every share of the loan is paid or parked: the listing closes. The bank is told when recoveries are over as well: until then it must take charges. */
export const closeJob = defineJob({
  name: 'listing.close',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const by: By = { cause: `job:${call.job.id}`, who: 'system', alreadyMoved: 'skip' };
      const rows = await move<Listing>(tx, close, [{ id: call.job.subject as Uuid }], by);
      await tell(
        tx,
        listingClosed,
        rows.map((listing) => listing.id),
      );
      await call.done(tx);
    });
  },
});

/** Nothing of the loan is left to collect or to pay: the bank's listing is finished. */
export const finishJob = defineJob({
  name: 'listing.finish',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      await updateAtBank(tx, await readListing(tx, call.job.subject as Uuid), { status: 'FINISHED' });
      await call.done(tx);
    });
  },
});
