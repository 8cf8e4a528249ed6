import { Bug } from '#kernel/faults';
import { type BusinessDate, civilOf, daysBetween } from './business-date';

/**
 * How days become a part of a year. `ACT/365` and `ACT/360`: actual days over a fixed year. `30/360`: months of thirty days, as in
 * the ISDA Definitions 2006, 4.16(f) (a first day of 31 counts as 30; then so does a last day of 31).
 */
export type DayCount = '30/360' | 'ACT/365' | 'ACT/360';

/** An exact part of a year. */
export interface YearFraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** Days of a year by day count: the denominator of every fraction. */
export const DAYS_OF_YEAR: Readonly<Record<DayCount, bigint>> = { '30/360': 360n, 'ACT/365': 365n, 'ACT/360': 360n };

/**
 * The part of a year from one day to a later one; the first day counts, the last does not 算头不算尾.
 * @throws Bug when `to` is before `from`
 */
export function dayCountFraction(dayCount: DayCount, from: BusinessDate, to: BusinessDate): YearFraction {
  if (to < from) throw new Bug(`${to} is before ${from}`);
  const days = dayCount === '30/360' ? days30(from, to) : daysBetween(from, to);
  return { num: BigInt(days), den: DAYS_OF_YEAR[dayCount] };
}

function days30(from: BusinessDate, to: BusinessDate): number {
  const first = civilOf(from);
  const last = civilOf(to);
  const firstDay = Math.min(first.day, 30);
  const lastDay = firstDay === 30 ? Math.min(last.day, 30) : last.day;
  return (last.year - first.year) * 360 + (last.month - first.month) * 30 + (lastDay - firstDay);
}
