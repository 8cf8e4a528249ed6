import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { addFen, fen, isPositive, ZERO } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By, Subject } from '#platform/transitions';
import { onOutcome, thawInstruction } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import { charge, isOwnPayment } from './charging';
import { WEEKLY } from './domain/daily-plan';
import { applyIncoming, principalIn } from './domain/incoming';
import { instalmentLifecycle } from './instalment.lifecycle';
import { debtsOf } from './persistence/debts';
import type { Debts, DueRow, RecoveryRow } from './persistence/debts';
import { writeParts } from './persistence/incoming-parts';
import type { IncomingPart } from './persistence/incoming-parts';
import { lockLoans } from './persistence/loans';
import { addReceived, postponeRecoveries } from './persistence/recoveries';
import { recoveryLifecycle } from './recovery.lifecycle';

const collect = declareTransition(instalmentLifecycle, 'collect');
const miss = declareTransition(instalmentLifecycle, 'miss');
const missAgain = declareTransition(instalmentLifecycle, 'miss_again');
const receive = declareTransition(recoveryLifecycle, 'receive');

/** What the bank says about charges and own payments. The money itself is distributed by a job: here it is not in the ledger yet. */
onOutcome('REPAY', async (tx, { outcome, orders }, by) => {
  if (outcome === 'returned') throw new Bug('a charge inside the bank cannot come back by itself');
  if (outcome === 'done') return takeIncoming(tx, orders, by);
  const today = await lockDay(tx);
  const loanIds = loansOf(orders);
  await lockLoans(tx, loanIds, today);
  await missed(tx, orders, await debtsOf(tx, loanIds, today), today, by);
});

/** Money of the borrower has come into the repayment accounts of loans, by his own hand or without it. */
export async function takeIncoming(tx: Tx, orders: readonly BankOrder[], by: By): Promise<void> {
  const today = await lockDay(tx);
  const loanIds = loansOf(orders);
  await lockLoans(tx, loanIds, today);
  await takeIn(tx, orders, await debtsOf(tx, loanIds, today), today, by);
}

/** The loans of a set of incoming orders. Two of one loan cannot be decided at once: a unique index allows one open one. */
export function loansOf(orders: readonly BankOrder[]): Uuid[] {
  const ids = orders.map((order) => {
    if (order.loan_id === null) throw new Bug(`bank order ${order.id} (${order.kind}) names no loan`);
    return order.loan_id;
  });
  return [...new Set(ids)];
}

async function takeIn(tx: Tx, orders: readonly BankOrder[], debts: Map<Uuid, Debts>, today: BusinessDate, by: By): Promise<void> {
  const taken = orders.map((order) => takenBy(order, debts.get(order.loan_id!) ?? { dues: [], recoveries: [] }));
  await writeParts(
    tx,
    taken.flatMap((each) => each.parts),
  );
  await moveDues(
    tx,
    taken.flatMap((each) => each.dues),
    today,
    by,
  );
  await moveRecoveries(
    tx,
    taken.flatMap((each) => each.recoveries),
    today,
    by,
  );
  const unfinished = taken.filter((each) => each.isUnfinished).map((each) => each.order);
  await enqueue(tx, [
    ...orders.map((order) => ({ name: 'repayment.distribute', subject: order.id })),
    ...unfinished.map((order) => ({ name: 'repayment.next', subject: order.loan_id!, key: order.id })),
  ]);
}

interface Taken {
  readonly order: BankOrder;
  readonly parts: readonly IncomingPart[];
  readonly dues: readonly TakenDue[];
  readonly recoveries: readonly { readonly row: RecoveryRow; readonly part: Fen }[];
  /** Something is still owed: the day may go on with another step. */
  readonly isUnfinished: boolean;
}

interface TakenDue {
  readonly row: DueRow;
  readonly part: Fen;
  readonly order: BankOrder;
}

/** Applies one order's amount to the debts of its loan, in memory. */
function takenBy(order: BankOrder, { dues, recoveries }: Debts): Taken {
  const { parts, excess } = applyIncoming(fen(order.amount_fen), recoveries, dues);
  const amounts = new Map<string, Fen>(parts.map((part) => [part.id, part.amount]));
  const partOf = (id: Uuid): Fen => amounts.get(id) ?? ZERO;
  const written: IncomingPart[] = [
    ...recoveries.map((row) => partOfDebt(order, 'recovery', row.id, partOf(row.id), row.received, row.otherThanPrincipal)),
    ...dues.map((row) => partOfDebt(order, 'instalment', row.id, partOf(row.id), addFen(row.paid, row.advanced), row.otherThanPrincipal)),
    { bankOrderId: order.id, target: 'excess', targetId: null, amount: excess, principal: ZERO },
  ];
  const reached = dues.filter((row) => row.state === 'charging' || isPositive(partOf(row.id)));
  return {
    order,
    parts: written.filter((part) => isPositive(part.amount)),
    dues: reached.map((row) => ({ row, part: partOf(row.id), order })),
    recoveries: recoveries.filter((row) => isPositive(partOf(row.id))).map((row) => ({ row, part: partOf(row.id) })),
    isUnfinished: dues.some((row) => partOf(row.id) < row.stillOwed),
  };
}

function partOfDebt(
  order: BankOrder,
  target: 'recovery' | 'instalment',
  targetId: Uuid,
  amount: Fen,
  covered: Fen,
  otherThanPrincipal: Fen,
): IncomingPart {
  return { bankOrderId: order.id, target, targetId, amount, principal: principalIn(amount, { covered, otherThanPrincipal }) };
}

async function moveDues(tx: Tx, taken: readonly TakenDue[], today: BusinessDate, by: By): Promise<void> {
  const uncharged = taken.filter(({ row }) => row.state !== 'charging');
  await move(
    tx,
    charge,
    // Only a charge of ours is a charge of the day: what came in otherwise leaves the borrower to be asked for the rest.
    uncharged.map(({ row, order }) => ({ id: row.id, patch: { charged_on: order.kind === 'REPAY' ? today : row.chargedOn } })),
    by,
  );
  const isWhole = ({ row, part }: TakenDue): boolean => part === row.stillOwed;
  await move(
    tx,
    collect,
    taken
      .filter(isWhole)
      .map(({ row, part, order }) => ({ id: row.id, patch: { paid_fen: addFen(row.paid, part), paid_on: order.created_on } })),
    by,
  );
  await moveMissed(
    tx,
    taken.filter((due) => !isWhole(due)),
    by,
  );
}

/** Back to waiting, with the part that came in. */
async function moveMissed(tx: Tx, dues: readonly { readonly row: DueRow; readonly part: Fen }[], by: By): Promise<void> {
  const subject = ({ row, part }: { row: DueRow; part: Fen }): Subject => ({ id: row.id, patch: { paid_fen: addFen(row.paid, part) } });
  await move(tx, miss, dues.filter(({ row }) => row.overdueSince === null).map(subject), by);
  await move(tx, missAgain, dues.filter(({ row }) => row.overdueSince !== null).map(subject), by);
}

async function moveRecoveries(
  tx: Tx,
  taken: readonly { readonly row: RecoveryRow; readonly part: Fen }[],
  today: BusinessDate,
  by: By,
): Promise<void> {
  const isWhole = ({ row, part }: { row: RecoveryRow; part: Fen }): boolean => part === row.stillOwed;
  await move(
    tx,
    receive,
    taken.filter(isWhole).map(({ row, part }) => ({ id: row.id, patch: { received_fen: addFen(row.received, part) } })),
    by,
  );
  const inPart = taken.filter((recovery) => !isWhole(recovery));
  await addReceived(
    tx,
    inPart.map(({ row, part }) => ({ id: row.id, amount: part })),
    addDays(today, WEEKLY),
  );
}

async function missed(tx: Tx, orders: readonly BankOrder[], debts: Map<Uuid, Debts>, today: BusinessDate, by: By): Promise<void> {
  const charged = [...debts.values()].flatMap(({ dues }) => dues).filter((row) => row.state === 'charging');
  await moveMissed(
    tx,
    charged.map((row) => ({ row, part: ZERO })),
    by,
  );
  const ours = orders.filter((order) => !isOwnPayment(referenceOf(order)));
  await postponeRecoveries(tx, loansOf(ours), addDays(today, WEEKLY));
  await enqueue(
    tx,
    ours.map((order) => ({
      name: 'repayment.next',
      subject: order.loan_id!,
      key: order.id,
      payload: { refusedFen: String(order.amount_fen) },
    })),
  );
}

function referenceOf(order: BankOrder): string {
  const instruction = thawInstruction(order.instruction);
  return instruction.do === 'transfer' ? instruction.ref : '';
}
