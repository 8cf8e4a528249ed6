import { Bug } from '#kernel/faults';
import type { Fen } from '#kernel/money';
import { type BusinessDate, daysBetween } from '#kernel/time';
import { Discount, type Flow, type UnitRate } from './present-value';
import type { Instalment } from './schedule';
import { type LoanTerms, periodsOf } from './terms';

const MILLION = 1_000_000n;

/**
 * The largest figure for a rate, a billion times a year: the yearly effective rate of a loan over a few days has no bound, a figure
 * has. What is dearer is shown as this.
 */
export const MAX_SHOWN_PPM = 1_000_000_000_000_000;

/** How many units of time a year has: `num ÷ den`. A bullet over 36 months has one third of a period a year. */
export interface UnitsPerYear {
  readonly num: bigint;
  readonly den: bigint;
}

/** A nominal year of the gate. */
export const DAYS_PER_YEAR: UnitsPerYear = { num: 365n, den: 1n };

/** Periods a year of a loan: 12 for monthly instalments, 12 ÷ n for a bullet over n months, 365 ÷ n for a term of n days. */
export function periodsPerYear(terms: Pick<LoanTerms, 'method' | 'term'>): UnitsPerYear {
  if ('days' in terms.term) return { num: 365n, den: BigInt(terms.term.days) };
  return { num: 12n, den: BigInt(terms.term.months / periodsOf(terms)) };
}

/**
 * The yearly cost by the actuarial method: internal rate of return per period × periods a year, in millionths, rounded half up.
 * @param net what the borrower received
 */
export function aprPpm(net: Fen, instalments: readonly Instalment[], units: UnitsPerYear): number {
  return nominalPpm(flowsByPeriod(instalments), net, units);
}

/**
 * The yearly effective rate by days (XIRR, 365 days a year), on the dates on which money moves; in millionths, rounded half up, at most
 * `MAX_SHOWN_PPM`.
 */
export function xirrPpm(net: Fen, valueDate: BusinessDate, instalments: readonly Instalment[]): number {
  const flows = flowsByDay(valueDate, instalments);
  const yearly = Math.expm1(logReturn(flows, net) * 365);
  return checkedPpm(yearly, (halfPpm) => Discount.dailyOfYearly({ num: halfPpm, den: 2n * MILLION }).sign(flows, net));
}

/** Internal rate of return per unit × units a year, in millionths, rounded half up. */
export function nominalPpm(flows: readonly Flow[], net: Fen, units: UnitsPerYear): number {
  const yearly = (Math.expm1(logReturn(flows, net)) * Number(units.num)) / Number(units.den);
  return checkedPpm(yearly, (halfPpm) => Discount.at(unitRate(halfPpm, units)).sign(flows, net));
}

/** The rate per unit that belongs to a yearly rate given in half millionths. */
export function unitRate(yearlyHalfPpm: bigint, units: UnitsPerYear): UnitRate {
  return { num: yearlyHalfPpm * units.den, den: 2n * MILLION * units.num };
}

/** The instalments in periods after the value date. */
export function flowsByPeriod(instalments: readonly Instalment[]): Flow[] {
  return instalments.map(({ no, total }) => ({ at: no, amount: total }));
}

/** The instalments in days after the value date, on the dates on which money moves. */
export function flowsByDay(valueDate: BusinessDate, instalments: readonly Instalment[]): Flow[] {
  return instalments.map(({ dueDate, total }) => ({ at: daysBetween(valueDate, dueDate), amount: total }));
}

/**
 * The continuous rate of return per unit of time, as a double: the δ ≥ 0 with Σ amount × e^(−δ × at) = net. Newton's method on the
 * logarithm of the sum, which is convex and falling: from the left every step stays on the left, so it cannot overshoot.
 * @throws Bug when less is paid than was received: such a loan has no cost
 */
export function logReturn(flows: readonly Flow[], net: Fen): number {
  const received = Number(net);
  const times = Float64Array.from(flows, ({ at }) => at);
  const amounts = Float64Array.from(flows, ({ amount }) => Number(amount));
  let delta = 0;
  for (let round = 0; round < 200; round += 1) {
    let excess = -received;
    let slope = 0;
    for (let i = 0; i < times.length; i += 1) {
      const value = amounts[i]! * Math.exp(-delta * times[i]!);
      excess += value;
      slope += value * times[i]!;
    }
    if (round === 0 && excess < 0) throw new Bug('a borrower who pays back less than he received');
    const step = (Math.log1p(excess / received) * (excess + received)) / slope;
    if (!(step > delta * 1e-15)) return delta;
    delta += step;
  }
  return delta;
}

/**
 * Rounds a solved rate to millionths and proves the last digit: the figure is the largest for which the true rate is at least half a
 * millionth below it, by the sign of the present value. The double only says where to look first.
 */
function checkedPpm(yearly: number, signAt: (halfPpm: bigint) => -1 | 0 | 1): number {
  const reaches = (ppm: number): boolean => ppm <= 0 || signAt(2n * BigInt(ppm) - 1n) >= 0;
  let low = Math.min(Math.round(yearly * 1e6), MAX_SHOWN_PPM);
  let high = low + 1;
  for (let step = 1; low > 0 && !reaches(low); step *= 2) [low, high] = [Math.max(low - step, 0), low];
  for (let step = 1; high <= MAX_SHOWN_PPM && reaches(high); step *= 2) [low, high] = [high, high + step];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (reaches(middle)) low = middle;
    else high = middle;
  }
  return Math.min(low, MAX_SHOWN_PPM);
}
