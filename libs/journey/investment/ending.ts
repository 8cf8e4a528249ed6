import { closeDoor, lockListing, readListing } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { giveQuotaBack } from './freezing';
import { investmentOrderLifecycle } from './investment.lifecycle';
import { investmentRefusals } from './investment.refusals';
import type { InvestmentOrder } from './investment';
import { finishFailingJob, leaveOut, oweReturns } from './returning';

const cancel = declareTransition(investmentOrderLifecycle, 'cancel');
const drop = declareTransition(investmentOrderLifecycle, 'drop');
const settle = declareTransition(investmentOrderLifecycle, 'settle');

/** A customer takes a frozen order back while the listing is raising: its quota is free at once, its money is given back by the bank. */
export async function cancelOrder(tx: Tx, orderId: Uuid, customerId: Uuid): Promise<void> {
  await lockDay(tx);
  const [found] = await tx.query<InvestmentOrder>('SELECT * FROM investment_order WHERE id = $1 AND customer_id = $2', [
    orderId,
    customerId,
  ]);
  if (found === undefined) throw new Refusal(investmentRefusals.ORDER_NOT_FOUND);
  const listing = await lockListing(tx, found.listing_id);
  const by = { cause: 'cancelled', who: customerId, alreadyMoved: 'skip' } as const;
  const [order] = listing.state === 'raising' ? await move<InvestmentOrder>(tx, cancel, [{ id: orderId }], by) : [];
  if (order === undefined) throw new Refusal(investmentRefusals.ORDER_STATE, { state: found.state });
  await giveQuotaBack(tx, listing.id, [order], true);
  await oweReturns(tx, listing, [{ order, amount: order.amount_fen }], 'cancelled');
}

/** A new day: raises whose deadline has passed close their door. */
export async function scanDeadlines(tx: Tx, today: BusinessDate): Promise<void> {
  const listings = await tx.query<{ id: Uuid }>(`SELECT id FROM listing WHERE state = 'raising' AND deadline < $1 ORDER BY id`, [today]);
  for (const { id } of listings) await closeDoor(tx, id, { cause: `deadline:${today}`, who: 'system' });
}

/** A listing fails: every order that holds money and was not collected is given back. What is still freezing goes back when its answer is known. */
export const giveBackAllJob = defineJob({
  name: 'investment.give-back-all',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const listing = await readListing(tx, call.job.subject as Uuid);
      const by = { cause: `job:${call.job.id}`, who: 'system' };
      const orders = await tx.query<InvestmentOrder>(
        `SELECT * FROM investment_order WHERE listing_id = $1 AND state IN ('frozen', 'accepted') ORDER BY id FOR NO KEY UPDATE`,
        [listing.id],
      );
      await leaveOut(
        tx,
        listing,
        orders.filter((order) => order.state === 'frozen'),
        'failed',
        by,
      );
      await dropOrders(
        tx,
        listing,
        orders.filter((order) => order.state === 'accepted'),
        'failed',
        by,
      );
      await enqueue(tx, [{ name: finishFailingJob.name, subject: listing.id, key: `${listing.id}:all` }]);
      await call.done(tx);
    });
  },
});

/** Accepted orders whose collection failed, or that are given up: the hold that is left goes back. */
export async function dropOrders(
  tx: Tx,
  listing: Parameters<typeof oweReturns>[1],
  orders: readonly InvestmentOrder[],
  cause: 'dropped' | 'failed' | 'unwound',
  by: Parameters<typeof move>[3],
): Promise<void> {
  await move(
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
      await move(tx, settle, orders, { cause: `job:${call.job.id}`, who: 'system', alreadyMoved: 'skip' });
      await call.done(tx);
    });
  },
});
