import { formatYuan, parseYuan, type Fen } from '#kernel/money';
import type { CreditMoveKind, StatementType } from './credit-types';
import { ACCOUNT_KINDS, type AccountKind } from './parties';
import { TRANSFER_KINDS } from './service-types';
import { FIELDS } from './statement-format';

/**
 * Kinds of transaction. HOLD and RELEASE move nothing: both parties are the customer's account, `refNo` is the hold. The last six
 * are what customers and others do by themselves; TOP_UP and WITHDRAW carry a request number when the platform ordered them. RETURN and REVERSAL carry the original's numbers,
 * with from and to exchanged and the original bank serial as `refNo`.
 */
export const TRANSACTION_KINDS = [
  'HOLD',
  'RELEASE',
  'DEBIT',
  'COLLECT',
  'REFUND',
  ...TRANSFER_KINDS,
  'RETURN',
  'REVERSAL',
  'TOP_UP',
  'WITHDRAW',
  'OWN',
  'INTEREST',
  'COURT',
  'INCOMING',
] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** One decided transaction. A party outside the books is empty when it is a card, the account number when it is a corporate account. */
export interface TransactionLine {
  readonly requestNo: string;
  readonly itemNo: string;
  readonly kind: TransactionKind;
  readonly refNo: string;
  readonly bankSerialNo: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: Fen;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly code: string;
  readonly bankTime: string;
  readonly listingNo: string;
}

/** One account at the cut; D and R have a line per listing. `total` = available + held + otherFrozen. */
export interface BalanceLine {
  readonly accountNo: string;
  readonly listingNo: string;
  readonly kind: AccountKind;
  readonly opening: Fen;
  readonly available: Fen;
  readonly held: Fen;
  readonly otherFrozen: Fen;
  readonly total: Fen;
}

/** One movement of a credit line with the line as it stood after it. */
export interface CreditLine {
  readonly requestNo: string;
  readonly moveNo: string;
  readonly financingNo: string;
  readonly customerNo: string;
  readonly kind: CreditMoveKind;
  readonly amount: Fen;
  readonly used: Fen;
  readonly frozen: Fen;
  readonly limit: Fen;
  readonly bankSerialNo: string;
  readonly bankTime: string;
}

/** A D line of TRANSACTIONS, without its newline. Fields are the bank's own words, which cannot hold `|` or a newline. */
export function transactionLine(line: TransactionLine): string {
  const { requestNo, itemNo, kind, refNo, bankSerialNo, fromAccount, toAccount, status, code, bankTime, listingNo } = line;
  const amount = formatYuan(line.amount);
  return `D|${requestNo}|${itemNo}|${kind}|${refNo}|${bankSerialNo}|${fromAccount}|${toAccount}|${amount}|${status}|${code}|${bankTime}|${listingNo}`;
}

/** A D line of BALANCES, without its newline. */
export function balanceLine(line: BalanceLine): string {
  const amounts = [line.opening, line.available, line.held, line.otherFrozen, line.total].map((fen) => formatYuan(fen));
  return `D|${line.accountNo}|${line.listingNo}|${line.kind}|${amounts.join('|')}`;
}

/** A D line of CREDIT, without its newline. */
export function creditLine(line: CreditLine): string {
  const amounts = [line.amount, line.used, line.frozen, line.limit].map((fen) => formatYuan(fen));
  const numbers = `${line.requestNo}|${line.moveNo}|${line.financingNo}|${line.customerNo}`;
  return `D|${numbers}|${line.kind}|${amounts.join('|')}|${line.bankSerialNo}|${line.bankTime}`;
}

/** A D line of TRANSACTIONS as its parts, or `undefined` when a field is not what it must be. */
export function parseTransactionLine(line: string): TransactionLine | undefined {
  const parts = fieldsOf(line, 'TRANSACTIONS');
  if (parts === undefined) return undefined;
  const [, requestNo, itemNo, kind, refNo, bankSerialNo, fromAccount, toAccount, amount, status, code, bankTime, listingNo] = parts;
  if (!kinds.has(kind!) || !bankSerialNo || !YUAN.test(amount!) || !INSTANT.test(bankTime!)) return undefined;
  if (status !== 'SUCCEEDED' && status !== 'FAILED') return undefined;
  return {
    requestNo: requestNo!,
    itemNo: itemNo!,
    kind: kind as TransactionKind,
    refNo: refNo!,
    bankSerialNo,
    fromAccount: fromAccount!,
    toAccount: toAccount!,
    amount: parseYuan(amount!),
    status,
    code: code!,
    bankTime: bankTime!,
    listingNo: listingNo!,
  };
}

/** A D line of BALANCES as its parts, or `undefined`. */
export function parseBalanceLine(line: string): BalanceLine | undefined {
  const parts = fieldsOf(line, 'BALANCES');
  if (parts === undefined) return undefined;
  const [, accountNo, listingNo, kind, ...amounts] = parts;
  const known = ACCOUNT_KINDS.find((letter) => letter === kind);
  if (!accountNo || known === undefined || amounts.some((amount) => !SIGNED_YUAN.test(amount))) return undefined;
  const [opening, available, held, otherFrozen, total] = amounts.map((amount) => parseYuan(amount));
  return {
    accountNo,
    listingNo: listingNo!,
    kind: known,
    opening: opening!,
    available: available!,
    held: held!,
    otherFrozen: otherFrozen!,
    total: total!,
  };
}

/** A D line of CREDIT as its parts, or `undefined`. */
export function parseCreditLine(line: string): CreditLine | undefined {
  const parts = fieldsOf(line, 'CREDIT');
  if (parts === undefined) return undefined;
  const [, requestNo, moveNo, financingNo, customerNo, kind, amount, used, frozen, limit, bankSerialNo, bankTime] = parts;
  if (!moveNo || !customerNo || !creditKinds.has(kind!) || !bankSerialNo || !INSTANT.test(bankTime!)) return undefined;
  if ([amount, used, frozen, limit].some((text) => !YUAN.test(text!))) return undefined;
  return {
    requestNo: requestNo!,
    moveNo,
    financingNo: financingNo!,
    customerNo,
    kind: kind as CreditMoveKind,
    amount: parseYuan(amount!),
    used: parseYuan(used!),
    frozen: parseYuan(frozen!),
    limit: parseYuan(limit!),
    bankSerialNo,
    bankTime: bankTime!,
  };
}

/** The single lines of a `lines` event of `readStatement`. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.length === 0 ? [] : bytes.toString('utf8', 0, bytes.length - 1).split('\n');
}

const YUAN = /^(?:0|[1-9]\d{0,12})\.\d{2}$/;
const SIGNED_YUAN = /^(?!-0\.00$)-?(?:0|[1-9]\d{0,12})\.\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(?:Z|[+-]\d{2}:\d{2})$/;
const kinds: ReadonlySet<string> = new Set(TRANSACTION_KINDS);
const creditKinds: ReadonlySet<string> = new Set<CreditMoveKind>(['FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE']);

function fieldsOf(line: string, type: StatementType): string[] | undefined {
  const parts = line.split('|');
  return parts.length === FIELDS[type].count && parts[0] === 'D' ? parts : undefined;
}
