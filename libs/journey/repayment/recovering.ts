import { Bug } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrderDraft } from '#registers/bank-order';
import { completeLoans } from './completing';
import { loansOf } from './incoming';
import { lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';
import { addPassedOn, amountsToPassOn, loansWithAmountsToPassOn } from './persistence/recoveries';
import type { PassingAmount } from './persistence/recoveries';
import { recoveryLifecycle } from './recovery.lifecycle';

const passOnAll = declareTransition(recoveryLifecycle, 'pass_on');

/** Passes on what came in for recoveries of locked loans, to whoever had advanced. What is on its way already is left alone. */
export async function passOn(tx: Tx, loans: ReadonlyMap<Uuid, LoanFacts>): Promise<void> {
  if (loans.size === 0) return;
  const amounts = await amountsToPassOn(tx, [...loans.keys()]);
  if (amounts.length > 0)
    await createBankOrders(
      tx,
      amounts.map((amount) => draftOf(amount, loans.get(amount.loanId)!)),
    );
}

/** The same for every loan: what the bank refused to pass on is tried again each day. */
export async function passOnEverywhere(tx: Tx, today: BusinessDate): Promise<void> {
  await passOn(tx, await lockLoans(tx, await loansWithAmountsToPassOn(tx), today));
}

onOutcome('RECOVER', async (tx, { outcome, orders }, by) => {
  if (outcome === 'returned') throw new Bug('what was passed on inside the bank cannot come back by itself');
  const loanIds = loansOf(orders);
  await lockLoans(tx, loanIds, await lockDay(tx));
  // Refused: it stays in the repayment account, and the next day's scan sends it again under a new number.
  if (outcome !== 'done') return;
  const whole = await addPassedOn(
    tx,
    orders.map((order) => ({ id: order.subject_id, amount: fen(order.amount_fen) })),
  );
  await move(
    tx,
    passOnAll,
    whole.map((id) => ({ id })),
    by,
  );
  await completeLoans(tx, loanIds, by);
});

function draftOf({ id, payerAccountId, payerAccountNo, amount }: PassingAmount, loan: LoanFacts): BankOrderDraft {
  return {
    id: newId(),
    kind: 'RECOVER',
    subjectId: id,
    listingId: loan.listingId,
    loanId: loan.id,
    amount,
    debitAccountId: loan.repaymentAccountId,
    creditAccountId: payerAccountId,
    instruction: {
      do: 'transfer',
      kind: 'RECOVER',
      listingNo: loan.listingNo,
      from: loan.repaymentAccountNo,
      to: payerAccountNo,
      amount,
      ref: publicId('recovery', id),
    },
  };
}
