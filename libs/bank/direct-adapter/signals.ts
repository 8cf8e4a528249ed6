import { readAnswer } from '#bank/wire';
import type { Outcome } from '#bank/port';
import { outcomeOf } from './decisions';

/** What came of one try. Only an `answer` was verified; its body has not been read yet. */
export type Signal =
  /** Refused connection, DNS, TLS failed, not fully written, or held back here (`pause`). */
  | { readonly heard: 'not_sent'; readonly why: string; readonly pause?: boolean }
  /** Written, and no whole answer: timeout, reset, cut off, too large. */
  | { readonly heard: 'nothing'; readonly why: string }
  /** Something that is not provably the bank's: no signature, a wrong one, one for another request. */
  | { readonly heard: 'noise'; readonly why: string; readonly alarm?: boolean }
  | { readonly heard: 'answer'; readonly httpStatus: number; readonly body: Buffer; readonly bankTimestamp?: string };

/**
 * The outcome of one try, by the tables of `docs/decisions/0010-bank-adapter.md`, in their order. Only what the bank signed can decide anything, even that
 * a try decided nothing.
 */
export function outcomeOfTry(signal: Signal, service: string): Outcome {
  if (signal.heard === 'not_sent') return { kind: 'undecided', why: signal.why, ...(signal.pause === true ? { pause: true } : {}) };
  if (signal.heard === 'nothing') return { kind: 'unknown', why: signal.why };
  if (signal.heard === 'noise') return { kind: 'unknown', why: signal.why, ...(signal.alarm === true ? { alarm: true } : {}) };
  if (signal.httpStatus >= 500) return { kind: 'unknown', why: `HTTP ${signal.httpStatus}` };
  const answer = readAnswer(signal.body);
  const code = answer?.code ?? '';
  if (signal.httpStatus === 409 || code === 'REQUEST_CONFLICT') {
    return { kind: 'unknown', why: 'REQUEST_CONFLICT: another body stands under this number', alarm: true };
  }
  if (isOurFault(signal))
    return { kind: 'undecided', why: `HTTP ${signal.httpStatus} ${code || 'without a code'}`, pause: true, alarm: true };
  if (signal.httpStatus === 429) return { kind: 'undecided', why: 'HTTP 429, too fast', pause: true };
  if (code === 'SYSTEM_BUSY' || code === 'STALE_TIMESTAMP') return { kind: 'undecided', why: code, pause: true };
  if (signal.httpStatus !== 200) return { kind: 'unknown', why: `HTTP ${signal.httpStatus}` };
  if (answer === undefined) return { kind: 'unknown', why: 'the answer cannot be read', alarm: true };
  return outcomeOf(answer, service, answer.bankTime);
}

/** `BAD_SIGNATURE`, 400 and 401: the bank could not accept what we wrote. Repeating it cannot help, so the channel stops and somebody is called. */
export function isOurFault(signal: Signal): boolean {
  if (signal.heard !== 'answer' || signal.httpStatus >= 500) return false;
  if (signal.httpStatus === 400 || signal.httpStatus === 401) return true;
  const code = readAnswer(signal.body)?.code;
  return code === 'BAD_SIGNATURE' || code === 'MALFORMED';
}

/** What counts for the circuit breaker: the bank is not there. A busy bank, a refusal and our own faults are no outage. */
export function isOutage(signal: Signal): boolean {
  if (signal.heard === 'answer') return signal.httpStatus >= 500;
  return signal.heard !== 'not_sent' || signal.pause !== true;
}
