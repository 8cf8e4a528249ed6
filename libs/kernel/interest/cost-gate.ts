import type { Fen } from '#kernel/money';
import { addDays, type BusinessDate } from '#kernel/time';
import type { ReturnRule } from './accrual';
import { type DailyCases, EarlyEnds } from './early-ends';
import { LatePayments } from './late-payments';
import { Discount, type Flow } from './present-value';
import { DAYS_PER_YEAR, flowsByPeriod, logReturn, nominalPpm, periodsPerYear, unitRate, type UnitsPerYear } from './rates';
import type { Instalment } from './schedule';
import type { LoanTerms } from './terms';

/** What the gate weighs. */
export interface CostGateInput {
  readonly terms: LoanTerms;
  readonly instalments: readonly Instalment[];
  /** The cost on time, as `aprPpm()` gives it. */
  readonly onTimeAprPpm: number;
  /** Taken at disbursement, and what an early end gives back of it. */
  readonly premium: Fen;
  readonly premiumReturn: ReturnRule;
  readonly serviceFee: Fen;
  readonly feeReturn: ReturnRule;
  /** The first day after the value date on which the product lets the borrower end the loan. */
  readonly earlyFromDay: number;
  readonly graceDays: number;
  readonly penaltyPpmPerDay: number;
  /** The highest yearly cost that the channel allows, in millionths. */
  readonly capPpm: number;
}

/** The dearest way through a loan: the day on which its last payment is made, and the yearly cost. */
export interface WorstCase {
  readonly kind: 'on_time' | 'early' | 'late';
  readonly date: BusinessDate;
  readonly aprPpm: number;
}

export interface CostGate {
  readonly within: boolean;
  readonly worst: WorstCase;
}

/** Doubles decide only where they are sure: relative to all that is paid, their error is below this by orders of magnitude. */
const SURE = 1e-10;

/**
 * The all-in cost gate: whether no way through the loan that the product allows costs the borrower more than the cap.
 *
 * Three kinds of ways are weighed. On time: internal rate per period × periods a year. Early: the whole loan ended on any day from
 * `earlyFromDay` to the day before the last, with broken-period interest and what premium and fee give back; daily internal rate
 * × 365. Late: every instalment up to 60 days late by itself, in the dearest pattern, with penalty after grace; daily × 365.
 *
 * `within` needs no root: cost ≤ cap is the sign of one present value at the cap. Doubles sort out what is clear, fixed point and
 * whole fractions decide the rest. Roots are solved for the figure that is shown, and that figure never contradicts the verdict.
 */
export function costGate(input: CostGateInput): CostGate {
  const net = (input.terms.principal - input.premium - input.serviceFee) as Fen;
  const early = new EarlyEnds(input);
  const late = new LatePayments(input);
  const within = isWithin(input, net, early, late);
  const worst = worstCase(input, net, early, late);
  if (within === worst.aprPpm <= input.capPpm) return { within, worst };
  // Less than half a millionth from the cap: rounding would tell the opposite story.
  return { within, worst: { ...worst, aprPpm: within ? input.capPpm : input.capPpm + 1 } };
}

function isWithin({ terms, instalments, capPpm }: CostGateInput, net: Fen, early: DailyCases, late: DailyCases): boolean {
  const onTime = Discount.at(rateOfCap(capPpm, periodsPerYear(terms)));
  if (onTime.sign(flowsByPeriod(instalments), net) > 0) return false;
  const daily = Discount.at(rateOfCap(capPpm, DAYS_PER_YEAR));
  const delta = Math.log1p(capPpm / 1e6 / 365);
  const margin = SURE * (Number(net) + instalments.reduce((paid, { total }) => paid + Number(total), 0));
  for (const cases of [early, late]) {
    for (const { value, flows } of cases.casesFrom(delta, Number(net) - margin)) {
      if (value > Number(net) + margin || daily.sign(flows(), net) > 0) return false;
    }
  }
  return true;
}

function worstCase(input: CostGateInput, net: Fen, early: DailyCases, late: DailyCases): WorstCase {
  const { terms, instalments } = input;
  const last = instalments[instalments.length - 1]!;
  let worst: WorstCase = { kind: 'on_time', date: last.dueDate, aprPpm: input.onTimeAprPpm };
  let delta = Math.log1p(worst.aprPpm / 1e6 / 365);
  const received = Number(net);
  for (const [kind, cases] of [
    ['early', early],
    ['late', late],
  ] as const) {
    let dearest: readonly Flow[] | undefined;
    // Each round moves to the exact rate of the case that is dearest at the last one, so the rate only rises and soon stands.
    for (let round = 0; round < 100; round += 1) {
      const found = cases.dearestAt(delta);
      if (found === undefined || found.value <= received * (1 + 1e-13)) break;
      const flows = found.flows();
      const higher = logReturn(flows, net);
      if (!(higher > delta * (1 + 1e-13))) break;
      delta = higher;
      dearest = flows;
    }
    if (dearest === undefined) continue;
    const date = addDays(terms.valueDate, dearest[dearest.length - 1]!.at);
    worst = { kind, date, aprPpm: nominalPpm(dearest, net, DAYS_PER_YEAR) };
  }
  return worst;
}

function rateOfCap(capPpm: number, units: UnitsPerYear): ReturnType<typeof unitRate> {
  return unitRate(2n * BigInt(capPpm), units);
}
