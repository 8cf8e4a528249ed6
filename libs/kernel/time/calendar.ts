import { Bug, Refusal } from '#kernel/faults';
import { addDays, type BusinessDate, businessDate, compareDates, weekdayOf, yearOf } from './business-date';
import type { YearTable } from './published-years';
import { timeRefusals } from './time.refusals';

/**
 * What a due date on a day off does: stay (`none`), move to the next working day (`following`), or do so unless that lies in the
 * next month, and then move back to the working day before (`modified_following`).
 */
export type WorkingDays = 'none' | 'following' | 'modified_following';

/** A day after the working-day rule. Provisional: the table of a year that decides it is not loaded yet, the nominal day stands in. */
export interface MovedDate {
  readonly date: BusinessDate;
  readonly provisional: boolean;
}

/** Working days of the years whose tables are loaded. */
export interface Calendar {
  isLoaded(year: number): boolean;
  /** @throws Refusal CALENDAR_NOT_LOADED when it would have to guess */
  isWorkingDay(date: BusinessDate): boolean;
  moveToWorkingDay(date: BusinessDate, rule: WorkingDays): MovedDate;
  /**
   * The first working day strictly after a date. A deadline must be set on the last day of the last loaded year as well: in a year that is not loaded the weekdays
   * decide, and New Year's Day, which is off by law.
   */
  nextWorkingDay(date: BusinessDate): BusinessDate;
  /** So many working days later, as `nextWorkingDay` counts them; the date itself does not count and need not be one. Zero gives the date. */
  addWorkingDays(date: BusinessDate, count: number): BusinessDate;
}

/** A calendar over yearly tables; the database's own tables go in the same way as the published ones. */
export function calendarOf(tables: Readonly<Record<number, YearTable>>): Calendar {
  return new TableCalendar(tables);
}

class TableCalendar implements Calendar {
  private readonly years = new Set<number>();
  /** Only the days that differ from their weekday: false is a day off, true a day worked. */
  private readonly exceptions = new Map<string, boolean>();

  constructor(tables: Readonly<Record<number, YearTable>>) {
    for (const [year, table] of Object.entries(tables)) {
      this.years.add(Number(year));
      for (const date of daysOf(year, table.rest)) this.exceptions.set(date, false);
      for (const date of daysOf(year, table.work)) {
        if (this.exceptions.has(date)) throw new Bug(`${date} is both a holiday and a make-up working day`);
        this.exceptions.set(date, true);
      }
    }
  }

  isLoaded(year: number): boolean {
    return this.years.has(year);
  }

  isWorkingDay(date: BusinessDate): boolean {
    if (!this.years.has(yearOf(date))) throw new Refusal(timeRefusals.CALENDAR_NOT_LOADED, { year: yearOf(date) });
    return this.exceptions.get(date) ?? isWeekday(date);
  }

  moveToWorkingDay(date: BusinessDate, rule: WorkingDays): MovedDate {
    if (rule === 'none') return { date, provisional: false };
    const following = this.seek(date, 1);
    if (following !== undefined && (rule === 'following' || sameMonth(following, date))) return { date: following, provisional: false };
    // The month's last days may all be off; then what follows lies in the next month, whether or not that year is loaded.
    const isLeavingMonth = rule === 'modified_following' && this.isLoaded(yearOf(date));
    const preceding = isLeavingMonth ? this.seek(date, -1) : undefined;
    return preceding === undefined ? { date, provisional: true } : { date: preceding, provisional: false };
  }

  nextWorkingDay(date: BusinessDate): BusinessDate {
    let next = addDays(date, 1);
    while (!this.isPresumedWorkingDay(next)) next = addDays(next, 1);
    return next;
  }

  addWorkingDays(date: BusinessDate, count: number): BusinessDate {
    if (!Number.isSafeInteger(count) || count < 0) throw new Bug(`${count} is not a number of working days`);
    let result = date;
    for (let i = 0; i < count; i += 1) result = this.nextWorkingDay(result);
    return result;
  }

  private isPresumedWorkingDay(date: BusinessDate): boolean {
    return this.isLoaded(yearOf(date)) ? this.isWorkingDay(date) : isWeekday(date) && !date.endsWith('-01-01');
  }

  /** The nearest working day from a date on in one direction, or nothing when the search leaves the loaded years. */
  private seek(date: BusinessDate, step: 1 | -1): BusinessDate | undefined {
    for (let at = date; this.isLoaded(yearOf(at)); at = addDays(at, step)) if (this.isWorkingDay(at)) return at;
    return undefined;
  }
}

function isWeekday(date: BusinessDate): boolean {
  const weekday = weekdayOf(date);
  return weekday !== 0 && weekday !== 6;
}

function sameMonth(a: BusinessDate, b: BusinessDate): boolean {
  return a.slice(0, 7) === b.slice(0, 7);
}

/** The days of a table's line: `01-01 02-16..02-23`. */
function* daysOf(year: string, line: string): Generator<BusinessDate> {
  for (const run of line.split(' ').filter((text) => text !== '')) {
    const [first, last] = run.split('..');
    const end = businessDate(`${year}-${last ?? first}`);
    for (let date = businessDate(`${year}-${first}`); compareDates(date, end) <= 0; date = addDays(date, 1)) yield date;
  }
}
