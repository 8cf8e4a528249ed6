import { z } from 'zod';
import { FAILURE_CODES, NOTICE_KINDS, SERVICES } from '#bank/wire';

/** Every way in which the simulator can be told to misbehave. */
export const FAULT_KINDS = [
  'drop_answer',
  'drop_request',
  'delay',
  'answer_500',
  'busy',
  'processing_then_success',
  'processing_then_failure',
  'silent_until_statement',
  'duplicate_notice',
  'late_notice',
  'fail_item',
  'bounce_withdrawal',
  'return_transfer',
  'judicial_freeze',
  'statement_truncated',
  'statement_wrong_total',
  'statement_missing_line',
  'statement_extra_line',
  'statement_wrong_amount',
  'statement_late',
  'statement_corrected',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * One planned fault. Aim fields that are given must all match; a fault without aim matches every call of its kind. It is due from its
 * `nth` match on, `times` times (default 1; with a probability: without end), or by chance with a seed, so that a run can be repeated.
 */
export const faultPlan = z.strictObject({
  id: z.string().min(1).max(64).optional(),
  kind: z.enum(FAULT_KINDS),
  service: z.enum(SERVICES).optional(),
  noticeKind: z.enum(NOTICE_KINDS).optional(),
  statementType: z.enum(['TRANSACTIONS', 'BALANCES', 'CREDIT']).optional(),
  bankDate: z.string().optional(),
  accountNo: z.string().optional(),
  customerNo: z.string().optional(),
  listingNo: z.string().optional(),
  orderNo: z.string().optional(),
  itemNo: z.string().optional(),
  holdNo: z.string().optional(),
  requestNo: z.string().optional(),
  /** Kind of a transfer or of a batch. */
  transactionKind: z.string().optional(),
  nth: z.number().int().min(1).default(1),
  times: z.number().int().min(1).optional(),
  probability: z.number().gt(0).max(1).optional(),
  seed: z.number().int().default(1),
  /** How late: real time; the fault's own default when neither is given. */
  delayMs: z.number().int().min(0).max(600_000).optional(),
  /** How late: sandbox days. */
  days: z.number().int().min(0).max(400).optional(),
  /** With which code: `fail_item`, `processing_then_failure`. */
  code: z.enum(FAILURE_CODES).optional(),
  /** `answer_500`: whether the bank acted before it stumbled. */
  acted: z.boolean().default(true),
  /** `duplicate_notice`: how often the notice is sent in all. */
  copies: z.number().int().min(2).max(50).default(2),
  /** Statement faults: days after which the right file follows as the next version; null for never. */
  correctedAfterDays: z.number().int().min(1).max(30).nullable().default(1),
});
export type FaultPlan = z.infer<typeof faultPlan>;

/** A fault with what became of it. */
export interface PlannedFault extends FaultPlan {
  readonly id: string;
  matches: number;
  hits: number;
}

/** What a fault can be aimed at: the facts of a call, of a notice, or of a statement file. */
export interface Occasion {
  readonly service?: string;
  readonly noticeKind?: string;
  readonly statementType?: string;
  readonly bankDate?: string;
  readonly accountNos?: ReadonlySet<string>;
  readonly customerNo?: string;
  readonly listingNo?: string;
  readonly orderNo?: string;
  readonly itemNos?: ReadonlySet<string>;
  readonly holdNo?: string;
  readonly requestNo?: string;
  readonly transactionKind?: string;
  /** Statement files name many. */
  readonly requestNos?: ReadonlySet<string>;
  readonly listingNos?: ReadonlySet<string>;
}

/** Whether a fault is aimed at this occasion. */
export function isAimedAt(fault: FaultPlan, occasion: Occasion): boolean {
  return (
    same(fault.service, occasion.service) &&
    same(fault.noticeKind, occasion.noticeKind) &&
    same(fault.statementType, occasion.statementType) &&
    same(fault.bankDate, occasion.bankDate) &&
    same(fault.customerNo, occasion.customerNo) &&
    (same(fault.listingNo, occasion.listingNo) || isAmong(fault.listingNo, occasion.listingNos)) &&
    same(fault.orderNo, occasion.orderNo) &&
    same(fault.holdNo, occasion.holdNo) &&
    (same(fault.requestNo, occasion.requestNo) || isAmong(fault.requestNo, occasion.requestNos)) &&
    same(fault.transactionKind, occasion.transactionKind) &&
    isAmong(fault.accountNo, occasion.accountNos) &&
    isAmong(fault.itemNo, occasion.itemNos)
  );
}

function same(aim: string | undefined, fact: string | undefined): boolean {
  return aim === undefined || aim === fact;
}

function isAmong(aim: string | undefined, facts: ReadonlySet<string> | undefined): boolean {
  return aim === undefined || facts?.has(aim) === true;
}
