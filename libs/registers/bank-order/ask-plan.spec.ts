import fc from 'fast-check';
import { askPlan } from './ask-plan';

describe('the plan of questions about an order that the bank has not decided', () => {
  it('asks after 5 s, 15 s, a minute, behind the settle window, a quarter of an hour, and then hourly without end', () => {
    const plan = [0, 1, 2, 3, 4, 5, 6, 1_000].map((asks) => askPlan(asks, 360) / 1_000);
    expect(plan).toEqual([5, 15, 60, 370, 900, 3_600, 3_600, 3_600]);
  });

  it('asks a bank that decides in seconds within seconds, and never before its notice can have come', () => {
    expect([0, 1, 2, 3].map((asks) => askPlan(asks, 3))).toEqual([250, 250, 500, 3_084]);
  });

  it('has one question behind the settle window, whatever the bank: only that one may answer that nothing is there (defect 26)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (windowSeconds) => {
        const pauses = [0, 1, 2, 3].map((asks) => askPlan(asks, windowSeconds));
        expect(pauses[3]!).toBeGreaterThan(windowSeconds * 1_000);
        expect(pauses.every((pause) => Number.isSafeInteger(pause) && pause > 0)).toBe(true);
      }),
    );
  });
});
