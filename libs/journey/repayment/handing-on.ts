import { disbursementAccount, freeInDisbursement, lockSettlementIn } from '#journey/settlement';
import { Bug, Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { isPositive } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import { ledgerRefusals } from '#registers/ledger';
import { draftIntoRepayment } from './bringing';
import { loansOf, takeIncoming } from './incoming';
import { lockLoanOf } from './persistence/lent-orders';
import { loansWithOpenIncoming, lockLoans } from './persistence/loans';
import { repaymentRefusals } from './repayment.refusals';

/**
 * Hands on to the borrower what lies in D of a settled listing and has no other end: premium or fee that came back and is not paid again, a part of the disbursement
 * that came back. It was paid out of his loan, so it is his: it pays what he owes, and what exceeds that goes to his account. What investors are still to have back out
 * of D is not his.
 * @throws Refusal PAYMENT_AMOUNT_INVALID, SETTLEMENT_NOT_FOUND, SETTLEMENT_STATE, LOAN_NOT_FOUND, PAYMENT_IN_PROGRESS, LEDGER_FUNDS_MISSING
 */
export async function handOn(tx: Tx, listingId: Uuid, amount: Fen): Promise<void> {
  if (!isPositive(amount)) throw new Refusal(repaymentRefusals.PAYMENT_AMOUNT_INVALID);
  const today = await lockDay(tx);
  await lockSettlementIn(tx, listingId, 'settled');
  const found = await lockLoanOf(tx, listingId);
  if (found === undefined || found.started_on === null) throw new Refusal(repaymentRefusals.LOAN_NOT_FOUND);
  if ((await loansWithOpenIncoming(tx, [found.id])).size > 0) throw new Refusal(repaymentRefusals.PAYMENT_IN_PROGRESS);
  const loan = (await lockLoans(tx, [found.id], today)).get(found.id)!;
  const from = await disbursementAccount(tx, loan.listingNo);
  if ((await freeInDisbursement(tx, listingId, from.accountId)) < amount) throw new Refusal(ledgerRefusals.LEDGER_FUNDS_MISSING);
  await createBankOrders(tx, [draftIntoRepayment(loan, from, { kind: 'MOVE', amount }, 'hand_on')]);
}

onOutcome(
  'MOVE',
  async (tx, { outcome, orders }, by) => {
    if (outcome === 'returned') throw new Bug('what was handed on inside the bank cannot come back by itself');
    if (outcome === 'done') await takeIncoming(tx, orders, by);
    else await lockLoans(tx, loansOf(orders), await lockDay(tx));
    await enqueue(
      tx,
      orders.map((order) => ({ name: 'repayment.next', subject: order.loan_id!, key: order.id })),
    );
  },
  'hand_on',
);
