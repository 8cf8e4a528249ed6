import { Bug } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move, writeMoved } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrderDraft } from '#registers/bank-order';
import { accountsByNo } from '#registers/ledger';
import { suspenseAccounts } from '#registers/suspense';
import { completeLoans } from './completing';
import { loansOf } from './incoming';
import { toPresentAccounts } from './paying-out';
import { payoutLifecycle } from './payout.lifecycle';
import { lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';
import { customerNumbers, reachablePayouts, rowOf } from './persistence/payouts';
import type { NewPayout, Payout } from './persistence/payouts';

const park = declareTransition(payoutLifecycle, 'park');
const keep = declareTransition(payoutLifecycle, 'keep');
const failParking = declareTransition(payoutLifecycle, 'fail_parking');
const unpark = declareTransition(payoutLifecycle, 'unpark');
const handOver = declareTransition(payoutLifecycle, 'hand_over');
const failUnparking = declareTransition(payoutLifecycle, 'fail_unparking');

/** Moves payouts of locked loans from R into the suspense accounts of their customers, where they are shown and wait. */
export async function parkPayouts(tx: Tx, loans: ReadonlyMap<Uuid, LoanFacts>, payouts: readonly Payout[], by: By): Promise<void> {
  const orderIds = await orderParking(tx, loans, payouts);
  await move(
    tx,
    park,
    payouts.map((payout, index) => ({ id: payout.id, patch: { bank_order_id: orderIds[index]! } })),
    by,
  );
}

/** As `parkPayouts`, for what has just come into R of one locked loan: the payouts are written as they leave it. */
export async function parkNewPayouts(tx: Tx, loan: LoanFacts, payouts: readonly NewPayout[], by: By): Promise<void> {
  const orderIds = await orderParking(tx, new Map([[loan.id, loan]]), payouts);
  const rows = payouts.map((payout, index) => rowOf(payout, orderIds[index]!));
  await writeMoved(tx, park, rows, by);
}

/** @returns the bank order of each payout */
async function orderParking(tx: Tx, loans: ReadonlyMap<Uuid, LoanFacts>, payouts: readonly Payout[]): Promise<Uuid[]> {
  if (payouts.length === 0) return [];
  const suspense = await suspenseAccounts(
    tx,
    payouts.map((payout) => payout.customerId),
  );
  const drafts = payouts.map((payout) => {
    const loan = loans.get(payout.loanId)!;
    const { accountNo, accountId } = suspense.get(payout.customerId)!;
    const sides = { from: loan.repaymentAccountNo, to: accountNo, debitAccountId: loan.repaymentAccountId, creditAccountId: accountId };
    return transferOf('PARK', payout, loan, sides);
  });
  await createBankOrders(tx, drafts);
  return drafts.map(({ id }) => id);
}

/**
 * Pays parked amounts out to customers who have an active account (again).
 * @param only one payout, or all
 */
export async function unparkReachable(tx: Tx, today: BusinessDate, by: By, only: Uuid | null = null): Promise<void> {
  const found = await reachablePayouts(tx, only);
  if (found.length === 0) return;
  const loans = await lockLoans(tx, [...new Set(found.map((payout) => payout.loanId))], today);
  // Looked at again under the locks: another run may have been quicker.
  const payouts = await toPresentAccounts(tx, await reachablePayouts(tx, only));
  const suspense = await suspenseAccounts(
    tx,
    payouts.map((payout) => payout.customerId),
  );
  const accountNos = await numbersOf(tx, payouts);
  const drafts = payouts.map((payout) => {
    const { accountNo, accountId } = suspense.get(payout.customerId)!;
    const sides = { from: accountNo, to: accountNos.get(payout.accountId)!, debitAccountId: accountId, creditAccountId: payout.accountId };
    return transferOf('UNPARK', payout, loans.get(payout.loanId)!, sides);
  });
  await createBankOrders(tx, drafts);
  const subjects = payouts.map((payout, index) => ({
    id: payout.id,
    patch: { bank_order_id: drafts[index]!.id, account_id: payout.accountId },
  }));
  await move(tx, unpark, subjects, by);
}

/** What the borrower paid beyond his dues goes back to him as soon as it stands in his suspense account. */
export const unparkJob = defineJob({
  name: 'repayment.unpark',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      await unparkReachable(tx, today, { cause: `job:${call.job.id}`, who: 'system' }, call.job.subject as Uuid);
      await call.done(tx);
    });
  },
});

onOutcome('PARK', async (tx, { outcome, orders }, by) => {
  if (outcome === 'returned') throw new Bug('a parked amount cannot come back by itself');
  const today = await lockDay(tx);
  const loanIds = loansOf(orders);
  await lockLoans(tx, loanIds, today);
  const rows = await move<{ share_id: Uuid | null }>(
    tx,
    outcome === 'done' ? keep : failParking,
    orders.map((order) => ({ id: order.subject_id })),
    by,
  );
  if (outcome !== 'done') return;
  const excess = rows.filter((row) => row.share_id === null);
  await enqueue(
    tx,
    excess.map((row) => ({ name: unparkJob.name, subject: row.id })),
  );
  await completeLoans(tx, loanIds, by);
});

onOutcome('UNPARK', async (tx, { outcome, orders }, by) => {
  if (outcome === 'returned') throw new Bug('a payout from suspense cannot come back by itself');
  await lockLoans(tx, loansOf(orders), await lockDay(tx));
  await move(
    tx,
    outcome === 'done' ? handOver : failUnparking,
    orders.map((order) => ({ id: order.subject_id })),
    by,
  );
});

interface Sides {
  readonly from: string;
  readonly to: string;
  readonly debitAccountId: Uuid;
  readonly creditAccountId: Uuid;
}

function transferOf(
  kind: 'PARK' | 'UNPARK',
  payout: Payout,
  loan: LoanFacts,
  { from, to, debitAccountId, creditAccountId }: Sides,
): BankOrderDraft {
  const { amount } = payout;
  return {
    id: newId(),
    kind,
    subjectId: payout.id,
    listingId: loan.listingId,
    loanId: loan.id,
    amount,
    debitAccountId,
    creditAccountId,
    instruction: { do: 'transfer', kind, listingNo: loan.listingNo, from, to, amount, ref: publicId('payout', payout.id) },
  };
}

async function numbersOf(tx: Tx, payouts: readonly Payout[]): Promise<Map<Uuid, string>> {
  const numbers = await customerNumbers(
    tx,
    payouts.map((payout) => payout.customerId),
  );
  const accounts = await accountsByNo(
    tx,
    [...numbers.values()].flatMap(({ eAccountNo }) => (eAccountNo === null ? [] : [eAccountNo])),
  );
  return new Map(accounts.map((account) => [account.id, account.account_no]));
}
