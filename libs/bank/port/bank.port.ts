import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { AccountBalance, AccountState, EncodedInstruction, Instruction, MandateState, StatementFileName } from './instruction';
import type { Exchange, ItemOutcome, Outcome } from './outcome';

/** What the connected bank is able to do; read at start and obeyed. Nothing above the port knows which bank it is. */
export interface Capabilities {
  readonly holdModes: readonly ('freeze' | 'debit')[];
  readonly factors: readonly string[];
  readonly batchLimit: number;
  readonly partialRelease: boolean;
  readonly timestampToleranceSeconds: number;
  readonly settleWindowSeconds: number;
  /** Bank time of the day cut, `HH:MM`. */
  readonly dayCut: string;
  readonly requestsPerSecond: number;
  /** Account numbers of the bank's own accounts; the suspense account of customer C is `{suspense}.{customerNo}`. */
  readonly accounts: {
    readonly disbursement: string;
    readonly repayment: string;
    readonly advance: string;
    readonly suspense: string;
    readonly fee: string;
    readonly marketing: string;
  };
}

/**
 * A message from the bank, verified. A bell: the platform stores it, then asks, or acts once by its number. `body` is the notice's own data with `bankTime`
 * and `bankDate` of the notice where the data has none of its own.
 */
export interface VerifiedNotice {
  readonly noticeNo: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The one port to a bank. Every method may be called only outside a database transaction. Methods that ask the bank to do something take the bytes that
 * were stored before the call. None of them throws for something the bank said or failed to say: that is an `Outcome`. What only asks or opens a page throws
 * `Outage` when the bank cannot be read now, and `Refusal` BANK_DECLINED when the bank answered no. Inside a transaction all of them throw `Bug`.
 */
export interface BankPort {
  /** As read at start. */
  readonly capabilities: Capabilities;
  encode(instruction: Instruction): EncodedInstruction;
  /** One try. */
  send(requestNo: string, instruction: EncodedInstruction): Promise<Outcome & { readonly exchange: Exchange }>;
  /**
   * Current outcome of an earlier request. `missing` is only answered when `givenUpAt` is longer ago than the settle window; `unknown` before that. A question
   * that was not answered says nothing about the request: `undecided`. So it is with `queryBatch` and `close`.
   */
  query(requestNo: string, givenUpAt: Date): Promise<Outcome & { readonly exchange: Exchange }>;
  /** Outcome of a batch and of its items, all pages. `batch` is `accepted` while items wait, `done` when every item is decided, `refused` when nothing ran. */
  queryBatch(
    requestNo: string,
    givenUpAt: Date,
  ): Promise<{ readonly batch: Outcome; readonly items: readonly ItemOutcome[]; readonly exchange: Exchange }>;
  /** Closes a number that is not wanted any more; answers `closed` or what had been decided before. */
  close(requestNo: string): Promise<Outcome & { readonly exchange: Exchange }>;

  account(by: { customerNo: string } | { accountNo: string }): Promise<AccountState>;
  /** With `listingNo`: the part of a disbursement or repayment account that belongs to one listing. */
  balance(accountNo: string, listingNo?: string): Promise<AccountBalance>;
  openingUrl(
    customer: { customerNo: string; name: string; idNumber: string; cardNo: string; mobile: string; cardType?: string },
    returnUrl: string,
  ): Promise<string>;
  signMandate(
    mandate: { accountNo: string; kind: 'REPAY' | 'ADVANCE' | 'RETURN' | 'INVEST'; maxAmount: Fen; until: BusinessDate },
    returnUrl: string,
  ): Promise<string>;
  mandates(accountNo: string, kind: string): Promise<readonly MandateState[]>;

  statements(bankDate: BusinessDate): Promise<readonly StatementFileName[]>;
  /** The file's bytes as a stream of chunks. The answer's signature is checked behind the last one: the iteration ends with an `Outage` when it is wrong. */
  download(name: string): Promise<AsyncIterable<Buffer>>;
  /** Whether the base64 signature is the bank's over a file with this SHA-256 (lower-case hex) or these bytes. */
  verifyFile(file: Buffer | string, signature: string): boolean;
  confirm(file: { name: string; sha256: string }, result: 'CLEAN' | 'ADJUSTED' | 'OPEN'): Promise<void>;

  /** Checks a notice as it came over HTTP (signature first); `undefined` when it is not the bank's. */
  verifyNotice(raw: {
    method: string;
    path: string;
    headers: Readonly<Record<string, string | undefined>>;
    body: Buffer;
  }): VerifiedNotice | undefined;
}
