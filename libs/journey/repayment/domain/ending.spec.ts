import fc from 'fast-check';
import { quote } from '#kernel/interest';
import { addFen, fen, subtractFen } from '#kernel/money';
import { addDays, businessDate, daysBetween, publishedCalendar } from '#kernel/time';
import { endToday } from './ending';
import type { EndingTerms, PlannedInstalment } from './ending';

const valueDate = businessDate('2024-01-02');
const terms: EndingTerms = {
  net: fen(985_000n),
  premium: fen(10_000n),
  fee: fen(5_000n),
  capPpm: 240_000,
  annualRatePpm: 73_000,
  dayCount: '30/360',
  valueDate,
  earlyFromDay: 1,
  premiumReturn: 'by_days',
  feeReturn: 'by_days',
};
const planned = (nominalDate: string, more: Partial<PlannedInstalment> = {}): PlannedInstalment => ({
  state: 'scheduled',
  nominalDate: businessDate(nominalDate),
  dueDate: businessDate(nominalDate),
  principal: fen(500_000n),
  interest: fen(6_000n),
  ...more,
});

describe('a loan that ends today', () => {
  const two = [planned('2024-02-02'), planned('2024-03-02', { interest: fen(3_000n) })];
  const end = (instalments: readonly PlannedInstalment[], today: string) => endToday(terms, instalments, businessDate(today));

  it('owes the principal of everything that had not fallen due, and the interest of the days until today', () => {
    expect(end(two, '2024-01-12')).toMatchObject({ superseded: two, principal: 1_000_000n, interest: 2_000n });
    expect(end(two, '2024-01-02')).toMatchObject({ principal: 1_000_000n, interest: 0n });
  });

  it('leaves alone what has fallen due or is under way', () => {
    expect(end(two, '2024-02-02')).toMatchObject({ superseded: [two[1]], principal: 500_000n, interest: 0n });
    const paid = [planned('2024-02-02', { state: 'paid' }), two[1]!];
    expect(end(paid, '2024-02-12')).toMatchObject({ superseded: [two[1]], principal: 500_000n, interest: 1_000n });
    expect(end(two, '2024-03-02')).toMatchObject({ superseded: [], principal: 0n, interest: 0n });
  });

  it('owes a period that is over whole, also where its due date was moved behind today', () => {
    const moved = [planned('2024-02-02', { dueDate: businessDate('2024-02-09') }), two[1]!];
    expect(end(moved, '2024-02-07')).toMatchObject({ superseded: moved, principal: 1_000_000n, interest: 6_000n + 500n });
  });

  it('owes nothing more until the nominal date of an instalment that fell due before it', () => {
    const moved = [planned('2024-02-02', { dueDate: businessDate('2024-01-31') }), two[1]!];
    expect(end(moved, '2024-02-01')).toMatchObject({ superseded: [two[1]], principal: 500_000n, interest: 0n });
  });

  it('never owes more for a broken period than for the whole one', () => {
    const cheap = [planned('2024-02-02', { interest: fen(5n) }), two[1]!];
    expect(end(cheap, '2024-02-01').interest).toBe(5n);
  });
});

describe('what comes back of premium and fee', () => {
  const term = [planned('2024-02-02'), planned('2024-04-02')];
  const back = (more: Partial<EndingTerms>, today: string) => {
    const { premiumBack, feeBack } = endToday({ ...terms, capPpm: 36_000_000, ...more }, term, businessDate(today));
    return { premiumBack, feeBack };
  };

  it('is the part of the days that are left, or nothing, as the product says', () => {
    expect(back({}, '2024-01-12')).toEqual({ premiumBack: 8_901n, feeBack: 4_451n });
    expect(back({ premiumReturn: 'none' }, '2024-01-12')).toEqual({ premiumBack: 0n, feeBack: 4_451n });
    expect(back({}, '2024-04-02')).toEqual({ premiumBack: 0n, feeBack: 0n });
  });

  it('is by days before the borrower could have ended the loan himself, whatever the product says', () => {
    const keeping = { premiumReturn: 'none', feeReturn: 'none' } as const;
    expect(back({ ...keeping, earlyFromDay: 30 }, '2024-01-12')).toEqual({ premiumBack: 8_901n, feeBack: 4_451n });
    expect(back({ ...keeping, earlyFromDay: 10 }, '2024-01-12')).toEqual({ premiumBack: 0n, feeBack: 0n });
  });

  it('lets less interest be owed where the whole would cost more than the cap', () => {
    const capped = endToday({ ...terms, capPpm: 80_000 }, term, businessDate('2024-01-12'));
    const allowed = Math.floor(985_000 * (1 + 0.08 / 365) ** 10);
    expect(capped.principal + capped.interest - capped.premiumBack - capped.feeBack).toBe(BigInt(allowed));
    expect(endToday({ ...terms, capPpm: 1 }, term, businessDate('2024-01-12')).interest).toBe(0n);
  });
});

describe('an end whose premium and fee alone would cost more than the cap', () => {
  /** 10,000.00 for two months without interest: 23.98 % a year over the term, by days above 24 % on its first day. */
  const free = { net: fen(962_078n), premium: fen(23_851n), fee: fen(14_071n), annualRatePpm: 0, earlyFromDay: 2 };
  const bullet = [
    planned('2024-02-02', { principal: fen(0n), interest: fen(0n) }),
    planned('2024-03-02', { principal: fen(1_000_000n), interest: fen(0n) }),
  ];
  const end = (more: Partial<EndingTerms>) => endToday({ ...terms, ...free, ...more }, bullet, businessDate('2024-01-03'));
  const owes = ({ principal, interest, premiumBack, feeBack }: ReturnType<typeof end>) => principal + interest - premiumBack - feeBack;

  it('gives back more of the fee, down to the cap and no further', () => {
    expect(end({})).toMatchObject({ principal: 1_000_000n, interest: 0n, premiumBack: 23_453n });
    expect(owes(end({}))).toBe(BigInt(Math.floor(962_078 * (1 + 0.24 / 365))));
  });

  it('gives back more of the premium where the fee is not enough', () => {
    const strict = end({ capPpm: 50_000 });
    expect(strict.feeBack).toBe(14_071n);
    expect(owes(strict)).toBe(BigInt(Math.floor(962_078 * (1 + 0.05 / 365))));
    expect(end({ capPpm: 0 })).toMatchObject({ premiumBack: 23_851n, feeBack: 14_071n });
  });

  it('gives back no more than the days that are left where everything has fallen due', () => {
    const moved = bullet.map((each) => ({ ...each, dueDate: businessDate('2024-02-29') }));
    const due = (capPpm: number) => endToday({ ...terms, ...free, capPpm }, moved, businessDate('2024-02-29'));
    expect(due(0)).toEqual(due(240_000));
    expect(due(0)).toMatchObject({ superseded: [], principal: 0n, interest: 0n, premiumBack: 795n, feeBack: 469n });
  });

  it('gives nothing back where nothing ends', () => {
    expect(endToday({ ...terms, ...free, capPpm: 0 }, bullet, businessDate('2024-03-02'))).toMatchObject({ premiumBack: 0n, feeBack: 0n });
  });
});

describe('an end on any day of any product that the cost gate lets pass', () => {
  const product = fc.record({
    principal: fc.bigInt(1_000_000n, 100_000_000n).map(fen),
    annualRatePpm: fc.integer({ min: 0, max: 200_000 }),
    months: fc.integer({ min: 2, max: 24 }),
    method: fc.constantFrom('equal_instalments', 'equal_principal', 'interest_first', 'bullet'),
    dayCount: fc.constantFrom('30/360', 'ACT/365', 'ACT/360'),
    premiumPpm: fc.integer({ min: 0, max: 40_000 }),
    feePpm: fc.integer({ min: 0, max: 20_000 }),
    premiumReturn: fc.constantFrom('by_days', 'none'),
    feeReturn: fc.constantFrom('by_days', 'none'),
    earlyFromDay: fc.integer({ min: 1, max: 400 }),
    day: fc.integer({ min: 1, max: 40 }),
  } as const);

  it('costs the borrower who paid nothing yet no more than the cap, and gives the investors all their principal', () => {
    let weighed = 0;
    fc.assert(
      fc.property(product, ({ months, day, premiumPpm, feePpm, ...given }) => {
        const { premium, serviceFee, instalments, cap } = quote({
          ...given,
          term: { months },
          valueDate,
          workingDays: 'none',
          calendar: publishedCalendar,
          premiumPpm,
          serviceFeePpm: feePpm,
          graceDays: 3,
          penaltyPpmPerDay: 0,
          capPpm: 240_000,
        });
        const net = subtractFen(given.principal, addFen(premium, serviceFee));
        const today = addDays(valueDate, day);
        fc.pre(cap.within && today < instalments[0]!.nominalDate);
        weighed += 1;
        const ending: EndingTerms = { ...given, net, premium, fee: serviceFee, capPpm: 240_000, valueDate };
        const end = endToday(
          ending,
          instalments.map((each) => ({ ...each, state: 'scheduled' })),
          today,
        );
        expect(end.principal).toBe(given.principal);
        const owes = subtractFen(addFen(end.principal, end.interest), addFen(end.premiumBack, end.feeBack));
        // The cost as the gate counts it: the daily rate of this one payment, times 365.
        const days = BigInt(daysBetween(valueDate, today));
        expect(owes * 365_000_000n ** days <= net * 365_240_000n ** days).toBe(true);
      }),
      { numRuns: 400 },
    );
    expect(weighed).toBeGreaterThan(50);
  });
});
