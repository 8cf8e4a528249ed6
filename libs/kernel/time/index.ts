export {
  addDays,
  addMonths,
  businessDate,
  compareDates,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  isBusinessDate,
  weekdayOf,
  yearOf,
} from './business-date';
export type { BusinessDate } from './business-date';
export { businessDateOf, instant, instantOn, instantToDate, readInstant } from './instant';
export type { Instant } from './instant';
export { dayCountFraction, DAYS_OF_YEAR } from './day-count';
export type { DayCount, YearFraction } from './day-count';
export { calendarOf } from './calendar';
export { publishedCalendar } from './published-calendar';
export type { Calendar, MovedDate, WorkingDays } from './calendar';
export { publishedYears } from './published-years';
export type { YearTable } from './published-years';
export { timeRefusals } from './time.refusals';
