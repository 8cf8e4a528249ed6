import { closeDoor, readListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, moveInParts } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { shrinkExposure } from './exposure';
import { finishFailingJob } from './finishing';
import { investmentOrderLifecycle } from './investment.lifecycle';
import type { InvestmentOrder, ReturnCause } from './investment';
import { leaveOut, oweReturns } from './owing';

const drop = declareTransition(investmentOrderLifecycle, 'drop');
const settle = declareTransition(investmentOrderLifecycle, 'settle');

/** A new day: raises whose deadline has passed close their door. */
export async function scanDeadlines(tx: Tx, today: BusinessDate): Promise<void> {
  const listings = await tx.query<{ id: Uuid }>(`SELECT id FROM listing WHERE state = 'raising' AND deadline < $1 ORDER BY id`, [today]);
  for (const { id } of listings) await closeDoor(tx, id, { cause: `deadline:${today}`, who: 'system' });
}

/** Orders that one transaction leaves out or drops. */
const AT_ONCE = 10_000;

/**
 * A listing fails, or is withdrawn: every order that holds money and was not collected is given back, some thousand per transaction. What is still freezing goes
 * back when its answer is known.
 */
export const giveBackAllJob = defineJob({
  name: 'investment.give-back-all',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const listing = await readListing(tx, call.job.subject as Uuid);
      const cause = call.job.payload['cause'] === 'withdrawn' ? 'withdrawn' : 'failed';
      const by = { cause: `job:${call.job.id}`, who: 'system' };
      const orders = await heldOrders(tx, listing.id);
      const frozen = orders.filter((order) => order.state === 'frozen');
      const accepted = orders.filter((order) => order.state === 'accepted');
      await leaveOut(tx, listing, frozen, cause, by);
      await dropOrders(tx, listing, accepted, cause, by);
      if (orders.length === AT_ONCE) return call.again(tx, wallClock.now(), 'more orders hold money');
      await enqueue(tx, [{ name: finishFailingJob.name, subject: listing.id, key: `${listing.id}:all` }]);
      await call.done(tx);
    });
  },
});

type HeldOrder = Pick<InvestmentOrder, 'id' | 'state' | 'amount_fen' | 'accepted_fen' | 'collected_fen'>;

async function heldOrders(tx: Tx, listingId: Uuid): Promise<HeldOrder[]> {
  return tx.query<HeldOrder>(
    `SELECT id, state, amount_fen, accepted_fen, collected_fen FROM investment_order WHERE listing_id = $1 AND state IN ('frozen', 'accepted')
     ORDER BY id LIMIT $2 FOR NO KEY UPDATE`,
    [listingId, AT_ONCE],
  );
}

/** Accepted orders whose collection failed, or that are given up: the hold that is left goes back. */
export async function dropOrders(
  tx: Tx,
  listing: Pick<Listing, 'id' | 'hold_mode'>,
  orders: readonly HeldOrder[],
  cause: ReturnCause,
  by: By,
): Promise<void> {
  await moveInParts(
    tx,
    drop,
    orders.map((order) => ({ id: order.id })),
    by,
  );
  const owed = orders.map((order) => ({
    order,
    amount: order.state === 'collected' ? order.collected_fen! : order.accepted_fen!,
    ...(order.state === 'collected' ? { source: 'disbursement' as const } : {}),
  }));
  await shrinkExposure(
    tx,
    listing.id,
    owed.map(({ order, amount }) => ({ id: order.id, amount })),
  );
  await oweReturns(tx, listing, owed, cause);
}

/** Everything of the loan is paid or parked: its orders are settled. */
export const settleOrdersJob = defineJob({
  name: 'investment.settle',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const orders = await tx.query<{ id: Uuid }>(`SELECT id FROM investment_order WHERE listing_id = $1 AND state = 'lent' ORDER BY id`, [
        call.job.subject,
      ]);
      await moveInParts(tx, settle, orders, { cause: `job:${call.job.id}`, who: 'system', alreadyMoved: 'skip' });
      await call.done(tx);
    });
  },
});
