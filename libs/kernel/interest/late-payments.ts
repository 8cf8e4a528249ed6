import { fen } from '#kernel/money';
import type { CostGateInput } from './cost-gate';
import type { DailyCase, DailyCases } from './early-ends';
import type { Flow } from './present-value';
import { flowsByDay } from './rates';
import { roundedLine } from './whole-numbers';

/** The last day of lateness that the gate weighs: after it a case leaves the schedule for collection 催收. */
export const LAST_LATE_DAY = 60;

/**
 * Every pattern of lateness: each instalment is paid on its due date or up to 60 days after it, with penalty on its principal for
 * the days after grace (counted from the due date; a grace that a holiday prolongs only costs less). Instalments do not touch each
 * other, so the dearest pattern at a rate is the dearest day of each instalment. Without penalty, being late is never dearer.
 */
export class LatePayments implements DailyCases {
  private readonly onTime: readonly Flow[];
  private readonly graceDays: number;
  private readonly penalties: readonly ((daysAfterGrace: number) => number)[];

  constructor({ terms, instalments, graceDays, penaltyPpmPerDay }: CostGateInput) {
    this.onTime = flowsByDay(terms.valueDate, instalments);
    this.graceDays = graceDays;
    const rate = BigInt(penaltyPpmPerDay);
    this.penalties = rate === 0n ? [] : instalments.map(({ principal }) => roundedLine(principal * rate, 1_000_000n, LAST_LATE_DAY));
  }

  dearestAt(delta: number): DailyCase | undefined {
    const daysLate = this.penalties.map((_, index) => this.dearestDay(index, delta));
    if (!daysLate.some((days) => days > 0)) return undefined;
    const value = daysLate.reduce((sum, days, index) => sum + this.amountOf(index, days) * this.discountOf(index, days, delta), 0);
    return { value, flows: () => this.flowsOf(daysLate) };
  }

  *casesFrom(delta: number, threshold: number): Generator<DailyCase> {
    const dearest = this.dearestAt(delta);
    if (dearest !== undefined && dearest.value >= threshold) yield dearest;
  }

  /** The lateness of one instalment that is worth most at a rate: 0, or a day after grace. */
  private dearestDay(index: number, delta: number): number {
    let best = 0;
    let most = this.amountOf(index, 0);
    const daily = Math.exp(-delta);
    let discount = Math.exp(-delta * this.graceDays);
    for (let days = this.graceDays + 1; days <= LAST_LATE_DAY; days += 1) {
      discount *= daily;
      const value = this.amountOf(index, days) * discount;
      if (value > most) [best, most] = [days, value];
    }
    return best;
  }

  private amountOf(index: number, daysLate: number): number {
    return Number(this.onTime[index]!.amount) + this.penalties[index]!(Math.max(daysLate - this.graceDays, 0));
  }

  private discountOf(index: number, daysLate: number, delta: number): number {
    return Math.exp(-delta * (this.onTime[index]!.at + daysLate));
  }

  private flowsOf(daysLate: readonly number[]): Flow[] {
    const flows = daysLate.map((days, index) => ({ at: this.onTime[index]!.at + days, amount: fen(this.amountOf(index, days)) }));
    return flows.sort((a, b) => a.at - b.at);
  }
}
