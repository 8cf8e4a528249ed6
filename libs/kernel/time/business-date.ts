import { Refusal } from '#kernel/faults';
import { timeRefusals } from './time.refusals';

/** A day in Asia/Shanghai as `YYYY-MM-DD`; text order is date order. Not an instant: it has no hour and no zone. */
export type BusinessDate = string & { readonly __businessDate: unique symbol };

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const FIRST_YEAR = 1900;
const LAST_YEAR = 9999;

/**
 * A date out of text.
 * @throws Refusal DATE_INVALID unless the text is an existing day, written `YYYY-MM-DD`, from 1900 to 9999
 */
export function businessDate(text: string): BusinessDate {
  if (!isBusinessDate(text)) throw new Refusal(timeRefusals.DATE_INVALID);
  return text;
}

/** Whether a value is the text of an existing day, 1900-01-01 to 9999-12-31. */
export function isBusinessDate(value: unknown): value is BusinessDate {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const { year, month, day } = civilOf(value);
  return year >= FIRST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= lengthOfMonth(year, month);
}

/** The day so many days later; earlier when negative. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return dateOfDayNumber(dayNumber(date) + days);
}

/**
 * The day `months` months after the anchor: the anchor's day of the month or, where that month lacks it, its last day. Always count
 * from the anchor, never from the previous result: 31 January gives 28 February and then 31 March, not 28 March.
 */
export function addMonths(anchor: BusinessDate, months: number): BusinessDate {
  const { year, month, day } = civilOf(anchor);
  const count = year * 12 + (month - 1) + months;
  const to = { year: Math.floor(count / 12), month: (((count % 12) + 12) % 12) + 1 };
  return dateOf({ ...to, day: Math.min(day, lengthOfMonth(to.year, to.month)) });
}

/** Days from `a` to `b`: the first counts, the last does not 算头不算尾. Negative when `b` is earlier. */
export function daysBetween(a: BusinessDate, b: BusinessDate): number {
  return dayNumber(b) - dayNumber(a);
}

/** Order for sorting: negative when `a` is earlier. */
export function compareDates(a: BusinessDate, b: BusinessDate): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The year of a date. */
export function yearOf(date: BusinessDate): number {
  return Number(date.slice(0, 4));
}

/** Year, month (1-12) and day of the month. */
export function civilOf(date: string): Civil {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** Day of the week, 0 is Sunday. */
export function weekdayOf(date: BusinessDate): number {
  return (((dayNumber(date) + 4) % 7) + 7) % 7;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export function dayNumber(date: BusinessDate): number {
  const { year, month, day } = civilOf(date);
  // Years begin in March here, so that the leap day is a year's last day and months have a closed form.
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return shifted * 365 + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear - 719_468;
}

/** The inverse of `dayNumber`. */
export function dateOfDayNumber(days: number): BusinessDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return dateOf({ year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day });
}

function dateOf({ year, month, day }: Civil): BusinessDate {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) throw new Refusal(timeRefusals.DATE_INVALID);
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}` as BusinessDate;
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
