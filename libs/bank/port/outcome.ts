import type { Fen } from '#kernel/money';
import type { BusinessDate, Instant } from '#kernel/time';

/** Where and when the bank booked something. `bankDate` is the statement day it will stand in. */
export interface BankWord {
  readonly serial: string;
  readonly bankDate: BusinessDate;
  readonly bankTime: Instant;
}

/** A movement that came back after it had succeeded. The wire does not tell when it was booked: `bankTime` is when the bank told us. */
export interface ReturnedWord extends BankWord {
  readonly amount: Fen;
}

/**
 * What is known about one request after a try, a question, a notice or a statement line. Four things a bank can say, and three ways in which it said nothing:
 * - `done`, `refused`: decided under this number, for ever.
 * - `accepted`: the bank has it and will decide.
 * - `closed`: the number is refused for ever, nothing was done under it.
 * - `unknown`: nobody knows; left only by a query, a verified notice or a statement line.
 * - `undecided`: this *try* decided nothing (busy, stale, too fast, not sent); the order keeps the worst of its earlier tries.
 * - `missing`: a query later than the settle window found nothing: not done yet, the same number may be sent again or closed.
 *
 * `alarm` asks for a person: our fault, or something that must not happen. `pause` asks not to knock again at once. `data` of a `done` is the bank's own,
 * but what holds money for an order (`place_hold`, `place_debit`) always carries `{ holdNo: string, heldAt: Instant, heldSeq: number }`.
 */
export type Outcome =
  | ({ readonly kind: 'done'; readonly data: Readonly<Record<string, unknown>>; readonly returned?: ReturnedWord } & Partial<BankWord>)
  | ({ readonly kind: 'refused'; readonly code: string } & Partial<BankWord>)
  | { readonly kind: 'accepted' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown'; readonly why: string; readonly alarm?: boolean }
  | { readonly kind: 'undecided'; readonly why: string; readonly pause?: boolean; readonly alarm?: boolean }
  | { readonly kind: 'missing' };

/** The outcome of one item of a batch; `waiting` until the bank decided it. */
export type ItemOutcome = { readonly itemNo: string } & (
  | { readonly kind: 'waiting' }
  | ({ readonly kind: 'done' } & BankWord)
  | ({ readonly kind: 'refused'; readonly code: string } & Partial<BankWord>)
);

/** The raw exchange, kept for the file: never contains the signing key. */
export interface Exchange {
  readonly answer: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
}
