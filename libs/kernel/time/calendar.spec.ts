import { isWorkday } from 'chinese-days';
import { Bug, Refusal } from '#kernel/faults';
import { addDays, type BusinessDate, businessDate } from './business-date';
import { calendarOf, type WorkingDays } from './calendar';
import { publishedCalendar } from './published-calendar';

const on = (text: string): BusinessDate => businessDate(text);

describe('the published calendar', () => {
  it('agrees with an independent source on every day from 2004 to 2026', () => {
    const different: string[] = [];
    for (let date = on('2004-01-01'); date <= '2026-12-31'; date = addDays(date, 1)) {
      if (publishedCalendar.isWorkingDay(date) !== isWorkday(date)) different.push(date);
    }
    expect(different).toEqual([]);
  });

  it.each([
    ['2026-10-01', false, 'National Day'],
    ['2026-02-14', true, 'a Saturday worked for the Spring Festival'],
    ['2026-02-15', false, 'a Sunday inside the Spring Festival'],
    ['2020-02-02', false, 'the Spring Festival of 2020, made longer in that year'],
    ['2026-11-21', false, 'a Saturday'],
    ['2026-11-23', true, 'a Monday'],
  ])('%s is worked: %p (%s)', (date, worked) => {
    expect(publishedCalendar.isWorkingDay(on(date))).toBe(worked);
  });

  it('does not guess about a year that is not loaded', () => {
    expect(publishedCalendar.isLoaded(2026)).toBe(true);
    expect(publishedCalendar.isLoaded(2027)).toBe(false);
    expect(() => publishedCalendar.isWorkingDay(on('2027-10-01'))).toThrow(Refusal);
    expect(() => publishedCalendar.isWorkingDay(on('2027-10-01'))).toThrow(expect.objectContaining({ code: 'CALENDAR_NOT_LOADED' }));
  });

  it('sets deadlines over the end of the last loaded year by its weekdays and New Year’s Day', () => {
    expect(publishedCalendar.nextWorkingDay(on('2026-12-31'))).toBe('2027-01-04');
    expect(publishedCalendar.addWorkingDays(on('2026-12-25'), 5)).toBe('2027-01-04');
    expect(publishedCalendar.addWorkingDays(on('2026-12-29'), 3)).toBe('2027-01-04');
  });
});

describe('the working-day rule', () => {
  it.each<[WorkingDays, string, string, boolean]>([
    ['none', '2026-10-01', '2026-10-01', false],
    ['following', '2026-10-01', '2026-10-08', false],
    ['following', '2026-02-14', '2026-02-14', false],
    ['following', '2026-01-31', '2026-02-02', false],
    ['modified_following', '2026-01-31', '2026-01-30', false],
    ['modified_following', '2026-10-01', '2026-10-08', false],
    ['modified_following', '2022-12-31', '2022-12-30', false],
    ['following', '2027-03-01', '2027-03-01', true],
    ['modified_following', '2027-03-01', '2027-03-01', true],
    ['none', '2027-03-01', '2027-03-01', false],
  ])('%s: %s → %s, provisional %p', (rule, nominal, date, provisional) => {
    expect(publishedCalendar.moveToWorkingDay(on(nominal), rule)).toEqual({ date, provisional });
  });

  it('is provisional where the move would lead into a year that is not loaded, unless it must not leave the month', () => {
    const only2022 = calendarOf({ 2022: { rest: '12-31', work: '' } });
    expect(only2022.moveToWorkingDay(on('2022-12-31'), 'following')).toEqual({ date: '2022-12-31', provisional: true });
    expect(only2022.moveToWorkingDay(on('2022-12-31'), 'modified_following')).toEqual({ date: '2022-12-30', provisional: false });
  });
});

describe('counting working days', () => {
  it('goes strictly after', () => {
    expect(publishedCalendar.nextWorkingDay(on('2026-09-30'))).toBe('2026-10-08');
    expect(publishedCalendar.nextWorkingDay(on('2026-11-23'))).toBe('2026-11-24');
    expect(publishedCalendar.addWorkingDays(on('2026-11-21'), 0)).toBe('2026-11-21');
    expect(publishedCalendar.addWorkingDays(on('2026-11-21'), 5)).toBe('2026-11-27');
    expect(() => publishedCalendar.addWorkingDays(on('2026-11-21'), -1)).toThrow(Bug);
  });
});

describe('a table', () => {
  it('names no day twice, and only days that exist', () => {
    expect(() => calendarOf({ 2026: { rest: '10-01', work: '10-01' } })).toThrow(Bug);
    expect(() => calendarOf({ 2026: { rest: '02-29', work: '' } })).toThrow(Refusal);
  });
});
