import { beginFailing, beginSettling, lockListing, minimumRaiseOf, reopenDoor } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineFact, defineJob, tell } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank } from '#registers/bank-order';
import { allocate, allocationDigest, ALLOCATION_RULE_VERSION } from './allocation';
import type { AllocationResult, Candidate } from './allocation';
import { investmentOrderLifecycle } from './investment.lifecycle';
import type { InvestmentOrder } from './investment';
import { leaveOut, oweReturns } from './returning';

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
      await allocateListing(tx, listing, today, call);
      await call.done(tx);
    });
  },
});

async function mustWait(tx: Tx, listing: Listing): Promise<boolean> {
  const [row] = await tx.query<{ open: bigint; age_ms: number }>(
    `SELECT (SELECT count(*) FROM investment_order WHERE listing_id = $1 AND state IN ('admitted', 'freezing')) AS open,
       (SELECT (extract(epoch FROM clock_timestamp() - raised_at) * 1000)::float8 FROM listing WHERE id = $1) AS age_ms`,
    [listing.id],
  );
  return row!.open > 0n && row!.age_ms < connectedBank().capabilities.settleWindowSeconds * 1_000;
}

async function allocateListing(tx: Tx, listing: Listing, today: BusinessDate, call: JobCall): Promise<void> {
  const by: By = { cause: `job:${call.job.id}`, who: 'system' };
  const orders = await tx.query<InvestmentOrder>(
    `SELECT * FROM investment_order WHERE listing_id = $1 AND state = 'frozen' ORDER BY id FOR NO KEY UPDATE`,
    [listing.id],
  );
  const candidates = orders.map(asCandidate);
  const canPart = listing.hold_mode === 'debit' || connectedBank().capabilities.partialRelease;
  const result = allocate(candidates, listing.amount_fen, canPart);
  const isPast = listing.deadline !== null && today > listing.deadline;
  if (result.gap > 0n && !isPast) return sellGapAgain(tx, listing, orders, result, by);
  if (result.accepted < minimumRaiseOf(listing)) return beginFailing(tx, listing.id, 'minimum raise not reached', by);
  await keepReceipt(tx, listing, candidates, result);
  const accepted = new Map(result.parts.filter((part) => part.accepted > 0n).map((part) => [part.id, part.accepted]));
  await move(
    tx,
    accept,
    [...accepted].map(([id, part]) => ({ id, patch: { accepted_fen: part } })),
    by,
  );
  await leaveOut(
    tx,
    listing,
    orders.filter((order) => !accepted.has(order.id)),
    'oversubscription',
    by,
  );
  const partly = orders.filter((order) => (accepted.get(order.id) ?? order.amount_fen) < order.amount_fen);
  await oweReturns(
    tx,
    listing,
    partly.map((order) => ({ order, amount: order.amount_fen - accepted.get(order.id)! })),
    'oversubscription',
  );
  await beginSettling(tx, listing.id, by);
  await tell(tx, listingAllocated, [listing.id]);
}

/** A gap at the end (skipped orders, refused freezes) is sold again until the deadline; the skipped keep their place, on top of the quota. */
async function sellGapAgain(tx: Tx, listing: Listing, orders: readonly InvestmentOrder[], result: AllocationResult, by: By): Promise<void> {
  const frozen = orders.reduce((sum, order) => sum + order.amount_fen, 0n);
  await tx.execute(
    'UPDATE listing_quota SET amount_fen = $2, quota_fen = greatest(quota_fen, taken_fen + $3), changed_at = clock_timestamp() WHERE listing_id = $1',
    [listing.id, frozen + result.gap, result.gap],
  );
  await reopenDoor(tx, listing.id, by);
}

async function keepReceipt(tx: Tx, listing: Listing, candidates: readonly Candidate[], result: AllocationResult): Promise<void> {
  const asText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  await tx.execute(
    `INSERT INTO allocation (id, listing_id, round, rule_version, amount_fen, accepted_fen, input, result, digest)
     VALUES ($1, $2, (SELECT count(*) + 1 FROM allocation WHERE listing_id = $2), $3, $4, $5, $6::jsonb, $7::jsonb, $8)`,
    [
      newId(),
      listing.id,
      ALLOCATION_RULE_VERSION,
      listing.amount_fen,
      result.accepted,
      JSON.stringify(candidates, asText),
      JSON.stringify(result.parts, asText),
      allocationDigest(candidates, listing.amount_fen, result),
    ],
  );
}

function asCandidate(order: InvestmentOrder): Candidate {
  return {
    id: order.id,
    no: order.no,
    amount: order.amount_fen,
    acceptsPart: order.accepts_part,
    heldAt: order.held_at!.getTime(),
    heldSeq: order.held_seq!,
  };
}
