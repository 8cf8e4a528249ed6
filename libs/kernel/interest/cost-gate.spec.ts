import fc from 'fast-check';
import { type Fen, fen, sumFen } from '#kernel/money';
import { addDays, businessDate, daysBetween } from '#kernel/time';
import { brokenPeriodInterest, penalty, unearnedPart } from './accrual';
import { costGate, type CostGateInput } from './cost-gate';
import { EarlyEnds } from './early-ends';
import { LAST_LATE_DAY, LatePayments } from './late-payments';
import { Discount, type Flow } from './present-value';
import { quote, quoteWithoutGate, type QuoteTerms } from './quote';
import { DAYS_PER_YEAR, flowsByDay, flowsByPeriod, nominalPpm, periodsPerYear, unitRate } from './rates';
import { aLoan, anyLoan } from './testing/loans';

function inputOf(terms: QuoteTerms): CostGateInput {
  const { instalments, premium, serviceFee, aprPpm: onTimeAprPpm } = quoteWithoutGate(terms);
  return { ...terms, terms, instalments, premium, serviceFee, onTimeAprPpm };
}

/** Ending the loan on a day, written down as the rule says it, in whole fen and without any shortcut. */
function endedOn(day: number, { terms, instalments, ...input }: CostGateInput): Flow[] {
  const date = addDays(terms.valueDate, day);
  const termDays = daysBetween(terms.valueDate, instalments[instalments.length - 1]!.nominalDate);
  const paid = instalments.filter(({ dueDate }) => dueDate <= date);
  const over = instalments.filter(({ nominalDate }) => nominalDate <= date);
  const owed = sumFen(over.slice(paid.length).map(({ total }) => total));
  const current = instalments[over.length]!;
  const balance = over.length === 0 ? terms.principal : over[over.length - 1]!.balance;
  const begin = over.length === 0 ? terms.valueDate : over[over.length - 1]!.nominalDate;
  const interest = brokenPeriodInterest(balance, terms.annualRatePpm, terms.dayCount, begin, date, current.interest);
  const back =
    unearnedPart(input.premium, input.premiumReturn, day, termDays) + unearnedPart(input.serviceFee, input.feeReturn, day, termDays);
  const rest = paid.length > over.length ? paid[paid.length - 1]!.balance - back : owed + balance + interest - back;
  return [...flowsByDay(terms.valueDate, paid), { at: day, amount: fen(rest > 0n ? rest : 0n) }];
}

/** Every instalment paid by its own number of days late. */
function paidLate(days: readonly number[], { terms, instalments, graceDays, penaltyPpmPerDay }: CostGateInput): Flow[] {
  return flowsByDay(terms.valueDate, instalments)
    .map(({ at, amount }, index) => ({
      at: at + days[index]!,
      amount: fen(amount + penalty(instalments[index]!.principal, penaltyPpmPerDay, days[index]!, graceDays)),
    }))
    .sort((a, b) => a.at - b.at);
}

function earlyDays({ terms, instalments, earlyFromDay }: CostGateInput): number[] {
  const termDays = daysBetween(terms.valueDate, instalments[instalments.length - 1]!.nominalDate);
  return Array.from({ length: Math.max(termDays - earlyFromDay, 0) }, (_, index) => earlyFromDay + index);
}

function netOf({ terms, premium, serviceFee }: CostGateInput): Fen {
  return fen(terms.principal - premium - serviceFee);
}

const small = anyLoan.map((terms) => ('months' in terms.term && terms.term.months > 14 ? { ...terms, term: { months: 14 } } : terms));

describe('the cost gate', () => {
  it('agrees with weighing every early day by itself', () => {
    fc.assert(
      fc.property(small, (terms) => {
        fc.pre(terms.penaltyPpmPerDay === 0);
        const input = inputOf(terms);
        const net = netOf(input);
        const cases = earlyDays(input).map((day) => endedOn(day, input));
        const { within, worst } = costGate(input);
        const daily = Discount.at(unitRate(2n * BigInt(terms.capPpm), DAYS_PER_YEAR));
        const onTime = Discount.at(unitRate(2n * BigInt(terms.capPpm), periodsPerYear(terms)));
        const isDear = onTime.sign(flowsByPeriod(input.instalments), net) > 0 || cases.some((flows) => daily.sign(flows, net) > 0);
        expect(within).toBe(!isDear);
        expect(worst.aprPpm <= terms.capPpm).toBe(within);
        const dearest = Math.max(input.onTimeAprPpm, ...cases.map((flows) => nominalPpm(flows, net, DAYS_PER_YEAR)));
        expect(Math.abs(worst.aprPpm - dearest)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('weighs every pattern of lateness: none that chance finds is dearer', () => {
    const late = small.filter(({ penaltyPpmPerDay }) => penaltyPpmPerDay > 0);
    const days = fc.array(fc.oneof(fc.constantFrom(0, LAST_LATE_DAY), fc.nat({ max: LAST_LATE_DAY })), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(late, fc.array(days, { minLength: 1, maxLength: 10 }), (terms, patterns) => {
        const input = inputOf(terms);
        const net = netOf(input);
        const { worst, within } = costGate(input);
        const daily = Discount.at(unitRate(2n * BigInt(terms.capPpm), DAYS_PER_YEAR));
        // On time is measured by periods; by days it can look dearer (a short February), and lateness without penalty with it.
        const punctual = flowsByDay(terms.valueDate, input.instalments);
        const highest = Math.max(worst.aprPpm, nominalPpm(punctual, net, DAYS_PER_YEAR)) + 1;
        const isWithin = within && daily.sign(punctual, net) <= 0;
        for (const pattern of [...patterns, new Array<number>(14).fill(LAST_LATE_DAY)]) {
          const flows = paidLate(pattern, input);
          expect(nominalPpm(flows, net, DAYS_PER_YEAR)).toBeLessThanOrEqual(highest);
          if (isWithin) expect(daily.sign(flows, net)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds the day of the worst case: day 1 when nothing of the premium comes back', () => {
    const terms = aLoan({ premiumPpm: 5_000, premiumReturn: 'none' });
    const { within, worst } = quote(terms).cap;
    expect(within).toBe(false);
    expect(worst.kind).toBe('early');
    expect(worst.date).toBe('2026-11-23');
    expect(Math.round(worst.aprPpm / 10_000)).toBe(190);
  });

  it.each(['30/360', 'ACT/365'] as const)('the same loan on day 1 costs 7.54 %% when premium comes back by days (%s)', (dayCount) => {
    const input = inputOf(aLoan({ premiumPpm: 5_000, dayCount }));
    const dayOne = endedOn(1, input);
    expect(Math.round(nominalPpm(dayOne, netOf(input), DAYS_PER_YEAR) / 100)).toBe(754);
    const early = new EarlyEnds(input);
    const flows = [...early.casesFrom(0, 0)].map((found) => found.flows());
    expect(flows[0]).toEqual(dayOne);
    expect(flows).toEqual(earlyDays(input).map((day) => endedOn(day, input)));
  });

  it('starts where the product starts', () => {
    const terms = aLoan({ premiumPpm: 5_000, premiumReturn: 'none', earlyFromDay: 181 });
    expect(quote(terms).cap.worst.date).toBe(addDays(terms.valueDate, 181));
    expect(quote({ ...terms, earlyFromDay: 400 }).cap.worst.kind).toBe('on_time');
  });

  it('prices a penalty: a loan within the cap on time is not when it is paid late', () => {
    const { within, worst } = quote(aLoan({ term: { months: 3 }, annualRatePpm: 200_000, penaltyPpmPerDay: 1_000 })).cap;
    expect(within).toBe(false);
    expect(worst.kind).toBe('late');
    expect(worst.date).toBe(addDays(businessDate('2027-02-22'), 60));
  });

  it('never calls being late dearer where there is no penalty, or grace covers all of it', () => {
    for (const free of [{ penaltyPpmPerDay: 0 }, { penaltyPpmPerDay: 2_000, graceDays: 60 }]) {
      expect(new LatePayments(inputOf(aLoan(free))).dearestAt(0.0001)).toBeUndefined();
    }
  });

  it('lets a loan pass whose cost is the cap exactly, and not one a hair above it', () => {
    const exact = aLoan({ term: { days: 365 }, dayCount: 'ACT/365', capPpm: 70_000, earlyFromDay: 365 });
    expect(quote(exact).cap).toEqual({ within: true, worst: { kind: 'on_time', date: '2027-11-22', aprPpm: 70_000 } });
    const hair = { ...exact, principal: fen(99_999_950) };
    const { within, worst } = quote(hair).cap;
    expect(quoteWithoutGate(hair).instalments[0]!.interest).toBe(6_999_997n);
    expect([within, worst.aprPpm]).toEqual([false, 70_001]);
  });

  it('pitfall 18: a premium of a few percent breaks the cap on a short loan, and the quote says so with the figure', () => {
    const gate = (months: number): unknown => quote(aLoan({ premiumPpm: 30_000, term: { months } })).cap;
    expect(gate(3)).toMatchObject({ within: false, worst: { kind: 'on_time', date: '2027-02-22' } });
    expect(gate(12)).toMatchObject({ within: true });
  });
});

it('a premium that takes everything leaves nothing to quote', () => {
  expect(() => quote(aLoan({ premiumPpm: 600_000, serviceFeePpm: 400_000 }))).toThrow(
    expect.objectContaining({ code: 'NOTHING_DISBURSED' }),
  );
});
