import { HttpException } from '@nestjs/common';
import { Bug, Outage, Refusal, refusalText } from '#kernel/faults';
import type { RefusalDetails, RefusalKind } from '#kernel/faults';
import { httpRefusals } from './http.refusals';

/** What is wrong with one field, and what to do about it. */
export interface FieldProblem {
  /** Path within the body, query or path: `orders[0].amountFen`. */
  readonly field: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

/** An answer that says no, after RFC 9457: `application/problem+json`. `code` is for machines and stable, messages are for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly requestId: string;
  readonly details?: RefusalDetails;
  readonly errors?: readonly FieldProblem[];
}

/** The route at which a caller does what a refusal asks for, like `POST /account/opening`, by the refusal's code: an app knows its routes, the domain does not. */
export type WaysOut = Readonly<Record<string, string>>;

/** The media type of every answer that says no (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Seconds after which a caller may try again what an outage prevented. */
export const RETRY_AFTER_SECONDS = 2;

/** What a refusal means in HTTP: the only place that knows both. */
const statusOfKind: Readonly<Record<RefusalKind, number>> = {
  invalid: 422,
  conflict: 409,
  missing: 404,
  forbidden: 403,
  unauthenticated: 401,
  limited: 429,
};

/** Codes whose status is finer than their kind: the request was not even read as one of ours. */
const statusOfCode: Readonly<Record<string, number>> = {
  [httpRefusals.REQUEST_INVALID]: 400,
  [httpRefusals.REQUEST_MALFORMED]: 400,
  [httpRefusals.REQUEST_TOO_DEEP]: 400,
  [httpRefusals.REQUEST_TOO_LARGE]: 413,
  [httpRefusals.MEDIA_TYPE_UNSUPPORTED]: 415,
  [httpRefusals.CURSOR_INVALID]: 400,
  [httpRefusals.IDEMPOTENCY_KEY_MISSING]: 400,
  [httpRefusals.IDEMPOTENCY_KEY_INVALID]: 400,
};

/** Errors of the server below us and the refusals that they are. */
const refusalOfServerError: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: httpRefusals.ROUTE_UNKNOWN,
  FST_ERR_MAX_PARAM_LENGTH: httpRefusals.ROUTE_UNKNOWN,
  FST_ERR_CTP_BODY_TOO_LARGE: httpRefusals.REQUEST_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: httpRefusals.MEDIA_TYPE_UNSUPPORTED,
  FST_ERR_CTP_INVALID_JSON_BODY: httpRefusals.REQUEST_MALFORMED,
  FST_ERR_CTP_EMPTY_JSON_BODY: httpRefusals.REQUEST_MALFORMED,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: httpRefusals.REQUEST_MALFORMED,
};

/** Statuses that guards, pipes and the server below answer, and the refusals that they are. */
const refusalOfStatus: Readonly<Record<number, string>> = {
  400: httpRefusals.REQUEST_MALFORMED,
  401: httpRefusals.UNAUTHENTICATED,
  403: httpRefusals.FORBIDDEN,
  404: httpRefusals.ROUTE_UNKNOWN,
  413: httpRefusals.REQUEST_TOO_LARGE,
  415: httpRefusals.MEDIA_TYPE_UNSUPPORTED,
  429: httpRefusals.TOO_MANY_REQUESTS,
};

/** The problem that an error is for whoever asked. What is our own fault says nothing about itself. */
export function problemOf(error: unknown, requestId: string, ways: WaysOut = {}): Problem {
  if (error instanceof Refusal) {
    const next = ways[error.code];
    return refused(error.code, requestId, next === undefined ? error.details : { ...error.details, next });
  }
  if (error instanceof Outage) return unavailable(requestId);
  if (error instanceof Bug) return ourFault(requestId);
  const errors = fieldErrorsOf(error);
  if (errors !== undefined) return { ...refused(httpRefusals.REQUEST_INVALID, requestId), errors };
  const code = codeBelow(error);
  return code === undefined ? ourFault(requestId) : refused(code, requestId);
}

/** What the validation pipe throws for a request whose fields are wrong, each with its reason. */
export function invalidRequest(errors: readonly FieldProblem[]): HttpException {
  return new HttpException({ code: httpRefusals.REQUEST_INVALID, errors }, 400);
}

function fieldErrorsOf(error: unknown): readonly FieldProblem[] | undefined {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  if (typeof response !== 'object' || !('errors' in response) || !Array.isArray(response.errors)) return undefined;
  return response.errors as readonly FieldProblem[];
}

function codeBelow(error: unknown): string | undefined {
  if (error instanceof HttpException) return refusalOfStatus[error.getStatus()];
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string' && refusalOfServerError[error.code] !== undefined)
    return refusalOfServerError[error.code];
  return 'statusCode' in error && typeof error.statusCode === 'number' ? refusalOfStatus[error.statusCode] : undefined;
}

function refused(code: string, requestId: string, details: RefusalDetails = {}): Problem {
  const { kind, zh, en } = refusalText(code);
  const problem = asProblem(code, statusOfCode[code] ?? statusOfKind[kind], zh, en, requestId);
  return Object.keys(details).length === 0 ? problem : { ...problem, details };
}

function unavailable(requestId: string): Problem {
  const zh = '系统暂时不可用，请用相同的 Idempotency-Key 稍后重试';
  return asProblem(
    'TEMPORARILY_UNAVAILABLE',
    503,
    zh,
    'not available at the moment: repeat later, with the same Idempotency-Key',
    requestId,
  );
}

function ourFault(requestId: string): Problem {
  return asProblem('INTERNAL_ERROR', 500, '系统内部错误，请联系我们并提供 requestId', 'our fault: tell us the requestId', requestId);
}

function asProblem(code: string, status: number, messageZh: string, messageEn: string, requestId: string): Problem {
  const type = `urn:rongqiao:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title: messageEn, status, code, detail: messageZh, messageZh, messageEn, requestId };
}
