import { finishFailingOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { Bug } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBatch, onOutcome } from '#registers/bank-order';
import type { Decided } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { investmentOrderLifecycle, investmentReturnLifecycle } from './investment.lifecycle';
import type { InvestmentOrder, InvestmentReturn, ReturnCause } from './investment';

const leaveOutOrder = declareTransition(investmentOrderLifecycle, 'leave_out');
const send = declareTransition(investmentReturnLifecycle, 'send');
const finish = declareTransition(investmentReturnLifecycle, 'finish');
const refuse = declareTransition(investmentReturnLifecycle, 'refuse');

/** Orders that were frozen and are not lent: each is left out and its whole amount is owed back. */
export async function leaveOut(tx: Tx, listing: Listing, orders: readonly InvestmentOrder[], cause: ReturnCause, by: By): Promise<void> {
  await move(
    tx,
    leaveOutOrder,
    orders.map((order) => ({ id: order.id })),
    by,
  );
  await oweReturns(
    tx,
    listing,
    orders.map((order) => ({ order, amount: order.amount_fen })),
    cause,
  );
}

/** Writes what goes back (a noun of its own, so that one order can be accepted for one part while another part returns) and the job that gives it back. */
export async function oweReturns(
  tx: Tx,
  listing: Pick<Listing, 'id' | 'hold_mode'>,
  owed: readonly { readonly order: InvestmentOrder; readonly amount: bigint; readonly source?: 'hold' | 'disbursement' }[],
  cause: ReturnCause,
): Promise<void> {
  if (owed.length === 0) return;
  const today = await lockDay(tx);
  const usual = listing.hold_mode === 'freeze' ? 'hold' : 'disbursement';
  const ids = owed.map(() => newId());
  await tx.execute(
    `INSERT INTO investment_return (id, order_id, amount_fen, source, listing_id, cause, due_on) SELECT w.*, $5, $6, $7
     FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS w`,
    [
      ids,
      owed.map(({ order }) => order.id),
      owed.map(({ amount }) => amount),
      owed.map(({ source }) => source ?? usual),
      listing.id,
      cause,
      today,
    ],
  );
  await enqueue(tx, [{ name: giveBackJob.name, subject: listing.id, key: ids[0]! }]);
}

/** Gives back everything that is due for one listing: releases of holds and refunds of collected money, as bank batches. */
export const giveBackJob = defineJob({
  name: 'investment.give-back',
  lane: 'bank',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      await giveBack(tx, call.job.subject as Uuid, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** A new day: returns that the bank refused are tried again under new item numbers. */
export async function scanReturns(tx: Tx, today: BusinessDate): Promise<void> {
  const listings = await tx.query<{ listing_id: Uuid }>(
    `SELECT DISTINCT listing_id FROM investment_return WHERE state = 'due' ORDER BY listing_id`,
  );
  await enqueue(
    tx,
    listings.map(({ listing_id: id }) => ({ name: giveBackJob.name, subject: id, key: `${id}:${today}` })),
  );
}

interface DueReturn extends InvestmentReturn {
  readonly account_no: string;
  readonly hold_order_id: Uuid;
  readonly listing_no: string;
}

async function giveBack(tx: Tx, listingId: Uuid, by: By): Promise<void> {
  const due = await tx.query<DueReturn>(
    `SELECT r.*, o.account_no, o.hold_order_id, l.listing_no FROM investment_return r JOIN investment_order o ON o.id = r.order_id
     JOIN listing l ON l.id = r.listing_id WHERE r.listing_id = $1 AND r.state = 'due' ORDER BY r.id FOR NO KEY UPDATE OF r`,
    [listingId],
  );
  for (const source of ['hold', 'disbursement'] as const) {
    const returns = due.filter((row) => row.source === source);
    if (returns.length > 0) await sendReturns(tx, listingId, returns, source, by);
  }
}

async function sendReturns(tx: Tx, listingId: Uuid, returns: readonly DueReturn[], source: 'hold' | 'disbursement', by: By): Promise<void> {
  const bank = connectedBank().capabilities;
  const listingNo = returns[0]!.listing_no;
  const [disbursement, ...investors] = await openAccounts(tx, [
    { kind: 'D', accountNo: bank.accounts.disbursement, listingNo },
    ...returns.map((row) => ({ kind: 'E' as const, accountNo: row.account_no })),
  ]);
  // A release is the hold's own pair of accounts (it voids a part of it); a refund moves money from D to E.
  const items = returns.map((row, index) => ({
    id: newId(),
    subjectId: row.id,
    amount: fen(row.amount_fen),
    debitAccountId: source === 'hold' ? investors[index]! : disbursement!,
    creditAccountId: source === 'hold' ? disbursement! : investors[index]!,
    holdOrderId: row.hold_order_id,
  }));
  await createBatch(
    tx,
    { kind: source === 'hold' ? 'RELEASE' : 'REFUND', listingId, listingNo, subjectId: listingId, items },
    bank.batchLimit,
  );
  await move(
    tx,
    send,
    returns.map((row, index) => ({ id: row.id, patch: { bank_order_id: items[index]!.id, attempts: row.attempts + 1 } })),
    by,
  );
}

onOutcome('RELEASE', (tx, decided, by) => takeReturns(tx, decided, by));
onOutcome('REFUND', (tx, decided, by) => takeReturns(tx, decided, by));

/** A refused return is due again, with its reason and its age: it has an owner until the money is back. */
async function takeReturns(tx: Tx, decided: Decided, by: By): Promise<void> {
  if (decided.outcome === 'returned') throw new Bug('a release or refund cannot come back');
  const subjects = decided.orders.map((order) =>
    decided.outcome === 'done' ? { id: order.subject_id } : { id: order.subject_id, patch: { last_code: order.code ?? 'REQUEST_CLOSED' } },
  );
  const rows = await move<InvestmentReturn>(tx, decided.outcome === 'done' ? finish : refuse, subjects, by);
  if (decided.outcome !== 'done') return;
  const listings = [...new Set(rows.map((row) => row.listing_id))];
  await enqueue(
    tx,
    listings.map((id) => ({ name: finishFailingJob.name, subject: id, key: `${id}:${rows[0]!.id}` })),
  );
}

/** `failed` only when every hold and every fen is back: looked at whenever a return is done. */
export const finishFailingJob = defineJob({
  name: 'investment.finish-failing',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today: BusinessDate = await lockDay(tx);
      const id = call.job.subject as Uuid;
      const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1 FOR NO KEY UPDATE', [id]);
      const [open] = await tx.query<{ open: bigint }>(
        `SELECT (SELECT count(*) FROM investment_order WHERE listing_id = $1 AND state IN ('admitted', 'freezing', 'frozen', 'accepted', 'collected'))
           + (SELECT count(*) FROM investment_return WHERE listing_id = $1 AND state IN ('due', 'sent')) AS open`,
        [id],
      );
      if (listing!.state === 'failing' && open!.open === 0n)
        await finishFailingOf(tx, id, { cause: `job:${call.job.id}:${today}`, who: 'system' });
      await call.done(tx);
    });
  },
});
