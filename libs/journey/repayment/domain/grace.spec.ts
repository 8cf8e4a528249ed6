import { businessDate, publishedCalendar } from '#kernel/time';
import { dueDatesOf } from './grace';

const dates = (nominal: string, graceDays = 3, rule: 'none' | 'following' = 'following') =>
  dueDatesOf(businessDate(nominal), rule, graceDays, publishedCalendar);

describe('the dates of an instalment', () => {
  it('count grace in calendar days from the moved due date', () => {
    expect(dates('2024-03-04')).toEqual({ dueDate: '2024-03-04', graceUntil: '2024-03-07', provisional: false });
  });

  it('move a due date out of a holiday, never before it (defect 24)', () => {
    // 1 to 7 October 2024 are the National Day holidays; the 8th is a Tuesday.
    expect(dates('2024-10-01')).toEqual({ dueDate: '2024-10-08', graceUntil: '2024-10-11', provisional: false });
  });

  it('move a last day of grace that is not a working day to the next one', () => {
    expect(dates('2024-03-06')).toMatchObject({ dueDate: '2024-03-06', graceUntil: '2024-03-11' });
  });

  it('end grace on the due date itself when there is none', () => {
    expect(dates('2024-03-04', 0).graceUntil).toBe('2024-03-04');
  });

  it('are provisional where a year is not published yet, also when only grace reaches into it', () => {
    expect(dates('2031-03-04')).toMatchObject({ dueDate: '2031-03-04', provisional: true });
    const lastYear = [...Array(100).keys()]
      .map((year) => 2000 + year)
      .filter((year) => publishedCalendar.isLoaded(year))
      .at(-1)!;
    expect(dates(`${lastYear}-12-31`)).toMatchObject({ dueDate: `${lastYear}-12-31`, provisional: true });
  });
});
