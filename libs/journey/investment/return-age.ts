import { addDays, compareDates, publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { mustPark } from '#registers/suspense';
import type { InvestmentReturn } from './investment';

/**
 * A return that is so many working days old carries an alarm. Money goes back within minutes; what is refused is tried again on the next day. An age of two says
 * that the bank had a second working day and refused again, and it leaves a person one more before a refund goes to suspense.
 */
export const RETURN_ALARM_AFTER_WORKING_DAYS = 2;

/** Working days that have begun since a return is due: 0 on its own day. */
export function workingDaysSince(dueOn: BusinessDate, today: BusinessDate): number {
  let days = 0;
  for (let day = publishedCalendar.nextWorkingDay(dueOn); compareDates(day, today) <= 0; day = publishedCalendar.nextWorkingDay(day))
    days += 1;
  return days;
}

/** The newest due day that carries an alarm today: every return that was due on it or before, and is not back, does. */
export function newestAlarmed(today: BusinessDate): BusinessDate {
  let day = today;
  while (workingDaysSince(day, today) < RETURN_ALARM_AFTER_WORKING_DAYS) day = addDays(day, -1);
  return day;
}

/** Whether the bank has refused a refund for so long that it goes to suspense. A hold cannot: an account with holds cannot be closed. */
export function isForSuspense(row: Pick<InvestmentReturn, 'source' | 'first_refused_on'>, today: BusinessDate): boolean {
  return row.source === 'disbursement' && row.first_refused_on !== null && mustPark(row.first_refused_on, today, publishedCalendar);
}
