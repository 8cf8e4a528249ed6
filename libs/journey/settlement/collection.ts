import { lockListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { investmentOrderLifecycle } from '#journey/investment';
import type { InvestmentOrder } from '#journey/investment';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, moveInParts } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBatch, onOutcome } from '#registers/bank-order';
import type { BankOrder, Decided } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { disbursementAccount } from './reading';

const collect = declareTransition(investmentOrderLifecycle, 'collect');

/** The allocation stands: the accepted part of every order is collected from the investors' accounts into D, as a batch. */
export const startJob = defineJob({
  name: 'settlement.start',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid, ['settling']);
      const [payee] = await tx.query<{ e_account_no: string }>('SELECT e_account_no FROM customer WHERE id = $1', [listing.borrower_id]);
      const orders = await acceptedOrders(tx, listing.id);
      const accepted = orders.reduce((sum, order) => sum + order.accepted_fen!, 0n);
      await tx.execute(
        'INSERT INTO settlement (id, listing_id, accepted_fen, payee_account_no, started_on) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (listing_id) DO NOTHING',
        [newId(), listing.id, accepted, payee!.e_account_no, today],
      );
      await collectOrders(tx, listing, orders, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** Asks the bank to collect these orders; in hold mode `debit` the money is in D already and nothing has to move. */
export async function collectOrders(tx: Tx, listing: Listing, orders: readonly AcceptedOrder[], by: By): Promise<void> {
  if (listing.hold_mode === 'debit') {
    await markCollected(tx, orders, by);
    await enqueue(tx, [{ name: 'settlement.decide', subject: listing.id, key: `${listing.id}:debit` }]);
    return;
  }
  const disbursement = await disbursementAccount(tx, listing.listing_no);
  const investors = await openAccounts(
    tx,
    orders.map((order) => ({ kind: 'E' as const, accountNo: order.account_no })),
  );
  const items = orders.map((order, index) => ({
    id: newId(),
    subjectId: order.id,
    amount: fen(order.accepted_fen!),
    debitAccountId: investors[index]!,
    creditAccountId: disbursement.accountId,
    holdOrderId: order.hold_order_id!,
  }));
  const batch = { kind: 'COLLECT' as const, listingId: listing.id, listingNo: listing.listing_no, subjectId: listing.id, items };
  await createBatch(tx, batch, connectedBank().capabilities.batchLimit);
}

/** What the collection needs of an order: there may be a hundred thousand of them in memory. */
export type AcceptedOrder = Pick<
  InvestmentOrder,
  'id' | 'state' | 'account_no' | 'amount_fen' | 'accepted_fen' | 'collected_fen' | 'hold_order_id'
>;

/** Orders that are accepted and not collected yet. */
export async function acceptedOrders(tx: Tx, listingId: Uuid): Promise<AcceptedOrder[]> {
  return tx.query<AcceptedOrder>(
    `SELECT id, state, account_no, amount_fen, accepted_fen, collected_fen, hold_order_id FROM investment_order
     WHERE listing_id = $1 AND state = 'accepted' ORDER BY id FOR NO KEY UPDATE`,
    [listingId],
  );
}

onOutcome('COLLECT', async (tx, decided, by) => {
  await takeCollected(tx, decided, by);
  for (const listingId of new Set(decided.orders.map((order) => order.listing_id!)))
    await decideWhenAllKnown(tx, listingId, decided.orders);
});

/** A failed item leaves its order accepted, with the bank's reason: the listing's policy decides when all items are known. */
async function takeCollected(tx: Tx, decided: Decided, by: By): Promise<void> {
  const ids = decided.orders.map((order) => order.subject_id);
  if (decided.outcome === 'done') {
    const orders = await tx.query<Pick<InvestmentOrder, 'id' | 'accepted_fen'>>(
      'SELECT id, accepted_fen FROM investment_order WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
      [ids],
    );
    await markCollected(tx, orders, by);
    return;
  }
  await tx.execute(
    `UPDATE investment_order o SET refusal_code = w.code, changed_at = clock_timestamp() FROM unnest($1::uuid[], $2::text[]) AS w (id, code) WHERE o.id = w.id`,
    [ids, decided.orders.map((order) => order.code ?? 'REQUEST_CLOSED')],
  );
}

async function markCollected(tx: Tx, orders: readonly Pick<InvestmentOrder, 'id' | 'accepted_fen'>[], by: By): Promise<void> {
  await moveInParts(
    tx,
    collect,
    orders.map((order) => ({ id: order.id, patch: { collected_fen: order.accepted_fen } })),
    by,
  );
}

async function decideWhenAllKnown(tx: Tx, listingId: Uuid, decided: readonly BankOrder[]): Promise<void> {
  // Two halves of one listing's items may be decided at once: the settlement's row makes the second see what the first did.
  await tx.query('SELECT 1 FROM settlement WHERE listing_id = $1 FOR NO KEY UPDATE', [listingId]);
  const [open] = await tx.query(
    `SELECT 1 FROM bank_order WHERE listing_id = $1 AND kind = 'COLLECT' AND state IN ('created', 'sent', 'accepted', 'unknown') LIMIT 1`,
    [listingId],
  );
  if (open === undefined) await enqueue(tx, [{ name: 'settlement.decide', subject: listingId, key: `${listingId}:${decided[0]!.id}` }]);
}
