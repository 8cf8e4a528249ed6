/** What an answer says. `FAILED`, `SUCCEEDED` and `CLOSED` are ends; the bank *has* what is `ACCEPTED` or `PROCESSING`. */
export const ANSWER_STATUSES = ['SUCCEEDED', 'FAILED', 'ACCEPTED', 'PROCESSING', 'CLOSED'] as const;
export type AnswerStatus = (typeof ANSWER_STATUSES)[number];

/** Codes of a stored `FAILED`: the bank decided against it, for ever under this number. */
export const FAILURE_CODES = [
  'INSUFFICIENT_FUNDS',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_CLOSED',
  'ACCOUNT_FROZEN',
  'JUDICIAL_FREEZE',
  'HOLD_NOT_FOUND',
  'HOLD_ALREADY_USED',
  'LIMIT_EXCEEDED',
  'LISTING_NOT_FOUND',
  'LISTING_STATE',
  'PARTY_NOT_ALLOWED',
  'MANDATE_MISSING',
  'MANDATE_LIMIT',
  'BATCH_TOTAL_MISMATCH',
  'BATCH_DUPLICATE_ITEM',
  'CNAPS_UNKNOWN',
  'CLOSED_HOURS',
  'CREDIT_LINE_EXCEEDED',
  'ADVANCE_DECLINED',
  'REQUEST_CLOSED',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Codes that decide nothing about the order: the *try* failed, or the question had no answer. Sent with status `FAILED`, never stored. */
export const NON_OUTCOME_CODES = ['REQUEST_CONFLICT', 'STALE_TIMESTAMP', 'BAD_SIGNATURE', 'SYSTEM_BUSY', 'NOT_FOUND', 'MALFORMED'] as const;
export type NonOutcomeCode = (typeof NON_OUTCOME_CODES)[number];

/** `OK` stands in every answer that is not `FAILED`. */
export type AnswerCode = 'OK' | FailureCode | NonOutcomeCode;

/** Whether a code ends an order: the bank has decided against it. */
export function isFailureCode(code: string): code is FailureCode {
  return failureCodes.has(code);
}

/** Whether a code says nothing about the order. A code that is neither is unknown, and so is the order. */
export function isNonOutcomeCode(code: string): code is NonOutcomeCode {
  return nonOutcomeCodes.has(code);
}

const failureCodes: ReadonlySet<string> = new Set(FAILURE_CODES);
const nonOutcomeCodes: ReadonlySet<string> = new Set(NON_OUTCOME_CODES);

/**
 * The body of an answer. `bankTime` is the bank's clock (ISO 8601, offset, milliseconds), `bankDate` the statement day in which
 * the matter stands (after the cut: the next day). All three bank fields are null where nothing was decided.
 */
export interface Answer<Data = unknown> {
  readonly requestNo: string;
  readonly status: AnswerStatus;
  readonly code: AnswerCode;
  readonly message: string;
  readonly bankSerialNo: string | null;
  readonly bankTime: string | null;
  readonly bankDate: string | null;
  readonly data: Data;
}

/**
 * The body as an answer, or `undefined` when it is not one: unreadable answers are *unknown* to whoever asked, so that nothing is
 * guessed here. Unknown codes are kept (the caller must treat them as unknown), hence the wider type of `code`.
 */
export function readAnswer(body: Buffer | string): (Omit<Answer, 'code'> & { readonly code: string }) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof body === 'string' ? body : body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { requestNo, status, code, message, bankSerialNo, bankTime, bankDate, data } = value as Record<string, unknown>;
  if (typeof requestNo !== 'string' || typeof code !== 'string' || typeof status !== 'string' || !statuses.has(status)) return undefined;
  const serial = textOrNull(bankSerialNo);
  const time = textOrNull(bankTime);
  const date = textOrNull(bankDate);
  if (serial === undefined || time === undefined || date === undefined) return undefined;
  const answered = status as AnswerStatus;
  return {
    requestNo,
    status: answered,
    code,
    message: typeof message === 'string' ? message : '',
    bankSerialNo: serial,
    bankTime: time,
    bankDate: date,
    data: data ?? null,
  };
}

const statuses: ReadonlySet<string> = new Set(ANSWER_STATUSES);

function textOrNull(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : undefined;
}
