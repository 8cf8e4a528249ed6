import { addFen, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { BatchKind, FailureCode, TransactionKind } from '#bank/wire';
import { ACCOUNTS } from '../bank';
import type { AccountOnPage, Page } from '../books/page';

/** An item that waits to be run. */
export interface WaitingItem {
  readonly itemNo: string;
  readonly holdNo: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Fen;
  readonly group: string;
  readonly plannedCode: FailureCode | null;
}

/** A hold or a debit, with what this run has done to it so far. */
export interface RunningHold {
  readonly holdNo: string;
  readonly mode: 'hold' | 'debit';
  readonly accountNo: string;
  readonly listingNo: string;
  readonly amount: Fen;
  used: Fen;
  released: Fen;
  refunded: Fen;
}

export interface DecidedItem {
  readonly itemNo: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly code: string;
  readonly bankSerialNo: string;
}

export interface BatchOnPage {
  readonly requestNo: string;
  readonly kind: BatchKind;
  readonly listingNo: string;
  readonly page: Page;
  readonly holds: ReadonlyMap<string, RunningHold>;
}

/**
 * Decides items one after the other, changing the page and the holds as it goes. The items of a group are looked at together first:
 * all of them go, or none.
 */
export async function decideItems(batch: BatchOnPage, items: readonly WaitingItem[]): Promise<DecidedItem[]> {
  const decided: DecidedItem[] = [];
  for (const unit of unitsOf(items)) {
    const code = unitBar(batch, unit);
    for (const item of unit) decided.push(code === undefined ? await run(batch, item) : await refuse(batch, item, code));
  }
  return decided;
}

/** Single items, and groups at the place of their first item. */
function unitsOf(items: readonly WaitingItem[]): WaitingItem[][] {
  const units: WaitingItem[][] = [];
  const groups = new Map<string, WaitingItem[]>();
  for (const item of items) {
    const group = item.group === '' ? undefined : groups.get(item.group);
    if (group !== undefined) {
      group.push(item);
      continue;
    }
    const unit = [item];
    units.push(unit);
    if (item.group !== '') groups.set(item.group, unit);
  }
  return units;
}

/** Why a unit cannot go as a whole. What an earlier item of it would take is not there for a later one. */
function unitBar(batch: BatchOnPage, unit: readonly WaitingItem[]): FailureCode | undefined {
  const taken = new Map<string, Fen>();
  for (const item of unit) {
    const bar = item.plannedCode ?? itemBar(batch, item, taken);
    if (bar !== undefined) return bar;
  }
  return undefined;
}

function itemBar(batch: BatchOnPage, item: WaitingItem, taken: Map<string, Fen>): FailureCode | undefined {
  const from = batch.page.account(item.from);
  const to = batch.page.account(item.to);
  if (from === undefined || to === undefined) return 'ACCOUNT_NOT_FOUND';
  switch (batch.kind) {
    case 'COLLECT':
      if (to.accountNo !== ACCOUNTS.disbursement) return 'PARTY_NOT_ALLOWED';
      return from.kind === 'M' ? fundsBar(batch, from, item, taken) : collectBar(batch, from, item, taken);
    case 'RELEASE':
      return holdBar(batch, item, from.kind === 'E' ? from : to, taken);
    case 'REFUND':
      if (from.kind !== 'D' || (to.kind !== 'E' && to.kind !== 'M')) return 'PARTY_NOT_ALLOWED';
      return batch.page.creditBar(to) ?? refundBar(batch, to, item, taken) ?? fundsBar(batch, from, item, taken);
    case 'PAYOUT':
      if ((from.kind !== 'R' && from.kind !== 'M') || to.kind !== 'E') return 'PARTY_NOT_ALLOWED';
      return batch.page.creditBar(to) ?? fundsBar(batch, from, item, taken);
  }
}

function collectBar(batch: BatchOnPage, from: AccountOnPage, item: WaitingItem, taken: Map<string, Fen>): FailureCode | undefined {
  if (from.kind !== 'E') return 'PARTY_NOT_ALLOWED';
  return batch.page.debitBar(from) ?? holdBar(batch, item, from, taken);
}

function holdBar(batch: BatchOnPage, item: WaitingItem, owner: AccountOnPage, taken: Map<string, Fen>): FailureCode | undefined {
  const hold = batch.holds.get(item.holdNo);
  if (hold === undefined || hold.mode !== 'hold') return 'HOLD_NOT_FOUND';
  if (hold.accountNo !== owner.accountNo || hold.listingNo !== batch.listingNo) return 'PARTY_NOT_ALLOWED';
  const left = subtractFen(hold.amount, addFen(hold.used, hold.released));
  return isThere(taken, `hold ${item.holdNo}`, left, item.amount) ? undefined : 'HOLD_ALREADY_USED';
}

/** A refund that names a hold or a debit gives back to its owner, never more than came from there. */
function refundBar(batch: BatchOnPage, to: AccountOnPage, item: WaitingItem, taken: Map<string, Fen>): FailureCode | undefined {
  if (item.holdNo === '') return undefined;
  const hold = batch.holds.get(item.holdNo);
  if (hold === undefined) return 'HOLD_NOT_FOUND';
  const isOwners =
    hold.listingNo === batch.listingNo && (to.kind === 'M' || to.customerNo === batch.page.account(hold.accountNo)?.customerNo);
  if (!isOwners) return 'PARTY_NOT_ALLOWED';
  return isThere(taken, `hold ${item.holdNo}`, subtractFen(hold.used, hold.refunded), item.amount) ? undefined : 'HOLD_ALREADY_USED';
}

function fundsBar(batch: BatchOnPage, from: AccountOnPage, item: WaitingItem, taken: Map<string, Fen>): FailureCode | undefined {
  return isThere(taken, `account ${from.accountNo}`, batch.page.available(from), item.amount) ? undefined : 'INSUFFICIENT_FUNDS';
}

function isThere(taken: Map<string, Fen>, source: string, there: Fen, wanted: Fen): boolean {
  const all = addFen(taken.get(source) ?? ZERO, wanted);
  taken.set(source, all);
  return all <= there;
}

async function run(batch: BatchOnPage, item: WaitingItem): Promise<DecidedItem> {
  const { page } = batch;
  const from = page.account(item.from)!;
  const to = page.account(item.to)!;
  const hold = batch.holds.get(item.holdNo);
  const wording = wordingOf(batch, item, from);
  let bankSerialNo: string;
  if (batch.kind === 'RELEASE') {
    bankSerialNo = await page.release(page.account(hold!.accountNo)!, item.amount, wording);
    hold!.released = addFen(hold!.released, item.amount);
  } else if (batch.kind === 'COLLECT' && from.kind === 'E') {
    bankSerialNo = await page.moveHeld(from, to, item.amount, wording);
    hold!.used = addFen(hold!.used, item.amount);
  } else {
    bankSerialNo = await page.move(from, to, item.amount, wording);
    if (batch.kind === 'REFUND' && hold !== undefined) hold.refunded = addFen(hold.refunded, item.amount);
  }
  return { itemNo: item.itemNo, status: 'SUCCEEDED', code: 'OK', bankSerialNo };
}

async function refuse(batch: BatchOnPage, item: WaitingItem, code: FailureCode): Promise<DecidedItem> {
  const wording = wordingOf(batch, item, batch.page.account(item.from));
  const bankSerialNo = await batch.page.refuse(item.from, item.to, item.amount, code, wording);
  return { itemNo: item.itemNo, status: 'FAILED', code, bankSerialNo };
}

/** What comes from the marketing account is MARKETING in every batch: a voucher with its collection, a coupon with its payout. */
function wordingOf(batch: BatchOnPage, item: WaitingItem, from: AccountOnPage | undefined) {
  const kind: TransactionKind = from?.kind === 'M' ? 'MARKETING' : batch.kind;
  return { kind, requestNo: batch.requestNo, itemNo: item.itemNo, refNo: item.holdNo, listingNo: batch.listingNo };
}
