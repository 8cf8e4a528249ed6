import fc from 'fast-check';
import { fen, sumFen } from '#kernel/money';
import { addMonths, businessDate, daysBetween, publishedCalendar } from '#kernel/time';
import { schedule } from './schedule';
import { checkTerms, isWholeWithin, periodsOf } from './terms';
import { aLoan, anyLoan } from './testing/loans';

describe('a schedule', () => {
  it('repays the principal to the fen, period by period, never negative, never too much', () => {
    fc.assert(
      fc.property(anyLoan, (terms) => {
        const instalments = schedule(terms);
        expect(instalments).toHaveLength(periodsOf(terms));
        let balance: bigint = terms.principal;
        for (const { principal, interest, total, balance: after } of instalments) {
          expect(principal >= 0n && interest >= 0n && after >= 0n).toBe(true);
          expect(total).toBe(principal + interest);
          balance -= principal;
          expect(after).toBe(balance);
        }
        expect(balance).toBe(0n);
        expect(sumFen(instalments.map(({ principal }) => principal))).toBe(terms.principal);
      }),
      { numRuns: 150 },
    );
  });

  it('moves money, never interest, when a due date moves', () => {
    fc.assert(
      fc.property(anyLoan, (terms) => {
        const still = schedule({ ...terms, workingDays: 'none' });
        schedule({ ...terms, workingDays: 'following' }).forEach((moved, index) => {
          const { dueDate, provisional, ...rest } = moved;
          const { dueDate: nominal, provisional: _, ...same } = still[index]!;
          expect(rest).toEqual(same);
          expect(daysBetween(nominal, dueDate) >= 0).toBe(true);
          expect(provisional || publishedCalendar.isWorkingDay(dueDate)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('says which due dates are provisional', () => {
    const instalments = schedule(aLoan({ workingDays: 'following', term: { months: 3 }, valueDate: businessDate('2026-10-01') }));
    expect(instalments.map(({ nominalDate, dueDate, provisional }) => [nominalDate, dueDate, provisional])).toEqual([
      ['2026-11-01', '2026-11-02', false],
      ['2026-12-01', '2026-12-01', false],
      ['2027-01-01', '2027-01-01', true],
    ]);
  });

  it('pitfall 24: a due day on a holiday is neither collected early nor counted twice', () => {
    const instalments = schedule(
      aLoan({
        workingDays: 'following',
        dayCount: 'ACT/365',
        term: { months: 3 },
        valueDate: businessDate('2026-08-01'),
        method: 'interest_first',
        principal: fen(36_500_000),
      }),
    );
    expect(instalments.map(({ dueDate }) => dueDate)).toEqual(['2026-09-01', '2026-10-08', '2026-11-02']);
    expect(instalments.map(({ interest }) => interest)).toEqual([217_000n, 210_000n, 217_000n]);
  });

  it('keeps the day of the value date over month ends', () => {
    const { valueDate, ...terms } = aLoan({ valueDate: businessDate('2025-01-31') });
    const dates = schedule({ ...terms, valueDate }).map(({ nominalDate }) => nominalDate);
    expect(dates).toEqual(Array.from({ length: 12 }, (_, index) => addMonths(valueDate, index + 1)));
    expect(dates.slice(0, 3)).toEqual(['2025-02-28', '2025-03-31', '2025-04-30']);
  });
});

describe('the four methods', () => {
  const figures = (terms: Parameters<typeof aLoan>[0]): string[] =>
    schedule(aLoan({ principal: fen(1_000_000), term: { months: 3 }, ...terms })).map(
      ({ principal, interest, total, balance }) => `${principal}+${interest}=${total}, ${balance}`,
    );

  it('equal instalments', () => {
    expect(figures({})).toEqual(['331397+5833=337230, 668603', '333330+3900=337230, 335273', '335273+1956=337229, 0']);
  });

  it('equal principal', () => {
    expect(figures({ method: 'equal_principal' })).toEqual([
      '333333+5833=339166, 666667',
      '333333+3889=337222, 333334',
      '333334+1944=335278, 0',
    ]);
  });

  it('interest first', () => {
    expect(figures({ method: 'interest_first' })).toEqual(['0+5833=5833, 1000000', '0+5833=5833, 1000000', '1000000+5833=1005833, 0']);
  });

  it('bullet', () => {
    expect(figures({ method: 'bullet' })).toEqual(['1000000+17500=1017500, 0']);
  });

  it('a term of days is one period, whatever the method', () => {
    for (const method of ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'] as const) {
      expect(figures({ method, term: { days: 33 }, dayCount: 'ACT/365' })).toEqual(['1000000+6329=1006329, 0']);
    }
  });

  it('without interest, equal parts', () => {
    expect(figures({ annualRatePpm: 0 })).toEqual(['333333+0=333333, 666667', '333333+0=333333, 333334', '333334+0=333334, 0']);
  });

  it('pitfall 17: rounding up closes the balance early at most with zeros, the number of periods stays', () => {
    const instalments = schedule(aLoan({ principal: fen(180), term: { months: 360 } }));
    expect(instalments).toHaveLength(360);
    expect(instalments.every(({ principal }) => principal >= 0n)).toBe(true);
    expect(sumFen(instalments.map(({ principal }) => principal))).toBe(180n);
  });
});

describe('terms', () => {
  it.each([
    [{ principal: fen(0) }, 'PRINCIPAL_INVALID'],
    [{ principal: fen(100_000_000_000_001n) }, 'PRINCIPAL_INVALID'],
    [{ annualRatePpm: -1 }, 'RATE_INVALID'],
    [{ annualRatePpm: 1.5 }, 'RATE_INVALID'],
    [{ annualRatePpm: 1_000_001 }, 'RATE_INVALID'],
    [{ term: { months: 0 } }, 'TERM_INVALID'],
    [{ term: { months: 361 } }, 'TERM_INVALID'],
    [{ term: { days: 0 } }, 'TERM_INVALID'],
    [{ term: { days: 10_951 } }, 'TERM_INVALID'],
  ])('%p is refused: %s', (wrong, code) => {
    expect(() => checkTerms(aLoan(wrong))).toThrow(expect.objectContaining({ code }));
  });

  it('knows whole numbers', () => {
    expect([isWholeWithin(1, 1, 1), isWholeWithin(2, 1, 1), isWholeWithin('1', 1, 1), isWholeWithin(1.5, 1, 2)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
