import { closeDoor } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrder, Decided } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { finishFailingJob } from './finishing';
import { investmentOrderLifecycle } from './investment.lifecycle';
import type { InvestmentOrder } from './investment';
import { leaveOut } from './owing';

const freeze = declareTransition(investmentOrderLifecycle, 'freeze');
const hold = declareTransition(investmentOrderLifecycle, 'hold');
const refuse = declareTransition(investmentOrderLifecycle, 'refuse');

/** Asks the bank to hold (or to debit at once) the money of every order of one admission batch. */
export const freezeJob = defineJob({
  name: 'investment.freeze',
  lane: 'bank',
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
  const orders = await tx.query<InvestmentOrder>(
    `SELECT * FROM investment_order WHERE admission_id = $1 AND state = 'admitted' ORDER BY id`,
    [admissionId],
  );
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
  const subjects = holds.map((order) => ({
    id: order.subject_id,
    patch: {
      hold_no: String(order.data?.['holdNo'] ?? order.data?.['debitNo']),
      held_at: String(order.data?.['heldAt'] ?? order.data?.['debitedAt']),
      held_seq: BigInt(String(order.data?.['heldSeq'] ?? order.data?.['seq'])),
    },
  }));
  const orders = await move<InvestmentOrder>(tx, hold, subjects, by);
  for (const [listingId, ofListing] of groupByListing(orders)) await countFrozen(tx, listingId, ofListing, by);
}

/** Frozen orders of a listing that still waits for them are counted; those that come after its allocation, or while it fails, go back. */
async function countFrozen(tx: Tx, listingId: Uuid, orders: readonly InvestmentOrder[], by: By): Promise<void> {
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1 FOR NO KEY UPDATE', [listingId]);
  if (listing!.state !== 'raising' && listing!.state !== 'raised') {
    await leaveOut(tx, listing!, orders, 'late_freeze', by);
    return;
  }
  const [quota] = await tx.query<{ is_full: boolean }>(
    `UPDATE listing_quota SET frozen_fen = frozen_fen + $2, changed_at = clock_timestamp() WHERE listing_id = $1 RETURNING frozen_fen >= amount_fen AS is_full`,
    [listingId, orders.reduce((sum, order) => sum + order.amount_fen, 0n)],
  );
  if (quota!.is_full && listing!.state === 'raising') await closeDoor(tx, listingId, by);
}

/** A refused hold gives its quota back, and the listing sells on. */
async function takeRefused(tx: Tx, holds: readonly BankOrder[], by: By): Promise<void> {
  const orders = await move<InvestmentOrder>(
    tx,
    refuse,
    holds.map((order) => ({ id: order.subject_id, patch: { refusal_code: order.code ?? 'REQUEST_CLOSED' } })),
    by,
  );
  for (const [listingId, ofListing] of groupByListing(orders)) {
    // FOR SHARE: whether the listing fails is known for certain. The last open order of a failing one may be one that was never frozen.
    const [listing] = await tx.query<Pick<Listing, 'state'>>('SELECT state FROM listing WHERE id = $1 FOR SHARE', [listingId]);
    await giveQuotaBack(tx, listingId, ofListing, false);
    if (listing!.state === 'failing') {
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
  await tx.execute(
    `UPDATE listing_exposure e SET amount_fen = e.amount_fen - s.amount_fen
     FROM (SELECT customer_id, sum(amount_fen)::bigint AS amount_fen FROM unnest($2::uuid[], $3::bigint[]) AS x (customer_id, amount_fen) GROUP BY customer_id) s
     WHERE e.listing_id = $1 AND e.customer_id = s.customer_id`,
    [listingId, orders.map((order) => order.customer_id), orders.map((order) => order.amount_fen)],
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
