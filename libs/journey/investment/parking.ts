import { Bug } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By, Patch } from '#platform/transitions';
import { connectedBank, createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrder, BankOrderDraft } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { suspenseAccounts } from '#registers/suspense';
import { reachableReturns } from './due-returns';
import type { DueReturn } from './due-returns';
import { lookWhetherAllIsBack } from './finishing';
import { investmentReturnLifecycle } from './investment.lifecycle';
import type { InvestmentReturn } from './investment';

const park = declareTransition(investmentReturnLifecycle, 'park');
const keep = declareTransition(investmentReturnLifecycle, 'keep');
const failParking = declareTransition(investmentReturnLifecycle, 'fail_parking');
const unpark = declareTransition(investmentReturnLifecycle, 'unpark');
const handOver = declareTransition(investmentReturnLifecycle, 'hand_over');
const failUnparking = declareTransition(investmentReturnLifecycle, 'fail_unparking');

/** Moves refunds of one listing that the bank refuses from D into the suspense accounts of their customers, where they are shown and wait. */
export async function parkReturns(tx: Tx, returns: readonly DueReturn[], by: By): Promise<void> {
  const [first] = returns;
  if (first === undefined) return;
  const from = connectedBank().capabilities.accounts.disbursement;
  const [disbursement] = await openAccounts(tx, [{ kind: 'D', accountNo: from, listingNo: first.listing_no }]);
  const suspense = await suspenseAccounts(
    tx,
    returns.map((row) => row.customer_id),
  );
  const drafts = returns.map((row) => {
    const { accountNo, accountId } = suspense.get(row.customer_id)!;
    return transferOf('PARK', row, { from, to: accountNo, debitAccountId: disbursement!, creditAccountId: accountId });
  });
  await createBankOrders(tx, drafts);
  await move(tx, park, underWay(returns, drafts), by);
}

/** Hands parked refunds over to customers who have an active account (again). @param only one return, or all */
export async function unparkReturns(tx: Tx, by: By, only: Uuid | null = null): Promise<void> {
  const returns = await reachableReturns(tx, only);
  if (returns.length === 0) return;
  const suspense = await suspenseAccounts(
    tx,
    returns.map((row) => row.customer_id),
  );
  const accounts = await openAccounts(
    tx,
    returns.map((row) => ({ kind: 'E' as const, accountNo: row.account_no })),
  );
  const drafts = returns.map((row, index) => {
    const { accountNo, accountId } = suspense.get(row.customer_id)!;
    return transferOf('UNPARK', row, { from: accountNo, to: row.account_no, debitAccountId: accountId, creditAccountId: accounts[index]! });
  });
  await createBankOrders(tx, drafts);
  await move(tx, unpark, underWay(returns, drafts), by);
}

/** A person wants one parked refund handed over now. Subject: the return. */
export const handOverJob = defineJob({
  name: 'investment.hand-over',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      await unparkReturns(tx, { cause: `job:${call.job.id}`, who: 'system' }, call.job.subject as Uuid);
      await call.done(tx);
    });
  },
});

onOutcome(
  'PARK',
  async (tx, { outcome, orders }, by) => {
    if (outcome === 'returned') throw new Bug('a parked refund cannot come back by itself');
    if (outcome !== 'done') return takeUnparked(tx, orders, by);
    const subjects = orders.map((order) => ({ id: order.subject_id }));
    await lookWhetherAllIsBack(tx, await move<InvestmentReturn>(tx, keep, subjects, by));
  },
  'refund',
);

onOutcome(
  'UNPARK',
  async (tx, { outcome, orders }, by) => {
    if (outcome === 'returned') throw new Bug('a refund from suspense cannot come back by itself');
    const subjects = orders.map((order) => ({ id: order.subject_id }));
    await move(tx, outcome === 'done' ? handOver : failUnparking, subjects, by);
  },
  'refund',
);

/** What could not be parked is due again on the next day, as after any refusal. */
async function takeUnparked(tx: Tx, orders: readonly BankOrder[], by: By): Promise<void> {
  const tomorrow = addDays(await lockDay(tx), 1);
  const subjects = orders.map(({ subject_id: id, code }) => ({ id, patch: { last_code: code ?? 'REQUEST_CLOSED', try_on: tomorrow } }));
  await move(tx, failParking, subjects, by);
}

interface Sides {
  readonly from: string;
  readonly to: string;
  readonly debitAccountId: Uuid;
  readonly creditAccountId: Uuid;
}

function transferOf(kind: 'PARK' | 'UNPARK', row: DueReturn, { from, to, debitAccountId, creditAccountId }: Sides): BankOrderDraft {
  const amount = fen(row.amount_fen);
  return {
    id: newId(),
    kind,
    purpose: 'refund',
    subjectId: row.id,
    listingId: row.listing_id,
    amount,
    debitAccountId,
    creditAccountId,
    instruction: { do: 'transfer', kind, listingNo: row.listing_no, from, to, amount, ref: publicId('ret', row.id) },
  };
}

function underWay(returns: readonly DueReturn[], drafts: readonly BankOrderDraft[]): { id: Uuid; patch: Patch }[] {
  return returns.map((row, index) => ({ id: row.id, patch: { bank_order_id: drafts[index]!.id } }));
}
