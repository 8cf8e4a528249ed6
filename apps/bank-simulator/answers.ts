import type { AnswerCode, AnswerStatus, FailureCode } from '#bank/wire';
import type { BankMoment } from './clock';

/** What the bank decided about a request: the body of an answer less its request number. */
export interface Decision {
  readonly status: AnswerStatus;
  readonly code: AnswerCode;
  readonly bankSerialNo: string | null;
  readonly bankTime: string | null;
  readonly bankDate: string | null;
  readonly data: unknown;
}

export function succeeded(data: unknown, moment: BankMoment, bankSerialNo: string | null = null): Decision {
  return { status: 'SUCCEEDED', code: 'OK', bankSerialNo, bankTime: moment.time, bankDate: moment.date, data };
}

export function failed(code: FailureCode, moment: BankMoment, bankSerialNo: string | null = null): Decision {
  return { status: 'FAILED', code, bankSerialNo, bankTime: moment.time, bankDate: moment.date, data: null };
}

/** The bank has it and will decide: `ACCEPTED` for batches and applications, `PROCESSING` for what travels. */
export function pending(status: 'ACCEPTED' | 'PROCESSING', data: unknown = null): Decision {
  return { status, code: 'OK', bankSerialNo: null, bankTime: null, bankDate: null, data };
}

/** An answer to a try or a question that decides nothing and is never stored. */
export function undecided(
  code: 'REQUEST_CONFLICT' | 'STALE_TIMESTAMP' | 'BAD_SIGNATURE' | 'SYSTEM_BUSY' | 'NOT_FOUND' | 'MALFORMED',
): Decision {
  return { status: 'FAILED', code, bankSerialNo: null, bankTime: null, bankDate: null, data: null };
}

/** A sentence for people: Chinese first, English beside it. */
export function messageOf(decision: Decision): string {
  if (decision.code !== 'OK') return MESSAGES[decision.code];
  return STATUS_MESSAGES[decision.status];
}

const STATUS_MESSAGES: Readonly<Record<AnswerStatus, string>> = {
  SUCCEEDED: '交易成功 done',
  FAILED: '交易失败 refused',
  ACCEPTED: '已受理 accepted',
  PROCESSING: '处理中 in progress',
  CLOSED: '已关闭 closed',
};

const MESSAGES: Readonly<Record<Exclude<AnswerCode, 'OK'>, string>> = {
  INSUFFICIENT_FUNDS: '余额不足 not enough money',
  ACCOUNT_NOT_FOUND: '账户不存在 no such account',
  ACCOUNT_CLOSED: '账户已销户 the account is closed',
  ACCOUNT_FROZEN: '账户已冻结 the account is frozen',
  JUDICIAL_FREEZE: '司法冻结 frozen by a court',
  HOLD_NOT_FOUND: '冻结记录不存在 no such hold',
  HOLD_ALREADY_USED: '冻结金额不足 the hold does not have that much left',
  LIMIT_EXCEEDED: '超出限额 beyond a limit',
  LISTING_NOT_FOUND: '标的不存在 no such listing',
  LISTING_STATE: '标的状态不允许 not in this state of the listing',
  PARTY_NOT_ALLOWED: '交易对手不允许 not between these parties',
  MANDATE_MISSING: '无有效授权 no mandate in force',
  MANDATE_LIMIT: '超出授权额度 beyond the mandate',
  BATCH_TOTAL_MISMATCH: '批次笔数或金额不符 count or total is wrong',
  BATCH_DUPLICATE_ITEM: '批次明细号重复 an item number was used before',
  CNAPS_UNKNOWN: '联行号不存在 unknown CNAPS code',
  CLOSED_HOURS: '不在营业时间 outside of opening hours',
  CREDIT_LINE_EXCEEDED: '授信额度不足 the credit line does not have that much',
  ADVANCE_DECLINED: '垫付被拒绝 the advance was declined',
  REQUEST_CLOSED: '请求号已关闭 this request number was closed',
  REQUEST_CONFLICT: '请求号已用于其他请求 another request stands under this number',
  STALE_TIMESTAMP: '时间戳过期 the timestamp is stale',
  BAD_SIGNATURE: '验签失败 the signature is wrong',
  SYSTEM_BUSY: '系统繁忙 busy, try again',
  NOT_FOUND: '记录不存在 nothing is known of it',
  MALFORMED: '报文格式错误 the message is malformed',
};
