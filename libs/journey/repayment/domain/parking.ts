import type { BusinessDate, Calendar } from '#kernel/time';

/** A payout that was refused for so many working days is parked in the customer's suspense account. */
export const PARK_AFTER_WORKING_DAYS = 3;

/** Whether a payout that was first refused on a day goes to suspense today: one closed account must not keep an instalment open (defect 32). */
export function mustPark(firstRefusedOn: BusinessDate, today: BusinessDate, calendar: Calendar): boolean {
  return calendar.addWorkingDays(firstRefusedOn, PARK_AFTER_WORKING_DAYS) <= today;
}
