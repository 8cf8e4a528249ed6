import type { BankWord } from '#bank/port';
import { Bug } from '#kernel/faults';
import { fen } from '#kernel/money';
import { instantToDate } from '#kernel/time';
import type { EntryDraft, EntryKind } from '#registers/ledger';
import type { BankOrder } from './bank-order';

/** Kinds whose `done` moves no money. */
const WITHOUT_MONEY: readonly string[] = ['BATCH', 'LISTING_REGISTER', 'LISTING_UPDATE', 'FINANCING_APPLY', 'CREDIT_MOVE'];

/** Whether money moves when an order of this kind is done: then the bank says under which serial, when and on which of its days. */
export function movesMoney({ kind }: Pick<BankOrder, 'kind'>): boolean {
  return !WITHOUT_MONEY.includes(kind);
}

/** What the ledger writes when the bank says that an order is done. */
export function entriesOf(order: BankOrder): EntryDraft[] {
  if (!movesMoney(order)) return [];
  const draft = draftOf(order, order.kind as EntryKind, order.id);
  // A release voids, and a collection posts, a part of what its hold had made pending. The hold's entry has the hold's id as its reference.
  if (order.kind === 'RELEASE' || order.kind === 'COLLECT') return [{ ...draft, pendingReference: holdOf(order) }];
  return [draft];
}

/** What the ledger writes when a transfer comes back: the same amount the other way, under the serial of the coming back. */
export function returnEntriesOf(order: BankOrder, word: BankWord): EntryDraft[] {
  const there = draftOf(order, 'RETURN', `${order.id}:returned`);
  return [
    {
      ...there,
      debitAccountId: there.creditAccountId,
      creditAccountId: there.debitAccountId,
      serial: word.serial,
      bankDate: word.bankDate,
      happenedAt: instantToDate(word.bankTime),
    },
  ];
}

function draftOf(order: BankOrder, kind: EntryKind, reference: string): EntryDraft {
  if (
    order.debit_account_id === null ||
    order.credit_account_id === null ||
    order.bank_serial === null ||
    order.bank_date === null ||
    order.bank_time === null
  ) {
    throw new Bug(`bank order ${order.id} (${order.kind}) is done without accounts, serial or date`);
  }
  return {
    reference,
    kind,
    debitAccountId: order.debit_account_id,
    creditAccountId: order.credit_account_id,
    amount: fen(order.amount_fen),
    bankOrderId: order.id,
    serial: order.bank_serial,
    bankDate: order.bank_date,
    happenedAt: order.bank_time,
  };
}

function holdOf(order: BankOrder): string {
  if (order.hold_order_id === null) throw new Bug(`bank order ${order.id} (${order.kind}) names no hold`);
  return order.hold_order_id;
}
