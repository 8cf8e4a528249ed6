import { Refusal } from '#kernel/faults';
import type { Fen } from '#kernel/money';
import type { BusinessDate, Calendar, DayCount, WorkingDays } from '#kernel/time';
import { interestRefusals } from './interest.refusals';

/** Equal instalments 等额本息, equal principal 等额本金, interest first 先息后本, bullet 到期一次还本付息. */
export type Method = 'equal_instalments' | 'equal_principal' | 'interest_first' | 'bullet';

/** Months fall due month by month (a bullet once); days are one period, whatever the method. */
export type Term = { readonly months: number } | { readonly days: number };

/** All that a schedule depends on. */
export interface LoanTerms {
  readonly principal: Fen;
  /** Millionths per year. */
  readonly annualRatePpm: number;
  readonly method: Method;
  readonly term: Term;
  /** The day from which interest runs. */
  readonly valueDate: BusinessDate;
  readonly dayCount: DayCount;
  readonly workingDays: WorkingDays;
  readonly calendar: Calendar;
}

/** ¥1,000,000,000,000.00 in fen: the largest principal that is quoted. */
export const MAX_PRINCIPAL = 100_000_000_000_000n;
/** Thirty years of months: the most periods that a schedule has. */
export const MAX_MONTHS = 360;
/** Thirty years of days. */
export const MAX_DAYS = 10_950;
/** 100 % a year: beyond any lawful rate, and small enough for thirty years' payments on the largest principal to stay below 2⁵³ fen. */
export const MAX_ANNUAL_RATE_PPM = 1_000_000;

/** @throws Refusal PRINCIPAL_INVALID, RATE_INVALID or TERM_INVALID, in this order */
export function checkTerms(terms: Pick<LoanTerms, 'principal' | 'annualRatePpm' | 'term'>): void {
  const { principal, annualRatePpm, term } = terms;
  if (principal < 1n || principal > MAX_PRINCIPAL) throw new Refusal(interestRefusals.PRINCIPAL_INVALID);
  if (!isWholeWithin(annualRatePpm, 0, MAX_ANNUAL_RATE_PPM)) throw new Refusal(interestRefusals.RATE_INVALID);
  const isTerm = 'months' in term ? isWholeWithin(term.months, 1, MAX_MONTHS) : isWholeWithin(term.days, 1, MAX_DAYS);
  if (!isTerm) throw new Refusal(interestRefusals.TERM_INVALID);
}

/** Whether a value is a whole number within bounds, both included. */
export function isWholeWithin(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** How many instalments the terms have. */
export function periodsOf({ method, term }: Pick<LoanTerms, 'method' | 'term'>): number {
  return 'days' in term || method === 'bullet' ? 1 : term.months;
}
