import type { BusinessDate, Calendar } from '#kernel/time';

/** What was refused for so many working days goes to the customer's suspense account. */
export const PARK_AFTER_WORKING_DAYS = 3;

/** Whether what was first refused on a day goes to suspense today: one closed account must not keep an instalment, a raise or a listing open (defect 32). */
export function mustPark(firstRefusedOn: BusinessDate, today: BusinessDate, calendar: Calendar): boolean {
  return calendar.addWorkingDays(firstRefusedOn, PARK_AFTER_WORKING_DAYS) <= today;
}
