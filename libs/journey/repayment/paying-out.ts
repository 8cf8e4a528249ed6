import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move, writeMoved } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBatch, onOutcome } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { completeLoans } from './completing';
import { loansOf } from './incoming';
import { payoutLifecycle } from './payout.lifecycle';
import { lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';
import { customerNumbers, refusalsOf, rowOf } from './persistence/payouts';
import type { NewPayout, Payout } from './persistence/payouts';

const send = declareTransition(payoutLifecycle, 'send');
const pay = declareTransition(payoutLifecycle, 'pay');
const bounce = declareTransition(payoutLifecycle, 'bounce');
const takeBackArrow = declareTransition(payoutLifecycle, 'take_back');

/** Sends payouts of one locked loan as a bank batch. Each try is an item of its own, with its own number for ever; another one only after `FAILED`. */
export async function sendPayouts(tx: Tx, loan: LoanFacts, payouts: readonly Payout[], by: By): Promise<void> {
  const orderIds = await createItems(tx, loan, payouts);
  const subjects = payouts.map((payout, index) => ({
    id: payout.id,
    patch: { bank_order_id: orderIds[index]!, account_id: payout.accountId },
  }));
  await move(tx, send, subjects, by);
}

/** As `sendPayouts`, for what has just come in: the payouts are written as they are sent. */
export async function sendNewPayouts(tx: Tx, loan: LoanFacts, payouts: readonly NewPayout[], by: By): Promise<void> {
  const orderIds = await createItems(tx, loan, payouts);
  const rows = payouts.map((payout, index) => rowOf(payout, orderIds[index]!));
  await writeMoved(tx, send, rows, by);
}

/** @returns the bank order of each payout */
async function createItems(tx: Tx, loan: LoanFacts, payouts: readonly Payout[]): Promise<Uuid[]> {
  if (payouts.length === 0) return [];
  const items = payouts.map((payout) => ({
    id: newId(),
    subjectId: payout.id,
    loanId: loan.id,
    amount: payout.amount,
    debitAccountId: loan.repaymentAccountId,
    creditAccountId: payout.accountId,
  }));
  const { batchLimit } = connectedBank().capabilities;
  await createBatch(tx, { kind: 'PAYOUT', listingId: loan.listingId, listingNo: loan.listingNo, subjectId: loan.id, items }, batchLimit);
  return items.map(({ id }) => id);
}

/** The same payouts with the e-accounts that their customers have now; who has none keeps the one of before. */
export async function toPresentAccounts(tx: Tx, payouts: readonly Payout[]): Promise<Payout[]> {
  const numbers = await customerNumbers(
    tx,
    payouts.map((payout) => payout.customerId),
  );
  const known = [...new Set([...numbers.values()].flatMap(({ eAccountNo }) => (eAccountNo === null ? [] : [eAccountNo])))];
  const ids = await openAccounts(
    tx,
    known.map((accountNo) => ({ kind: 'E', accountNo })),
  );
  const idOf = new Map(known.map((accountNo, index) => [accountNo, ids[index]!]));
  return payouts.map((payout) => ({
    ...payout,
    accountId: idOf.get(numbers.get(payout.customerId)?.eAccountNo ?? '') ?? payout.accountId,
  }));
}

/** What the bank says about payouts, item by item. One that was refused never keeps the others waiting. */
onOutcome('PAYOUT', async (tx, { outcome, orders }, by) => {
  const today = await lockDay(tx);
  const loanIds = loansOf(orders);
  await lockLoans(tx, loanIds, today);
  if (outcome === 'returned') return takeBack(tx, orders, today, by);
  if (outcome !== 'done') return bounceAll(tx, orders, by);
  await move(
    tx,
    pay,
    orders.map((order) => ({ id: order.subject_id })),
    by,
  );
  await completeLoans(tx, loanIds, by);
});

/** What counted as paid and was not is due again, and tried with what was refused: it has been so since today, whatever happened to it before. */
async function takeBack(tx: Tx, orders: readonly BankOrder[], today: BusinessDate, by: By): Promise<void> {
  const subjects = orders.map((order) => ({
    id: order.subject_id,
    patch: { first_refused_on: today, last_code: order.code ?? 'TAKEN_BACK' },
  }));
  await move(tx, takeBackArrow, subjects, by);
}

/** A closed number was never tried by the bank: it counts as no refusal. */
async function bounceAll(tx: Tx, orders: readonly BankOrder[], by: By): Promise<void> {
  const known = await refusalsOf(
    tx,
    orders.map((order) => order.subject_id),
  );
  const subjects = orders.map((order) => {
    const { attempts, firstRefusedOn } = known.get(order.subject_id)!;
    const isRefused = order.state === 'refused';
    return {
      id: order.subject_id,
      patch: {
        attempts: isRefused ? attempts + 1 : attempts,
        first_refused_on: isRefused ? (firstRefusedOn ?? order.created_on) : firstRefusedOn,
        last_code: order.code,
      },
    };
  });
  await move(tx, bounce, subjects, by);
}
