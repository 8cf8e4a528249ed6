import { businessDate } from '#kernel/time';
import { isForSuspense, newestAlarmed, workingDaysSince } from './return-age';

describe('the age of a return', () => {
  const age = (dueOn: string, today: string): number => workingDaysSince(businessDate(dueOn), businessDate(today));

  it('counts working days that have begun since it is due, over weekends and holidays', () => {
    expect([age('2024-03-07', '2024-03-07'), age('2024-03-07', '2024-03-08')]).toEqual([0, 1]);
    expect([age('2024-03-08', '2024-03-10'), age('2024-03-08', '2024-03-11')]).toEqual([0, 1]); // a Friday, then Sunday and Monday
    expect(age('2024-09-30', '2024-10-08')).toBe(1); // the National Day holidays lie between
  });

  it('carries an alarm from its second working day on', () => {
    expect(newestAlarmed(businessDate('2024-03-07'))).toBe('2024-03-05');
    expect(newestAlarmed(businessDate('2024-03-11'))).toBe('2024-03-07');
    for (const today of ['2024-03-04', '2024-03-10', '2024-10-08'] as const) {
      const limit = newestAlarmed(businessDate(today));
      expect(age(limit, today)).toBeGreaterThanOrEqual(2);
    }
  });

  it('is known on the last day of the last loaded year', () => {
    expect(newestAlarmed(businessDate('2026-12-31'))).toBe('2026-12-29');
  });

  it('sends a refund to suspense after three working days of refusals, and a hold never', () => {
    const on = (source: 'hold' | 'disbursement', first: string | null, today: string): boolean =>
      isForSuspense({ source, first_refused_on: first === null ? null : businessDate(first) }, businessDate(today));
    expect([on('disbursement', '2024-03-07', '2024-03-11'), on('disbursement', '2024-03-07', '2024-03-12')]).toEqual([false, true]);
    expect([on('hold', '2024-03-07', '2024-04-12'), on('disbursement', null, '2024-04-12')]).toEqual([false, false]);
  });
});
