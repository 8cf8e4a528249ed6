import { beginFailing, lockListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { dropOrders } from '#journey/investment';
import type { InvestmentOrder } from '#journey/investment';
import type { Uuid } from '#kernel/ids';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineFact, defineJob, enqueue, tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { hasOpenPayment, lockSettlement } from './reading';
import { isInD } from './reclaim';
import { openReclaims, takeReclaimSteps } from './reclaiming';
import type { Settlement } from './settlement';
import { settlementLifecycle } from './settlement.lifecycle';

const unwindArrow = declareTransition(settlementLifecycle, 'unwind');
const finishUnwinding = declareTransition(settlementLifecycle, 'finish_unwinding');

/** Premium and fee are back in D and the investors' returns are due. Subject: the listing. */
export const settlementUnwound = defineFact('settlement.unwound', {
  zh: '放款已撤销,资金退回投资人',
  en: 'The settlement is unwound, the money goes back to the investors.',
});

/**
 * Takes a settlement back before the borrower was paid: premium and fee come back to D first, then every investor gets the whole collected amount. Only when
 * no bank order of the listing is open; the callers hold the listing's row and have just seen the last one decided.
 */
export async function unwind(tx: Tx, listing: Listing, settlement: Settlement, reason: string, by: By): Promise<void> {
  const today = await lockDay(tx);
  await move(
    tx,
    unwindArrow,
    [{ id: settlement.id, patch: { unwound_reason: reason, bridge_on: publishedCalendar.nextWorkingDay(today) } }],
    by,
  );
  await enqueue(tx, [{ name: unwindJob.name, subject: listing.id, key: `${listing.id}:start` }]);
}

/**
 * Wants back what has left D: from whoever was paid, and from the next working day on out of the bank's advance account. When nothing is missing any more, gives back to
 * the investors; what the bank has paid goes on being recovered. Rung again by each answer, and every day.
 */
export const unwindJob = defineJob({
  name: 'settlement.unwind',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      const settlement = await lockSettlement(tx, listing.id);
      await goOn(tx, listing, settlement, today, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** A new day: what is not back is asked for again, or the bank pays it; what the bank has paid is asked for by the bank. */
export async function scanUnwindings(tx: Tx, today: BusinessDate): Promise<void> {
  const rows = await tx.query<{ listing_id: Uuid }>(
    `SELECT listing_id FROM settlement WHERE state = 'unwinding' UNION SELECT listing_id FROM reclaim WHERE state NOT IN ('back', 'recovered') ORDER BY listing_id`,
  );
  await enqueue(
    tx,
    rows.map(({ listing_id: id }) => ({ name: unwindJob.name, subject: id, key: `${id}:${today}` })),
  );
}

async function goOn(tx: Tx, listing: Listing, settlement: Settlement, today: BusinessDate, by: By): Promise<void> {
  if (settlement.state !== 'unwinding' && settlement.state !== 'unwound') return;
  if (await hasOpenPayment(tx, listing.id)) return;
  const reclaims = await openReclaims(tx, listing, settlement, by);
  await takeReclaimSteps(tx, listing, settlement, reclaims, today, by);
  if (settlement.state === 'unwinding' && reclaims.every(isInD)) await giveBackAll(tx, listing, settlement, by);
}

/** D holds the whole collected amount again: it goes back to the investors. */
async function giveBackAll(tx: Tx, listing: Listing, settlement: Settlement, by: By): Promise<void> {
  const orders = await tx.query<Pick<InvestmentOrder, 'id' | 'state' | 'amount_fen' | 'accepted_fen' | 'collected_fen'>>(
    `SELECT id, state, amount_fen, accepted_fen, collected_fen FROM investment_order WHERE listing_id = $1 AND state IN ('accepted', 'collected')
     ORDER BY id FOR NO KEY UPDATE`,
    [listing.id],
  );
  await move(tx, finishUnwinding, [{ id: settlement.id }], by);
  for (const state of ['accepted', 'collected'] as const)
    await dropOrders(
      tx,
      listing,
      orders.filter((order) => order.state === state),
      'unwound',
      by,
    );
  await beginFailing(tx, listing.id, 'settlement unwound', by);
  await tell(tx, settlementUnwound, [listing.id]);
}
