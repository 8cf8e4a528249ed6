import { Bug } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { addFen, fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrder, BankOrderDraft } from '#registers/bank-order';
import { useGuarantee } from '#registers/guarantee';
import { WEEKLY } from './domain/daily-plan';
import { principalIn } from './domain/incoming';
import { loansOf } from './incoming';
import { instalmentLifecycle } from './instalment.lifecycle';
import { debtsOf } from './persistence/debts';
import type { DueRow } from './persistence/debts';
import { writeParts } from './persistence/incoming-parts';
import { lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';
import { openRecoveries } from './persistence/recoveries';

const advance = declareTransition(instalmentLifecycle, 'advance');
const cover = declareTransition(instalmentLifecycle, 'cover');
const fallShort = declareTransition(instalmentLifecycle, 'fall_short');

/** One advance of one loan: what is still due of one instalment, or what the cover has left. */
export interface Advance {
  readonly loan: LoanFacts;
  readonly dueId: Uuid;
  readonly amount: Fen;
}

/** Asks guarantors to pay for instalments of locked loans that have nothing under way: in channel mode the bank itself. */
export async function askAdvances(tx: Tx, advances: readonly Advance[], today: BusinessDate, by: By): Promise<void> {
  await move(
    tx,
    advance,
    advances.map(({ dueId }) => ({ id: dueId, patch: { advance_tried_on: today } })),
    by,
  );
  await createBankOrders(tx, advances.map(draftOf));
}

function draftOf({ loan, dueId, amount }: Advance): BankOrderDraft {
  if (loan.payerAccountId === null || loan.payerAccountNo === null) throw new Bug(`loan ${loan.id} has cover, but nobody who pays`);
  return {
    id: newId(),
    kind: 'ADVANCE',
    subjectId: dueId,
    listingId: loan.listingId,
    loanId: loan.id,
    amount,
    debitAccountId: loan.payerAccountId,
    creditAccountId: loan.repaymentAccountId,
    instruction: {
      do: 'transfer',
      kind: 'ADVANCE',
      listingNo: loan.listingNo,
      from: loan.payerAccountNo,
      to: loan.repaymentAccountNo,
      amount,
      ...(loan.payerMandateNo === null ? {} : { mandateNo: loan.payerMandateNo }),
      ref: publicId('instalment', dueId),
    },
  };
}

/** What the bank says about advances. What was advanced is distributed by a job, and the borrower owes it to the payer from now on. */
onOutcome('ADVANCE', async (tx, { outcome, orders }, by) => {
  if (outcome === 'returned') throw new Bug('an advance inside the bank cannot come back by itself');
  const today = await lockDay(tx);
  const loanIds = loansOf(orders);
  const loans = await lockLoans(tx, loanIds, today);
  const debts = await debtsOf(tx, loanIds, today);
  const dues = new Map([...debts.values()].flatMap((each) => each.dues).map((row) => [row.id, row]));
  const advanced = orders.map((order) => ({ order, row: rowOf(dues, order), loan: loans.get(order.loan_id!)! }));
  if (outcome === 'done') await takeAdvances(tx, advanced, today, by);
  else
    await move(
      tx,
      fallShort,
      advanced.map(({ row }) => shortOf(row, row.advanced, today)),
      by,
    );
  await enqueue(
    tx,
    orders.map((order) => ({ name: 'repayment.next', subject: order.loan_id!, key: order.id })),
  );
});

interface Advanced {
  readonly order: BankOrder;
  readonly row: DueRow;
  readonly loan: LoanFacts;
}

async function takeAdvances(tx: Tx, advanced: readonly Advanced[], today: BusinessDate, by: By): Promise<void> {
  const isWhole = ({ order, row }: Advanced): boolean => row.stillOwed === order.amount_fen;
  const total = ({ order, row }: Advanced): Fen => addFen(row.advanced, fen(order.amount_fen));
  const whole = advanced.filter(isWhole).map((each) => ({ id: each.row.id, patch: { advanced_fen: total(each), paid_on: today } }));
  await move(tx, cover, whole, by);
  await move(
    tx,
    fallShort,
    advanced.filter((each) => !isWhole(each)).map((each) => shortOf(each.row, total(each), today)),
    by,
  );
  const parts = advanced.map(({ order, row }) => ({
    bankOrderId: order.id,
    target: 'instalment' as const,
    targetId: row.id,
    amount: fen(order.amount_fen),
    principal: principalIn(fen(order.amount_fen), { covered: addFen(row.paid, row.advanced), otherThanPrincipal: row.otherThanPrincipal }),
  }));
  await writeParts(tx, parts);
  await openRecoveries(
    tx,
    advanced.map(({ order, row, loan }, index) => recoveryOf(order, row, loan, parts[index]!.principal)),
    today,
    addDays(today, WEEKLY),
  );
  // A guarantee belongs to one listing, and an advance is rare: one statement each.
  for (const { order, loan } of advanced) await useGuarantee(tx, loan.listingId, fen(order.amount_fen));
  await enqueue(
    tx,
    advanced.map(({ order }) => ({ name: 'repayment.distribute', subject: order.id })),
  );
}

function recoveryOf(order: BankOrder, row: DueRow, loan: LoanFacts, principal: Fen) {
  return {
    loanId: loan.id,
    listingId: loan.listingId,
    instalmentId: row.id,
    advanceId: order.id,
    payerAccountId: order.debit_account_id!,
    amount: fen(order.amount_fen),
    principal,
  };
}

function shortOf(row: DueRow, advanced: Fen, today: BusinessDate) {
  return { id: row.id, patch: { advanced_fen: advanced, overdue_since: row.overdueSince ?? today } };
}

function rowOf(dues: ReadonlyMap<Uuid, DueRow>, order: BankOrder): DueRow {
  const row = dues.get(order.subject_id);
  if (row === undefined) throw new Bug(`advance ${order.id} is for instalment ${order.subject_id}, which owes nothing`);
  return row;
}
