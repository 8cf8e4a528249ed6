import { type Fen, fen } from '#kernel/money';
import { DAYS_OF_YEAR, daysBetween } from '#kernel/time';
import { dayCountOfBrokenPeriod, type ReturnRule } from './accrual';
import type { CostGateInput } from './cost-gate';
import type { Flow } from './present-value';
import { flowsByDay } from './rates';
import type { Instalment } from './schedule';
import { roundedLine } from './whole-numbers';

/** One way through a loan: what its payments are worth at the rate that was asked about, and the payments. */
export interface DailyCase {
  /** Present value in fen, a double: good enough to choose by, never to decide by when it is close. */
  readonly value: number;
  readonly flows: () => Flow[];
}

/** A family of ways through one loan, priced by days from the value date. */
export interface DailyCases {
  /** The case with the highest present value at a continuous daily rate (the earliest of equals); none when the product allows none. */
  dearestAt(delta: number): DailyCase | undefined;
  /** Every case that is worth at least so much at that rate. */
  casesFrom(delta: number, threshold: number): Iterable<DailyCase>;
}

/**
 * The whole loan ended on one day, for every day on which the product allows it, before the nominal end. On that day the borrower
 * pays what is still owed of instalments whose period is over, the balance, and the interest of the broken period; what comes back
 * of premium and fee is netted against it, never below zero. Instalments due until then were paid on their due dates.
 */
export class EarlyEnds implements DailyCases {
  private readonly onTime: readonly Flow[];
  private readonly firstDay: number;
  /** Per day from `firstDay`: what ends the loan, and how many instalments were paid before. Whole fen, exact in a double. */
  private readonly payoffs: Float64Array;
  private readonly paidBefore: Uint16Array;

  constructor(input: CostGateInput) {
    const { terms, instalments, earlyFromDay } = input;
    const ends = instalments.map(({ nominalDate }) => daysBetween(terms.valueDate, nominalDate));
    const termDays = ends[ends.length - 1]!;
    this.onTime = flowsByDay(terms.valueDate, instalments);
    this.firstDay = earlyFromDay;
    this.payoffs = new Float64Array(Math.max(termDays - earlyFromDay, 0));
    this.paidBefore = new Uint16Array(this.payoffs.length);
    this.fill(input, ends, termDays);
  }

  dearestAt(delta: number): DailyCase | undefined {
    const values = this.valuesAt(delta);
    let best = -1;
    for (let i = 0; i < values.length; i += 1) if (best < 0 || values[i]! > values[best]!) best = i;
    return best < 0 ? undefined : { value: values[best]!, flows: () => this.flowsOf(best) };
  }

  *casesFrom(delta: number, threshold: number): Generator<DailyCase> {
    const values = this.valuesAt(delta);
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i]!;
      if (value >= threshold) yield { value, flows: () => this.flowsOf(i) };
    }
  }

  private fill({ terms, instalments, ...input }: CostGateInput, ends: readonly number[], termDays: number): void {
    const premiumBack = unearnedLine(input.premium, input.premiumReturn, termDays);
    const feeBack = unearnedLine(input.serviceFee, input.feeReturn, termDays);
    const yearInMillionths = 1_000_000n * DAYS_OF_YEAR[dayCountOfBrokenPeriod(terms.dayCount)];
    const paidUpTo = runningTotals(instalments);
    let paid = 0;
    instalments.forEach((instalment, over) => {
      const begin = over === 0 ? 0 : ends[over - 1]!;
      const end = ends[over]!;
      const balance = over === 0 ? terms.principal : instalments[over - 1]!.balance;
      const brokenInterest = roundedLine(balance * BigInt(terms.annualRatePpm), yearInMillionths, end - begin);
      const [before, after, wholeInterest] = [Number(balance), Number(instalment.balance), Number(instalment.interest)];
      for (let day = Math.max(begin, this.firstDay); day < end; day += 1) {
        while (paid < instalments.length && this.onTime[paid]!.at <= day) paid += 1;
        // An instalment due before its nominal date (moved back) was paid with its whole interest: nothing more runs until that date.
        const owed =
          paid > over ? after : paidUpTo[over]! - paidUpTo[paid]! + before + Math.min(brokenInterest(day - begin), wholeInterest);
        this.payoffs[day - this.firstDay] = Math.max(owed - premiumBack(termDays - day) - feeBack(termDays - day), 0);
        this.paidBefore[day - this.firstDay] = paid;
      }
    });
  }

  /** Present value of every case, day by day: the payments before it grow into a running sum. */
  private valuesAt(delta: number): Float64Array {
    const values = new Float64Array(this.payoffs.length);
    const daily = Math.exp(-delta);
    let discount = Math.exp(-delta * this.firstDay);
    let paid = 0;
    let before = 0;
    for (let i = 0; i < values.length; i += 1) {
      for (; paid < this.paidBefore[i]!; paid += 1) {
        const { at, amount } = this.onTime[paid]!;
        before += Number(amount) * Math.exp(-delta * at);
      }
      values[i] = before + this.payoffs[i]! * discount;
      discount *= daily;
    }
    return values;
  }

  private flowsOf(index: number): Flow[] {
    return [...this.onTime.slice(0, this.paidBefore[index]), { at: this.firstDay + index, amount: fen(this.payoffs[index]!) }];
  }
}

/** What has been paid after so many instalments on time, in whole fen (below 2⁵³ by the limits of the terms). */
function runningTotals(instalments: readonly Instalment[]): Float64Array {
  const totals = new Float64Array(instalments.length + 1);
  instalments.forEach(({ total }, index) => (totals[index + 1] = totals[index]! + Number(total)));
  return totals;
}

/** What comes back of a payment, by the days that are unused: the same figure as `unearnedPart`. */
function unearnedLine(paid: Fen, rule: ReturnRule, termDays: number): (unusedDays: number) => number {
  return rule === 'none' ? () => 0 : roundedLine(paid, BigInt(termDays), termDays);
}
