import { beginFailing, beginSettling, lockListing, minimumRaiseOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineFact, defineJob, tell } from '#platform/queue';
import { declareTransition, moveInParts } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank } from '#registers/bank-order';
import { allocate, ALLOCATION_RULE_VERSION, outcomeOf } from './allocation';
import type { AllocationResult, Candidate } from './allocation';
import { frozenOrders } from './candidates';
import { shrinkExposure } from './exposure';
import { sellGapAgain } from './gap';
import { investmentOrderLifecycle } from './investment.lifecycle';
import { leaveOut, oweReturns } from './owing';
import { receiptOf } from './receipt';
import { keepReceipt } from './receipts';

const accept = declareTransition(investmentOrderLifecycle, 'accept');

/** Who is in and who is not is decided. Subject: the listing. */
export const listingAllocated = defineFact('listing.allocated', {
  zh: '募集结果已分配',
  en: 'The raise is allocated: who is in, in what part, who is not.',
});

/** How long to wait before looking again whether open freezes are decided. */
const LOOK_AGAIN_MS = 100;

/** One allocation over the orders known as frozen, once the door is closed and open freezes were waited for up to the bank's settle window. */
export const allocateJob = defineJob({
  name: 'investment.allocate',
  lane: 'books',
  limit: { rings: 1_000 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      if (listing.state !== 'raised') return call.done(tx);
      if (await mustWait(tx, listing)) return call.again(tx, new Date(wallClock.now().getTime() + LOOK_AGAIN_MS), 'freezes are open');
      await allocateListing(tx, listing, today, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

async function mustWait(tx: Tx, listing: Listing): Promise<boolean> {
  const [row] = await tx.query<{ open: boolean; age_ms: number }>(
    `SELECT EXISTS (SELECT FROM investment_order WHERE listing_id = $1 AND state IN ('admitted', 'freezing')) AS open,
       (SELECT (extract(epoch FROM clock_timestamp() - raised_at) * 1000)::float8 FROM listing WHERE id = $1) AS age_ms`,
    [listing.id],
  );
  return row!.open && row!.age_ms < connectedBank().capabilities.settleWindowSeconds * 1_000;
}

/** Every run keeps its receipt, also one after which the gap is sold again or the listing fails. */
async function allocateListing(tx: Tx, listing: Listing, today: BusinessDate, by: By): Promise<void> {
  const { candidates, seen } = await frozenOrders(tx, listing.id);
  const canPart = listing.hold_mode === 'debit' || connectedBank().capabilities.partialRelease;
  const question = { ruleVersion: ALLOCATION_RULE_VERSION, amount: listing.amount_fen, canPart, candidates };
  const result = allocate(candidates, question.amount, canPart);
  const outcome = outcomeOf(result, minimumRaiseOf(listing), listing.deadline !== null && today > listing.deadline);
  await keepReceipt(tx, listing.id, receiptOf(question, result, outcome), { orders: candidates.length, cause: by.cause, seen });
  if (outcome === 'sold_again') return sellGapAgain(tx, listing, candidates, result, by);
  if (outcome === 'failed') return beginFailing(tx, listing.id, 'minimum raise not reached', by);
  await carryOut(tx, listing, candidates, result, by);
  await beginSettling(tx, listing.id, by);
  await tell(tx, listingAllocated, [listing.id]);
}

/** Accepts what the rule accepted; the rest goes back, whole or in part, by itself. */
async function carryOut(tx: Tx, listing: Listing, candidates: readonly Candidate[], result: AllocationResult, by: By): Promise<void> {
  const accepted = new Map(result.parts.map((part) => [part.id, part.accepted]));
  const isIn = ({ id }: Candidate): boolean => accepted.get(id)! > 0n;
  await moveInParts(
    tx,
    accept,
    candidates.filter(isIn).map(({ id }) => ({ id, patch: { accepted_fen: accepted.get(id)! } })),
    by,
  );
  const out = candidates.filter((candidate) => !isIn(candidate)).map(({ id, amount }) => ({ id, amount_fen: amount }));
  await leaveOut(tx, listing, out, 'oversubscription', by);
  const partly = candidates.filter((candidate) => isIn(candidate) && accepted.get(candidate.id)! < candidate.amount);
  const rest = partly.map(({ id, amount }) => ({ order: { id }, id, amount: amount - accepted.get(id)! }));
  await shrinkExposure(tx, listing.id, rest);
  await oweReturns(tx, listing, rest, 'oversubscription');
}
