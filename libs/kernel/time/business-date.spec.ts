import fc from 'fast-check';
import { Refusal } from '#kernel/faults';
import {
  addDays,
  addMonths,
  type BusinessDate,
  businessDate,
  civilOf,
  compareDates,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  isBusinessDate,
  weekdayOf,
  yearOf,
} from './business-date';

const FIRST = dayNumber(businessDate('1900-01-01'));
const LAST = dayNumber(businessDate('9999-12-31'));
const anyDate = fc.integer({ min: FIRST, max: LAST }).map(dateOfDayNumber);

/** The oracle: the engine's own calendar. */
const viaEngine = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

describe('a business date', () => {
  it.each(['1900-01-01', '2000-02-29', '2026-11-22', '9999-12-31'])('is %s', (text) => {
    expect(businessDate(text)).toBe(text);
  });

  it.each([
    '',
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-04-31',
    '1899-12-31',
    '2026-1-1',
    '20260101',
    ' 2026-01-01',
    '2026-01-01T00:00:00Z',
  ])('is not "%s"', (text) => {
    expect(() => businessDate(text)).toThrow(Refusal);
  });

  it.each([20260101, null, undefined, new Date(0), {}])('is text: not %p', (value) => {
    expect(isBusinessDate(value)).toBe(false);
  });

  it('counts days as the engine does, both ways', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), (days) => {
        const date = dateOfDayNumber(days);
        expect(date).toBe(viaEngine(days));
        expect(dayNumber(date)).toBe(days);
        expect(weekdayOf(date)).toBe(new Date(`${date}T00:00:00Z`).getUTCDay());
      }),
      { numRuns: 2_000 },
    );
  });

  it('orders as text does', () => {
    fc.assert(fc.property(anyDate, anyDate, (a, b) => Math.sign(daysBetween(b, a)) === compareDates(a, b)));
    expect(yearOf(businessDate('2026-11-22'))).toBe(2026);
    expect(civilOf('2026-11-22')).toEqual({ year: 2026, month: 11, day: 22 });
  });

  it('adds days both ways', () => {
    expect(addDays(businessDate('2024-02-28'), 2)).toBe('2024-03-01');
    expect(addDays(businessDate('2024-03-01'), -1)).toBe('2024-02-29');
    expect(daysBetween(businessDate('2026-11-22'), businessDate('2027-11-22'))).toBe(365);
  });

  it('refuses to leave the years 1900 to 9999', () => {
    expect(() => addDays(businessDate('9999-12-31'), 1)).toThrow(Refusal);
    expect(() => addDays(businessDate('1900-01-01'), -1)).toThrow(Refusal);
    expect(() => addMonths(businessDate('9999-12-01'), 1)).toThrow(Refusal);
  });
});

describe('months from an anchor', () => {
  it('pitfall 25: a month-end loan does not drift (31 Jan → 28 Feb → 31 Mar)', () => {
    const anchor = businessDate('2027-01-31');
    expect([1, 2, 3, 13].map((months) => addMonths(anchor, months))).toEqual(['2027-02-28', '2027-03-31', '2027-04-30', '2028-02-29']);
  });

  it('goes back as well', () => {
    expect(addMonths(businessDate('2026-03-31'), -1)).toBe('2026-02-28');
    expect(addMonths(businessDate('2026-01-15'), -13)).toBe('2024-12-15');
  });

  it('keeps the day or takes the last of the month, and always reaches that month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST - 400 * 366 }), fc.integer({ min: 0, max: 360 }), (days, months) => {
        const anchor: BusinessDate = dateOfDayNumber(days);
        const from = civilOf(anchor);
        const to = civilOf(addMonths(anchor, months));
        expect(to.year * 12 + to.month).toBe(from.year * 12 + from.month + months);
        const isLast = addDays(addMonths(anchor, months), 1).endsWith('-01');
        expect(to.day === from.day || (to.day < from.day && isLast)).toBe(true);
      }),
    );
  });
});
