import { Bug } from '#kernel/faults';
import { businessDate } from './business-date';
import { type DayCount, dayCountFraction } from './day-count';

describe('day counts', () => {
  it.each<[DayCount, string, string, bigint, bigint]>([
    ['ACT/365', '2026-11-22', '2026-12-22', 30n, 365n],
    ['ACT/365', '2024-01-01', '2025-01-01', 366n, 365n],
    ['ACT/360', '2026-11-22', '2026-12-25', 33n, 360n],
    ['30/360', '2026-11-22', '2026-12-22', 30n, 360n],
    ['30/360', '2026-01-31', '2026-02-28', 28n, 360n],
    ['30/360', '2026-01-31', '2026-03-31', 60n, 360n],
    ['30/360', '2026-01-15', '2026-01-31', 16n, 360n],
    ['30/360', '2026-01-30', '2026-01-31', 0n, 360n],
    ['30/360', '2024-02-29', '2025-02-28', 359n, 360n],
    ['ACT/365', '2026-11-22', '2026-11-22', 0n, 365n],
  ])('%s from %s to %s', (dayCount, from, to, num, den) => {
    expect(dayCountFraction(dayCount, businessDate(from), businessDate(to))).toEqual({ num, den });
  });

  it('do not run backwards', () => {
    expect(() => dayCountFraction('ACT/365', businessDate('2026-11-22'), businessDate('2026-11-21'))).toThrow(Bug);
  });
});
