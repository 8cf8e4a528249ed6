import { type Fen, minFen, mulDiv, type Rounding, ZERO } from '#kernel/money';
import { type BusinessDate, type DayCount, dayCountFraction } from '#kernel/time';

/** What becomes of a premium or a fee when the loan ends early: the part by days that was not used comes back, or nothing does. */
export type ReturnRule = 'by_days' | 'none';

const MILLION = 1_000_000n;

/** Interest of a balance from one day to a later one (the first counts, the last does not), rounded as told. */
export function interestForDays(
  principal: Fen,
  annualRatePpm: number,
  dayCount: DayCount,
  from: BusinessDate,
  to: BusinessDate,
  rounding: Rounding,
): Fen {
  const { num, den } = dayCountFraction(dayCount, from, to);
  return mulDiv(principal, BigInt(annualRatePpm) * num, MILLION * den, rounding);
}

/** The day count by which a broken period is counted: by actual days; a `30/360` product counts them over 365. */
export function dayCountOfBrokenPeriod(dayCount: DayCount): 'ACT/365' | 'ACT/360' {
  return dayCount === 'ACT/360' ? 'ACT/360' : 'ACT/365';
}

/**
 * Interest of a period that an early repayment breaks off: actual days since the last nominal date, rounded half up, and never more
 * than the whole period would have cost (31 days over 365 are more than a twelfth of a year).
 */
export function brokenPeriodInterest(
  balance: Fen,
  annualRatePpm: number,
  dayCount: DayCount,
  from: BusinessDate,
  to: BusinessDate,
  wholePeriodInterest: Fen,
): Fen {
  return minFen(interestForDays(balance, annualRatePpm, dayCountOfBrokenPeriod(dayCount), from, to, 'half_up'), wholePeriodInterest);
}

/**
 * Penalty interest 罚息: on overdue principal only, for each day after grace, rounded half up.
 * @param daysLate days from the due date to the day of payment
 */
export function penalty(overduePrincipal: Fen, ppmPerDay: number, daysLate: number, graceDays: number): Fen {
  const days = Math.max(daysLate - graceDays, 0);
  return mulDiv(overduePrincipal, BigInt(ppmPerDay) * BigInt(days), MILLION, 'half_up');
}

/**
 * What comes back of a premium or fee when a loan ends after `daysUsed` of `termDays` (nominal days from the value date): the unused
 * part, rounded half up; what is kept is the rest.
 */
export function unearnedPart(paid: Fen, rule: ReturnRule, daysUsed: number, termDays: number): Fen {
  if (rule === 'none' || daysUsed >= termDays) return ZERO;
  return mulDiv(paid, BigInt(termDays - Math.max(daysUsed, 0)), BigInt(termDays), 'half_up');
}
