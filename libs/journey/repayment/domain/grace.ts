import { addDays } from '#kernel/time';
import type { BusinessDate, Calendar, MovedDate, WorkingDays } from '#kernel/time';

/** On which days one instalment moves money. */
export interface DueDates {
  readonly dueDate: BusinessDate;
  /** The last day on which the borrower is not late. */
  readonly graceUntil: BusinessDate;
  /** A year that decides one of the two is not published yet; the nominal day stands in. */
  readonly provisional: boolean;
}

/**
 * Due date by the product's working-day rule, and the last day of grace 宽限期: calendar days after the moved due date; when that day is not a working day,
 * the next one is.
 */
export function dueDatesOf(nominalDate: BusinessDate, rule: WorkingDays, graceDays: number, calendar: Calendar): DueDates {
  const due = calendar.moveToWorkingDay(nominalDate, rule);
  const grace: MovedDate = graceDays === 0 ? due : calendar.moveToWorkingDay(addDays(due.date, graceDays), 'following');
  return { dueDate: due.date, graceUntil: grace.date, provisional: due.provisional || grace.provisional };
}
