import { lockListing, minimumAfterDropsOf, quoteOf, updateAtBank } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { dropOrders } from '#journey/investment';
import type { Uuid } from '#kernel/ids';
import { fen, ppmOf } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { acceptedOrders, collectOrders } from './collection';
import type { AcceptedOrder } from './collection';
import { lockSettlement, lockSettlementIn } from './reading';
import { payPremium } from './paying';
import { decideCollection } from './settlement';
import type { CollectionResult, Settlement } from './settlement';
import { settlementLifecycle } from './settlement.lifecycle';
import { unwind } from './unwinding';

const decide = declareTransition(settlementLifecycle, 'decide');
const collectAgain = declareTransition(settlementLifecycle, 'collect_again');

/** Every collection item is known: go on, drop, collect again, unwind or ask. */
export const decideJob = defineJob({
  name: 'settlement.decide',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      const settlement = await lockSettlement(tx, listing.id);
      if (settlement.state === 'collecting') await decideListing(tx, listing, settlement, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** A new day: settlements that wait to collect failed items again do so. */
export async function scanCollections(tx: Tx, today: BusinessDate): Promise<void> {
  const waiting = await tx.query<Settlement>(
    `SELECT * FROM settlement WHERE state = 'deciding' AND retry_until IS NOT NULL ORDER BY id FOR NO KEY UPDATE`,
  );
  for (const settlement of waiting) await collectOnceMore(tx, settlement, { cause: `scan:${today}`, who: 'system' });
}

/** An operator decides a settlement whose listing's policy is to ask. */
export async function decideByOperator(tx: Tx, listingId: Uuid, chosen: 'drop' | 'fail', who: string): Promise<void> {
  await lockDay(tx);
  const listing = await lockListing(tx, listingId);
  const settlement = await lockSettlementIn(tx, listingId, 'deciding');
  await carryOut(tx, listing, settlement, await acceptedOrders(tx, listingId), { cause: 'operator', who }, chosen);
}

/** What each policy would do now, made by the code that does it. */
export async function previewDecision(
  tx: Tx,
  listing: Listing,
  settlement: Settlement,
): Promise<Record<'drop' | 'fail', { decision: string; lentFen: bigint }>> {
  const failed = await acceptedOrders(tx, listing.id);
  const preview = (chosen: 'drop' | 'fail') => {
    const decision = decideCollection(listing.drop_policy, { ...resultOf(listing, settlement, settlement.collected_fen, failed, chosen) });
    return { decision, lentFen: decision === 'unwind' ? 0n : settlement.collected_fen };
  };
  return { drop: preview('drop'), fail: preview('fail') };
}

async function decideListing(tx: Tx, listing: Listing, found: Settlement, by: By): Promise<void> {
  const [sum] = await tx.query<{ collected: bigint }>(
    `SELECT coalesce(sum(collected_fen), 0)::bigint AS collected FROM investment_order WHERE listing_id = $1 AND state = 'collected'`,
    [listing.id],
  );
  const [settlement] = await move<Settlement>(tx, decide, [{ id: found.id, patch: { collected_fen: sum!.collected } }], by);
  await carryOut(tx, listing, settlement!, await acceptedOrders(tx, listing.id), by);
}

async function carryOut(
  tx: Tx,
  listing: Listing,
  settlement: Settlement,
  failed: readonly AcceptedOrder[],
  by: By,
  chosen?: 'drop' | 'fail',
): Promise<void> {
  const today = await lockDay(tx);
  const decision = decideCollection(listing.drop_policy, resultOf(listing, settlement, settlement.collected_fen, failed, chosen, today));
  if (decision === 'ask') return;
  if (decision === 'retry') return waitForRetry(tx, settlement, today);
  if (decision === 'unwind') return unwind(tx, listing, settlement, 'collection failed', by);
  await dropOrders(tx, listing, failed, 'dropped', by);
  const shrunk = { ...listing, amount_fen: settlement.collected_fen };
  if (failed.length > 0) await updateAtBank(tx, listing, { amount: fen(settlement.collected_fen) });
  // The gate again, for what will really be lent: a listing that shrank pays the same shares of premium and fee, but rounding and dates moved.
  if (!quoteOf(shrunk, today).cap.within) return unwind(tx, listing, settlement, 'cost above the cap after drops', by);
  const premium = listing.institution_id === null ? fen(0n) : ppmOf(fen(settlement.collected_fen), listing.premium_ppm, 'half_up');
  const fee = ppmOf(fen(settlement.collected_fen), listing.service_fee_ppm, 'half_up');
  await payPremium(tx, listing, settlement, premium, fee, by);
}

function resultOf(
  listing: Listing,
  settlement: Settlement,
  collected: bigint,
  failed: readonly AcceptedOrder[],
  chosen?: 'drop' | 'fail',
  today?: BusinessDate,
): CollectionResult {
  const accepted = fen(settlement.accepted_fen);
  return {
    accepted,
    collected: fen(collected),
    failedItems: failed.length,
    minimum: minimumAfterDropsOf(listing, accepted),
    mayRetry: today === undefined || settlement.retry_until === null || today < settlement.retry_until,
    ...(chosen === undefined ? {} : { chosen }),
  };
}

/** Failed items are tried again every day; the next working day's try is the last one, and what it brings is decided on. */
async function waitForRetry(tx: Tx, settlement: Settlement, today: BusinessDate): Promise<void> {
  const until = settlement.retry_until ?? publishedCalendar.nextWorkingDay(today);
  await tx.execute('UPDATE settlement SET retry_until = $2, changed_at = clock_timestamp() WHERE id = $1', [settlement.id, until]);
}

async function collectOnceMore(tx: Tx, settlement: Settlement, by: By): Promise<void> {
  const listing = await lockListing(tx, settlement.listing_id);
  const failed = await acceptedOrders(tx, listing.id);
  await move(tx, collectAgain, [{ id: settlement.id }], by);
  if (failed.length === 0) await enqueue(tx, [{ name: decideJob.name, subject: listing.id, key: `${listing.id}:${by.cause}` }]);
  else await collectOrders(tx, listing, failed, by);
}
