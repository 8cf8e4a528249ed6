import type { Instruction } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { BankOrderPurpose } from './purposes';

/** Kinds of bank order. A `BATCH` carries items, which are bank orders of the kind that moves the money. */
export type BankOrderKind =
  | 'HOLD'
  | 'DEBIT'
  | 'RELEASE'
  | 'COLLECT'
  | 'REFUND'
  | 'PAYOUT'
  | 'PREMIUM'
  | 'FEE'
  | 'DISBURSE'
  | 'REPAY'
  | 'ADVANCE'
  | 'RECOVER'
  | 'PREMIUM_RETURN'
  | 'FEE_RETURN'
  | 'MOVE'
  | 'MARKETING'
  | 'PARK'
  | 'UNPARK'
  | 'BATCH'
  | 'LISTING_REGISTER'
  | 'LISTING_UPDATE'
  | 'FINANCING_APPLY'
  | 'CREDIT_MOVE';

/** One row of `bank_order`. */
export interface BankOrder {
  readonly id: Uuid;
  readonly request_no: string | null;
  readonly parent_id: Uuid | null;
  readonly item_no: string | null;
  readonly kind: BankOrderKind;
  readonly purpose: BankOrderPurpose;
  readonly send_group: Uuid;
  readonly instruction: unknown;
  readonly service: string | null;
  readonly body: string | null;
  readonly listing_id: Uuid | null;
  readonly loan_id: Uuid | null;
  readonly subject_id: Uuid;
  readonly amount_fen: bigint;
  readonly debit_account_id: Uuid | null;
  readonly credit_account_id: Uuid | null;
  readonly hold_order_id: Uuid | null;
  readonly group_no: string | null;
  readonly state: 'created' | 'sent' | 'accepted' | 'unknown' | 'done' | 'refused' | 'closed' | 'returned';
  readonly tries: number;
  readonly sent_at: Date | null;
  readonly given_up_at: Date | null;
  readonly asked_at: Date | null;
  readonly asks: number;
  readonly limit_at: Date | null;
  /** When somebody last asked for its closing: from then on it is not sent any more. */
  readonly unwanted_at: Date | null;
  readonly bank_serial: string | null;
  readonly bank_date: BusinessDate | null;
  readonly bank_time: Date | null;
  readonly code: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly decided_by: Source | null;
  readonly created_on: BusinessDate;
}

/** Who told us an outcome. All of them go through the same door. */
export type Source = 'answer' | 'query' | 'notice' | 'statement' | 'operator';

/** A bank order to be created: an intent, committed before anything is sent. */
export interface BankOrderDraft {
  readonly id: Uuid;
  readonly kind: BankOrderKind;
  /** What it is for, where its kind serves several ends; `main` when nothing is said. */
  readonly purpose?: BankOrderPurpose;
  readonly instruction: Instruction;
  readonly subjectId: Uuid;
  readonly listingId?: Uuid;
  readonly loanId?: Uuid;
  readonly amount?: Fen;
  readonly debitAccountId?: Uuid;
  readonly creditAccountId?: Uuid;
  readonly holdOrderId?: Uuid;
}

/** An item of a batch to be created: one movement. Its number is its id's, unique for ever. */
export interface BatchItemDraft {
  readonly id: Uuid;
  readonly subjectId: Uuid;
  readonly loanId?: Uuid;
  readonly amount: Fen;
  readonly debitAccountId: Uuid;
  readonly creditAccountId: Uuid;
  /** For COLLECT, RELEASE, REFUND: the bank order of the hold or debit. */
  readonly holdOrderId?: Uuid;
  readonly groupNo?: string;
}

/**
 * JSON for a column: bigint becomes text with an `n` behind it, so that it comes back as what it was. Text that looks like that (people write a purpose as
 * they like) gets one more `n`, which is taken off again on the way back.
 */
export function freezeInstruction(instruction: Instruction): string {
  return JSON.stringify(instruction, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'string' && /^-?\d+n+$/.test(value) ? `${value}n` : value;
  });
}

/** The instruction behind a column's JSON value. */
export function thawInstruction(stored: unknown): Instruction {
  return JSON.parse(JSON.stringify(stored), (_key, value: unknown) => {
    if (typeof value !== 'string' || !/^-?\d+n+$/.test(value)) return value;
    const text = value.slice(0, -1);
    return text.endsWith('n') ? text : BigInt(text);
  }) as Instruction;
}
