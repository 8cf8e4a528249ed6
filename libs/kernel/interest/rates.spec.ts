import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { Discount, type Flow } from './present-value';
import { quoteWithoutGate } from './quote';
import { aprPpm, flowsByDay, flowsByPeriod, logReturn, MAX_SHOWN_PPM, nominalPpm, periodsPerYear, unitRate, xirrPpm } from './rates';
import { schedule } from './schedule';
import { aLoan, anyLoan } from './testing/loans';

const flow = (at: number, amount: number): Flow => ({ at, amount: fen(amount) });
const daily = { num: 365n, den: 1n };

describe('the sign of a present value', () => {
  it('is exact where the rate is hit exactly', () => {
    const tenPercent = Discount.at({ num: 1n, den: 10n });
    expect(tenPercent.sign([flow(1, 60), flow(2, 55)], fen(100))).toBe(0);
    expect(tenPercent.sign([flow(1, 110)], fen(100))).toBe(0);
    expect(tenPercent.sign([flow(1, 111)], fen(100))).toBe(1);
    expect(tenPercent.sign([flow(1, 109)], fen(100))).toBe(-1);
    expect(tenPercent.sign([flow(0, 10), flow(3, 1331)], fen(1010))).toBe(0);
  });

  it('agrees with whole fractions on any flows', () => {
    const flows = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 1_000 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(flows, fc.nat({ max: 2_000 }), fc.nat({ max: 9 }), (list, received, num) => {
        const sorted = [...list].sort(([a], [b]) => a - b).map(([at, amount]) => flow(at, amount));
        const scale = (10n + BigInt(num)) ** 40n;
        const value = sorted.reduce(
          (sum, { at, amount }) => sum + (amount * scale * 10n ** BigInt(at)) / (10n + BigInt(num)) ** BigInt(at),
          0n,
        );
        const expected = value > BigInt(received) * scale ? 1 : value < BigInt(received) * scale ? -1 : 0;
        expect(Discount.at({ num: BigInt(num), den: 10n }).sign(sorted, fen(received))).toBe(expected);
      }),
    );
  });

  it('knows the daily factor of a yearly rate to the last places', () => {
    const doubling = Discount.dailyOfYearly({ num: 1n, den: 1n });
    expect(doubling.sign([flow(365, 2_000_000_001)], fen(1_000_000_000))).toBe(1);
    expect(doubling.sign([flow(365, 1_999_999_999)], fen(1_000_000_000))).toBe(-1);
    expect(doubling.sign([flow(365, 2)], fen(1))).toBe(0);
    expect(doubling.sign([flow(730, 4)], fen(1))).toBe(0);
  });
});

describe('the yearly cost', () => {
  it('of the examples: 7 % with a 3 % premium is 25.61 % over three months and 12.76 % over twelve', () => {
    const cost = (months: number): number => quoteWithoutGate(aLoan({ premiumPpm: 30_000, term: { months } })).aprPpm;
    expect(Math.round(cost(3) / 100)).toBe(2561);
    expect(Math.round(cost(12) / 100)).toBe(1276);
  });

  it('is the rate itself when nothing is taken and periods are even', () => {
    for (const method of ['equal_instalments', 'equal_principal', 'interest_first'] as const) {
      expect(quoteWithoutGate(aLoan({ method, principal: fen(10n ** 14n), term: { months: 36 } })).aprPpm).toBe(70_000);
    }
    expect(quoteWithoutGate(aLoan({ method: 'bullet', term: { months: 36 } })).aprPpm).toBe(70_000);
    expect(quoteWithoutGate(aLoan({ term: { days: 33 }, dayCount: 'ACT/365' })).aprPpm).toBe(70_000);
  });

  it('by days is effective: 7 % paid once after a year of 365 days', () => {
    const terms = aLoan({ method: 'bullet', dayCount: 'ACT/365' });
    expect(xirrPpm(terms.principal, terms.valueDate, schedule(terms))).toBe(70_000);
  });

  it('is proven to the last digit, for any loan', () => {
    fc.assert(
      fc.property(anyLoan, (terms) => {
        const instalments = schedule(terms);
        const net = fen(terms.principal - terms.principal / 50n);
        const units = periodsPerYear(terms);
        const shown = aprPpm(net, instalments, units);
        const flows = flowsByPeriod(instalments);
        const signAt = (halfPpm: bigint): number => Discount.at(unitRate(halfPpm, units)).sign(flows, net);
        if (shown > 0) expect(signAt(2n * BigInt(shown) - 1n)).toBeGreaterThanOrEqual(0);
        expect(signAt(2n * BigInt(shown) + 1n)).toBe(-1);
        expect(Number.isSafeInteger(xirrPpm(net, terms.valueDate, instalments))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('copes with the steepest loan: almost nothing received', () => {
    expect(nominalPpm([flow(1, 100_000_000)], fen(100), daily)).toBe(364_999_635_000_000);
    expect(nominalPpm([flow(1, 100), flow(60, 100)], fen(200), daily)).toBe(0);
  });

  it('by days stops at the largest figure: a day at a premium of 30 % has no yearly rate that anybody can write down', () => {
    expect(quoteWithoutGate(aLoan({ term: { days: 1 }, premiumPpm: 300_000 })).xirrPpm).toBe(MAX_SHOWN_PPM);
    expect(quoteWithoutGate(aLoan({ term: { days: 30 }, premiumPpm: 300_000 })).xirrPpm).toBe(81_295_064);
  });

  it('is none for a borrower who pays back less than he received', () => {
    expect(() => logReturn([flow(1, 99)], fen(100))).toThrow(Bug);
  });

  it('counts days to the dates on which money moves', () => {
    const terms = aLoan({ workingDays: 'following', valueDate: businessDate('2026-09-01'), term: { months: 1 } });
    expect(flowsByDay(terms.valueDate, schedule(terms)).map(({ at }) => at)).toEqual([37]);
  });
});
