import { Bug, Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay, wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBatch, onOutcome } from '#registers/bank-order';
import type { Decided } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { dueReturns } from './due-returns';
import type { DueReturn } from './due-returns';
import { lookWhetherAllIsBack } from './finishing';
import { investmentReturnLifecycle } from './investment.lifecycle';
import { investmentRefusals } from './investment.refusals';
import type { InvestmentReturn } from './investment';
import { wantGivenBack } from './owing';
import { handOverJob, parkReturns, unparkReturns } from './parking';
import { isForSuspense, newestAlarmed, RETURN_ALARM_AFTER_WORKING_DAYS } from './return-age';

const send = declareTransition(investmentReturnLifecycle, 'send');
const finish = declareTransition(investmentReturnLifecycle, 'finish');
const refuse = declareTransition(investmentReturnLifecycle, 'refuse');

/** Returns that one transaction sends: a listing of a hundred thousand orders goes back in a few, each short enough to hold up nobody. */
const AT_ONCE = 10_000;

/** Gives back everything that is due for one listing: releases of holds and refunds of collected money, as bank batches. */
export const giveBackJob = defineJob({
  name: 'investment.give-back',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const due = await dueReturns(tx, call.job.subject as Uuid, today, AT_ONCE);
      warnOfOld(call, due, today);
      await giveBack(tx, due, today, { cause: `job:${call.job.id}`, who: 'system' });
      if (due.length < AT_ONCE) return call.done(tx);
      await call.again(tx, wallClock.now(), 'more is due');
    });
  },
});

/** A new day: returns that the bank refused are tried again under new item numbers, and what lies in suspense goes to customers who have an account again. */
export async function scanReturns(tx: Tx, today: BusinessDate): Promise<void> {
  const listings = await tx.query<{ listing_id: Uuid }>(
    `SELECT DISTINCT listing_id FROM investment_return WHERE state = 'due' ORDER BY listing_id`,
  );
  for (const { listing_id: id } of listings) await wantGivenBack(tx, id, today);
  await unparkReturns(tx, { cause: `scan:${today}`, who: 'system' });
}

/**
 * A person wants a return tried now, before its next day: one that was refused is sent under a new number, one in suspense is handed over.
 * @throws Refusal RETURN_NOT_FOUND; RETURN_STATE while the bank is at it, or when it is done
 */
export async function retryReturn(tx: Tx, id: Uuid): Promise<InvestmentReturn> {
  const today = await lockDay(tx);
  const [row] = await tx.query<InvestmentReturn>('SELECT * FROM investment_return WHERE id = $1 FOR NO KEY UPDATE', [id]);
  if (row === undefined) throw new Refusal(investmentRefusals.RETURN_NOT_FOUND);
  if (row.state === 'due') {
    await tx.execute('UPDATE investment_return SET try_on = $2, changed_at = clock_timestamp() WHERE id = $1', [id, today]);
    await wantGivenBack(tx, row.listing_id, `${id}:${newId()}`);
  } else if (row.state === 'parked') {
    await enqueue(tx, [{ name: handOverJob.name, subject: id, key: newId() }]);
  } else {
    throw new Refusal(investmentRefusals.RETURN_STATE, { state: row.state });
  }
  return row;
}

/** Money that is not back for days has somebody who looks at it: the same returns carry an alarm in the back office. */
function warnOfOld(call: JobCall, due: readonly DueReturn[], today: BusinessDate): void {
  const limit = newestAlarmed(today);
  const old = due.filter((row) => row.due_on <= limit);
  if (old.length === 0) return;
  const codes = [...new Set(old.map((row) => row.last_code))];
  call.log.warn(
    { listing: old[0]!.listing_no, returns: old.length, oldest: old[0]!.due_on, codes, afterWorkingDays: RETURN_ALARM_AFTER_WORKING_DAYS },
    'returns are not back after days: the bank refuses them',
  );
}

async function giveBack(tx: Tx, due: readonly DueReturn[], today: BusinessDate, by: By): Promise<void> {
  const forSuspense = due.filter((row) => isForSuspense(row, today));
  await parkReturns(tx, forSuspense, by);
  for (const source of ['hold', 'disbursement'] as const) {
    const returns = due.filter((row) => row.source === source && !isForSuspense(row, today));
    if (returns.length > 0) await sendReturns(tx, returns, source, by);
  }
}

async function sendReturns(tx: Tx, returns: readonly DueReturn[], source: 'hold' | 'disbursement', by: By): Promise<void> {
  const bank = connectedBank().capabilities;
  const { listing_id: listingId, listing_no: listingNo } = returns[0]!;
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

async function takeReturns(tx: Tx, decided: Decided, by: By): Promise<void> {
  if (decided.outcome === 'returned') throw new Bug('a release or refund cannot come back');
  if (decided.outcome !== 'done') return takeRefusals(tx, decided, by);
  const rows = await move<InvestmentReturn>(
    tx,
    finish,
    decided.orders.map((order) => ({ id: order.subject_id })),
    by,
  );
  await lookWhetherAllIsBack(tx, rows);
}

/** A refused return is due again on the next day, with its reason and its age: it has an owner until the money is back. */
async function takeRefusals(tx: Tx, { orders }: Decided, by: By): Promise<void> {
  const today = await lockDay(tx);
  const known = await tx.query<Pick<InvestmentReturn, 'id' | 'first_refused_on'>>(
    'SELECT id, first_refused_on FROM investment_return WHERE id = ANY($1::uuid[])',
    [orders.map((order) => order.subject_id)],
  );
  const refusedBefore = new Map(known.map((row) => [row.id, row.first_refused_on]));
  const subjects = orders.map(({ subject_id: id, code }) => ({
    id,
    patch: { last_code: code ?? 'REQUEST_CLOSED', try_on: addDays(today, 1), first_refused_on: refusedBefore.get(id) ?? today },
  }));
  await move(tx, refuse, subjects, by);
}
