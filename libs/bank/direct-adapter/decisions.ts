import { isFailureCode } from '#bank/wire';
import type { BankWord, Outcome, ReturnedWord } from '#bank/port';
import { parseYuan } from '#kernel/money';
import { isBusinessDate, readInstant, type Instant } from '#kernel/time';

/** What stands under a request number: in the answer to the request itself, and in the answer to a question about it. */
export interface Standing {
  readonly status: string;
  readonly code: string;
  readonly bankSerialNo: string | null;
  readonly bankTime: string | null;
  readonly bankDate: string | null;
  readonly data: unknown;
  readonly returned?: { readonly amount: string; readonly bankSerialNo: string; readonly bankDate: string };
}

/**
 * The outcome of what stands under a number. Whatever is not exactly what the wire promises is `unknown`, never a guess.
 * @param service what was asked under the number; `null` when that is not known
 * @param toldAt the bank's time of the answer that told it
 */
export function outcomeOf(standing: Standing, service: string | null, toldAt: string | null): Outcome {
  const word = readWord(standing);
  if (word === undefined) return unreadable('serial, time or date');
  switch (standing.status) {
    case 'ACCEPTED':
    case 'PROCESSING':
      return { kind: 'accepted' };
    case 'CLOSED':
      return { kind: 'closed' };
    case 'FAILED':
      // The number had been closed before this copy arrived: nothing was done under it, and it is not the business that was refused.
      if (standing.code === 'REQUEST_CLOSED') return { kind: 'closed' };
      return isFailureCode(standing.code)
        ? { kind: 'refused', code: standing.code, ...word }
        : unreadable(`code ${standing.code.slice(0, 40)}`);
    case 'SUCCEEDED':
      return done(standing, word, service, toldAt);
    default:
      return unreadable(`status ${standing.status.slice(0, 40)}`);
  }
}

/** Serial, date and time as far as they are given; `undefined` when one of them is not what it should be. */
export function readWord(standing: Pick<Standing, 'bankSerialNo' | 'bankTime' | 'bankDate'>): Partial<BankWord> | undefined {
  const { bankSerialNo: serial, bankTime, bankDate } = standing;
  const time = bankTime === null ? null : readTime(bankTime);
  if (time === undefined || serial === '' || (bankDate !== null && !isBusinessDate(bankDate))) return undefined;
  return {
    ...(serial === null ? {} : { serial }),
    ...(bankDate === null ? {} : { bankDate }),
    ...(time === null ? {} : { bankTime: time }),
  };
}

/** Whether serial, date and time are all there. */
export function isWhole(word: Partial<BankWord>): word is BankWord {
  return word.serial !== undefined && word.bankDate !== undefined && word.bankTime !== undefined;
}

/** Services that book money when they succeed: the bank then says under which serial, when and on which statement day. */
const BOOKING: readonly string[] = ['holds/place', 'holds/release', 'debits/place', 'debits/refund', 'transfers/submit'];

function done(standing: Standing, word: Partial<BankWord>, service: string | null, toldAt: string | null): Outcome {
  // What was asked under the number may be money, as long as nobody says otherwise.
  if ((service === null || BOOKING.includes(service)) && !isWhole(word)) return unreadable('a success without serial, time or date');
  const data = dataOf(standing.data, service);
  if (data === undefined) return unreadable('data');
  if (standing.returned === undefined) return { kind: 'done', data, ...word };
  const returned = returnedWord(standing.returned, toldAt);
  return returned === undefined ? unreadable('returned') : { kind: 'done', data, returned, ...word };
}

function dataOf(data: unknown, service: string | null): Readonly<Record<string, unknown>> | undefined {
  if (data !== null && (typeof data !== 'object' || Array.isArray(data))) return undefined;
  const given = { ...(data as Record<string, unknown> | null) };
  if (service === 'holds/place') return heldData(given, given['holdNo'], given['heldAt'], given['heldSeq']);
  if (service === 'debits/place') return heldData(given, given['debitNo'], given['debitedAt'], given['seq']);
  return given;
}

/** What holds money for an order has the same three names above the port, whichever way the bank holds it. */
function heldData(given: Record<string, unknown>, no: unknown, at: unknown, seq: unknown): Record<string, unknown> | undefined {
  const heldAt = typeof at === 'string' ? readTime(at) : undefined;
  if (typeof no !== 'string' || no === '' || heldAt === undefined || !Number.isSafeInteger(seq)) return undefined;
  return { ...given, holdNo: no, heldAt, heldSeq: seq };
}

function returnedWord(returned: NonNullable<Standing['returned']>, toldAt: string | null): ReturnedWord | undefined {
  const word = readWord({ ...returned, bankTime: toldAt });
  if (word === undefined || !isWhole(word) || !/^\d{1,13}\.\d{2}$/.test(returned.amount)) return undefined;
  return { ...word, amount: parseYuan(returned.amount) };
}

function readTime(text: string): Instant | undefined {
  try {
    return readInstant(text);
  } catch {
    return undefined;
  }
}

function unreadable(what: string): Outcome {
  return { kind: 'unknown', why: `the bank's answer is not what the wire says: ${what}`, alarm: true };
}
