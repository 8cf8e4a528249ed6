import type { Uuid } from '#kernel/ids';
import { businessDateOf } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { businessDate, businessInstant, lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue, tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { listingOpened } from './facts';
import { quotaOf } from './listing';
import type { Listing } from './listing';
import { listingLifecycle } from './listing.lifecycle';

const open = declareTransition(listingLifecycle, 'open');

/** Writes the job that opens a listing at its time, when that time is today; a later day's opening is written by that day's scan. */
export async function scheduleOpening(tx: Tx, listing: Pick<Listing, 'id' | 'opens_at'>): Promise<void> {
  const today = await businessDate(tx);
  const opensOn = businessDateOf(listing.opens_at!);
  if (opensOn > today) return;
  const now = await businessInstant(tx);
  const wait = Math.max(0, listing.opens_at!.getTime() - now.getTime());
  const dueAt = new Date(wallClock.now().getTime() + wait);
  await enqueue(tx, [{ name: openJob.name, subject: listing.id, key: `${listing.id}:${today}`, dueAt }]);
}

/** Opens one listing, to the millisecond of business time: the quota comes into being in the transaction that opens it. */
export const openJob = defineJob({
  name: 'listing.open',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      await openDoor(tx, call.job.subject as Uuid, `job:${call.job.id}`);
      await call.done(tx);
    });
  },
});

/** Opens a scheduled listing whose time has come, for whoever stands before its door. @returns whether it is open now */
export async function openIfDue(tx: Tx, id: Uuid): Promise<boolean> {
  await lockDay(tx);
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1', [id]);
  if (listing?.state === 'raising') return true;
  if (listing?.state !== 'scheduled' || listing.opens_at! > (await businessInstant(tx))) return false;
  await openDoor(tx, id, 'knocked');
  return true;
}

async function openDoor(tx: Tx, id: Uuid, cause: string): Promise<void> {
  for (const listing of await move<Listing>(tx, open, [{ id }], { cause, who: 'system', alreadyMoved: 'skip' })) {
    await tx.execute('INSERT INTO listing_quota (listing_id, quota_fen, amount_fen, is_open) VALUES ($1, $2, $3, true)', [
      listing.id,
      quotaOf(listing),
      listing.amount_fen,
    ]);
    await tell(tx, listingOpened, [listing.id]);
  }
}

/** A new day: listings whose opening time lies in it (or in a day that was missed) get their opening job. */
export async function scanOpenings(tx: Tx, today: BusinessDate): Promise<void> {
  const listings = await tx.query<Listing>(`SELECT * FROM listing WHERE state = 'scheduled' ORDER BY id`);
  for (const listing of listings) if (businessDateOf(listing.opens_at!) <= today) await scheduleOpening(tx, listing);
}
