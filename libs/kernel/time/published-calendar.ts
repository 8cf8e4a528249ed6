import { type Calendar, calendarOf } from './calendar';
import { publishedYears } from './published-years';

/** The calendar that this version ships with: the published tables of 2004 to 2026. */
export const publishedCalendar: Calendar = calendarOf(publishedYears);
