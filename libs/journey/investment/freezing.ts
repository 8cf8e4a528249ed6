import { closeDoor } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, endWaiting, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrder, Decided } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { shrinkExposure } from './exposure';
import { finishFailingJob } from './finishing';
import { investmentOrderLifecycle } from './investment.lifecycle';
import type { InvestmentOrder } from './investment';
import { leaveOut } from './owing';

const freeze = declareTransition(investmentOrderLifecycle, 'freeze');
const hold = declareTransition(investmentOrderLifecycle, 'hold');
const refuse = declareTransition(investmentOrderLifecycle, 'refuse');

/** Orders that one run asks the bank about when so many wait. */
const AT_ONCE = 100;

/**
 * Asks the bank to hold (or to debit at once) the money of every order of one admission batch, and of those that were admitted to the same listing after it and wait as
 * well: when orders come in singly and faster than the bank answers, sets grow and not the time that each waits.
 */
export const freezeJob = defineJob({
  name: 'investment.freeze',
  lane: 'freezing',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      await freezeOrders(tx, call.job.subject as Uuid, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

async function freezeOrders(tx: Tx, admissionId: Uuid, by: By): Promise<void> {
  const orders = await waitingOrders(tx, admissionId);
  if (orders.length === 0) return;
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1', [orders[0]!.listing_id]);
  const accounts = await accountsFor(tx, listing!, orders);
  const kind = listing!.hold_mode === 'freeze' ? ('HOLD' as const) : ('DEBIT' as const);
  const drafts = orders.map((order, index) => ({
    id: newId(),
    kind,
    subjectId: order.id,
    listingId: order.listing_id,
    amount: fen(order.amount_fen),
    debitAccountId: accounts.investors[index]!,
    creditAccountId: accounts.disbursement,
    instruction: {
      do: kind === 'HOLD' ? ('place_hold' as const) : ('place_debit' as const),
      accountNo: order.account_no,
      listingNo: listing!.listing_no,
      orderNo: String(order.no),
      amount: fen(order.amount_fen),
    },
  }));
  await createBankOrders(tx, drafts);
  await move(
    tx,
    freeze,
    orders.map((order, index) => ({ id: order.id, patch: { hold_order_id: drafts[index]!.id } })),
    by,
  );
  await endWaiting(tx, freezeJob.name, await takenAlong(tx, orders, admissionId));
}

/** Its own orders, unless somebody has taken them along, and later ones that nobody is at. */
async function waitingOrders(tx: Tx, admissionId: Uuid): Promise<InvestmentOrder[]> {
  const own = await tx.query<InvestmentOrder>(
    `SELECT * FROM investment_order WHERE admission_id = $1 AND state = 'admitted' ORDER BY id FOR NO KEY UPDATE`,
    [admissionId],
  );
  const last = own.at(-1);
  if (last === undefined || own.length >= AT_ONCE) return own;
  const later = await tx.query<InvestmentOrder>(
    `SELECT * FROM investment_order WHERE listing_id = $1 AND state = 'admitted' AND id > $2 AND admission_id <> $3
     ORDER BY id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED`,
    [last.listing_id, last.id, admissionId, AT_ONCE - own.length],
  );
  return [...own, ...later];
}

/** The other admissions of which every order is asked about by now: their jobs have nothing to do. One whose orders somebody else is just at keeps its job. */
async function takenAlong(tx: Tx, orders: readonly InvestmentOrder[], admissionId: Uuid): Promise<Uuid[]> {
  const others = [...new Set(orders.map((order) => order.admission_id))].filter((id) => id !== admissionId);
  if (others.length === 0) return [];
  const rows = await tx.query<{ id: Uuid }>(
    `SELECT a.id FROM unnest($1::uuid[]) AS a (id) WHERE NOT EXISTS (SELECT FROM investment_order o WHERE o.admission_id = a.id AND o.state = 'admitted')`,
    [others],
  );
  return rows.map(({ id }) => id);
}

async function accountsFor(
  tx: Tx,
  listing: Listing,
  orders: readonly InvestmentOrder[],
): Promise<{ investors: Uuid[]; disbursement: Uuid }> {
  const disbursement = { kind: 'D' as const, accountNo: connectedBank().capabilities.accounts.disbursement, listingNo: listing.listing_no };
  const ids = await openAccounts(tx, [disbursement, ...orders.map((order) => ({ kind: 'E' as const, accountNo: order.account_no }))]);
  return { disbursement: ids[0]!, investors: ids.slice(1) };
}

onOutcome('HOLD', (tx, decided, by) => takeHolds(tx, decided, by));
onOutcome('DEBIT', (tx, decided, by) => takeHolds(tx, decided, by));

/** The bank's word about a set of holds, of one listing or of several. */
async function takeHolds(tx: Tx, decided: Decided, by: By): Promise<void> {
  if (decided.outcome === 'done') await takeFrozen(tx, decided.orders, by);
  if (decided.outcome === 'refused' || decided.outcome === 'closed') await takeRefused(tx, decided.orders, by);
}

async function takeFrozen(tx: Tx, holds: readonly BankOrder[], by: By): Promise<void> {
  const listings = await listingsOf(tx, holds, 'NO KEY UPDATE');
  const subjects = holds.map((order) => ({
    id: order.subject_id,
    patch: {
      hold_no: String(order.data?.['holdNo'] ?? order.data?.['debitNo']),
      held_at: String(order.data?.['heldAt'] ?? order.data?.['debitedAt']),
      held_seq: BigInt(String(order.data?.['heldSeq'] ?? order.data?.['seq'])),
    },
  }));
  const orders = await move<InvestmentOrder>(tx, hold, subjects, by);
  for (const [listingId, ofListing] of groupByListing(orders)) await countFrozen(tx, listings.get(listingId)!, ofListing, by);
}

/** The listings of a set of holds, locked before any of their orders is: whoever takes an order back locks them in this order as well. */
async function listingsOf(tx: Tx, holds: readonly BankOrder[], lock: 'SHARE' | 'NO KEY UPDATE'): Promise<Map<Uuid, Listing>> {
  const ids = [...new Set(holds.map((order) => order.listing_id!))];
  const rows = await tx.query<Listing>(`SELECT * FROM listing WHERE id = ANY($1::uuid[]) ORDER BY id FOR ${lock}`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Frozen orders of a listing that still waits for them are counted; those that come after its allocation, or while it fails, go back. */
async function countFrozen(tx: Tx, listing: Listing, orders: readonly InvestmentOrder[], by: By): Promise<void> {
  if (listing.state !== 'raising' && listing.state !== 'raised') {
    await leaveOut(tx, listing, orders, 'late_freeze', by);
    return;
  }
  const [quota] = await tx.query<{ is_full: boolean }>(
    `UPDATE listing_quota SET frozen_fen = frozen_fen + $2, changed_at = clock_timestamp() WHERE listing_id = $1 RETURNING frozen_fen >= amount_fen AS is_full`,
    [listing.id, orders.reduce((sum, order) => sum + order.amount_fen, 0n)],
  );
  if (quota!.is_full && listing.state === 'raising') await closeDoor(tx, listing.id, by);
}

/** A refused hold gives its quota back, and the listing sells on. */
async function takeRefused(tx: Tx, holds: readonly BankOrder[], by: By): Promise<void> {
  // FOR SHARE: whether a listing fails is known for certain. The last open order of a failing one may be one that was never frozen.
  const listings = await listingsOf(tx, holds, 'SHARE');
  const orders = await move<InvestmentOrder>(
    tx,
    refuse,
    holds.map((order) => ({ id: order.subject_id, patch: { refusal_code: order.code ?? 'REQUEST_CLOSED' } })),
    by,
  );
  for (const [listingId, ofListing] of groupByListing(orders)) {
    await giveQuotaBack(tx, listingId, ofListing, false);
    if (listings.get(listingId)!.state === 'failing') {
      await enqueue(tx, [{ name: finishFailingJob.name, subject: listingId, key: `${listingId}:${ofListing[0]!.id}` }]);
    }
  }
}

/** Takes orders out of the listing's counters. */
export async function giveQuotaBack(tx: Tx, listingId: Uuid, orders: readonly InvestmentOrder[], wereFrozen: boolean): Promise<void> {
  const sum = orders.reduce((total, order) => total + order.amount_fen, 0n);
  await tx.execute(
    'UPDATE listing_quota SET taken_fen = taken_fen - $2, frozen_fen = frozen_fen - $3, changed_at = clock_timestamp() WHERE listing_id = $1',
    [listingId, sum, wereFrozen ? sum : 0n],
  );
  await shrinkExposure(
    tx,
    listingId,
    orders.map((order) => ({ id: order.id, amount: order.amount_fen })),
  );
}

function groupByListing(orders: readonly InvestmentOrder[]): Map<Uuid, InvestmentOrder[]> {
  const groups = new Map<Uuid, InvestmentOrder[]>();
  for (const order of orders) {
    const group = groups.get(order.listing_id);
    if (group === undefined) groups.set(order.listing_id, [order]);
    else group.push(order);
  }
  return groups;
}
