import { brokenPeriodInterest, unearnedPart } from '#kernel/interest';
import type { ReturnRule } from '#kernel/interest';
import { addFen, divideRounded, fen, maxFen, minFen, subtractFen, sumFen, ZERO } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { daysBetween } from '#kernel/time';
import type { BusinessDate, DayCount } from '#kernel/time';

/** The terms by which a loan ends before its last instalment. */
export interface EndingTerms {
  /** What reached the borrower. */
  readonly net: Fen;
  /** What premium and fee took of the principal. */
  readonly premium: Fen;
  readonly fee: Fen;
  /** The highest yearly cost that the channel allows. */
  readonly capPpm: number;
  readonly annualRatePpm: number;
  readonly dayCount: DayCount;
  readonly valueDate: BusinessDate;
  /** The first day, counted from the value date, on which the product lets the borrower end the loan himself. */
  readonly earlyFromDay: number;
  readonly premiumReturn: ReturnRule;
  readonly feeReturn: ReturnRule;
}

/** An instalment as the end finds it. */
export interface PlannedInstalment {
  readonly state: string;
  readonly nominalDate: BusinessDate;
  readonly dueDate: BusinessDate;
  readonly principal: Fen;
  readonly interest: Fen;
}

/** What takes the place of the instalments that had not fallen due. */
export interface EarlyEnd<Planned> {
  readonly superseded: readonly Planned[];
  /** The rest of the principal. */
  readonly principal: Fen;
  /** Of whole periods that are over and of the days of the one that is broken off. */
  readonly interest: Fen;
  /** What comes back of premium and fee, for the borrower. */
  readonly premiumBack: Fen;
  readonly feeBack: Fen;
}

/**
 * The schedule of a loan that ends today. What has fallen due, or is under way, stays as it is; what has not is superseded by its principal and the interest until
 * today: whole periods that are over, and of the broken one the actual days, at most its whole interest. An instalment whose due date was moved before its
 * nominal date and has passed was owed with its whole interest: nothing more runs until that date. Premium and fee come back by the product's rules. Interest by
 * which all of this would cost the borrower more than the cap is not owed; where that is not enough, more of the fee comes back, then more of the premium.
 * @param instalments of the loan, in their order
 */
export function endToday<Planned extends PlannedInstalment>(
  terms: EndingTerms,
  instalments: readonly Planned[],
  today: BusinessDate,
): EarlyEnd<Planned> {
  const superseded = instalments.filter(({ state, dueDate }) => state === 'scheduled' && dueDate > today);
  const staying = instalments.slice(0, instalments.length - superseded.length);
  const principal = sumFen(superseded.map((planned) => planned.principal));
  const back = unearnedToday(terms, instalments.at(-1)!.nominalDate, today);
  const owedWithoutInterest = subtractFen(principal, addFen(back.premiumBack, back.feeBack));
  const allowed = allowedToday(terms, staying, today);
  const withinCap = maxFen(subtractFen(allowed, owedWithoutInterest), ZERO);
  const interest = minFen(interestToday(terms, staying.at(-1), superseded, today), withinCap);
  // Where everything has fallen due, nothing is ended early: the cost gate has weighed what was owed.
  const aboveCap = superseded.length === 0 ? ZERO : maxFen(subtractFen(owedWithoutInterest, allowed), ZERO);
  return { superseded, principal, interest, ...withMoreBack(terms, back, aboveCap) };
}

/** What comes back of premium and fee. */
interface ComesBack {
  readonly premiumBack: Fen;
  readonly feeBack: Fen;
}

/**
 * What the days used of premium and fee cost above the cap also comes back: of the fee first, which the platform itself has set. A loan that ends on its first days
 * can cost more a year by the same daily share than over its whole term, because a yearly cost compounds, and because both parts are rounded.
 */
function withMoreBack({ premium, fee }: EndingTerms, { premiumBack, feeBack }: ComesBack, aboveCap: Fen): ComesBack {
  const ofFee = minFen(aboveCap, subtractFen(fee, feeBack));
  const ofPremium = minFen(subtractFen(aboveCap, ofFee), subtractFen(premium, premiumBack));
  return { premiumBack: addFen(premiumBack, ofPremium), feeBack: addFen(feeBack, ofFee) };
}

function interestToday(
  { annualRatePpm, dayCount, valueDate }: EndingTerms,
  before: PlannedInstalment | undefined,
  superseded: readonly PlannedInstalment[],
  today: BusinessDate,
): Fen {
  const over = superseded.filter(({ nominalDate }) => nominalDate <= today);
  const whole = sumFen(over.map((planned) => planned.interest));
  const rest = superseded.slice(over.length);
  const from = (over.at(-1) ?? before)?.nominalDate ?? valueDate;
  const [broken] = rest;
  if (broken === undefined || today <= from) return whole;
  const balance = sumFen(rest.map((planned) => planned.principal));
  return addFen(whole, brokenPeriodInterest(balance, annualRatePpm, dayCount, from, today, broken.interest));
}

/**
 * The unearned part of premium and fee, by the product's rules. Before the first day on which the borrower could have ended the loan himself, they come back by days
 * whatever the product says: the cost gate has weighed a rule that keeps all of it from that day on only.
 */
function unearnedToday(terms: EndingTerms, lastNominalDate: BusinessDate, today: BusinessDate): ComesBack {
  const daysUsed = daysBetween(terms.valueDate, today);
  const termDays = daysBetween(terms.valueDate, lastNominalDate);
  const rule = (ofProduct: ReturnRule): ReturnRule => (daysUsed < terms.earlyFromDay ? 'by_days' : ofProduct);
  return {
    premiumBack: unearnedPart(terms.premium, rule(terms.premiumReturn), daysUsed, termDays),
    feeBack: unearnedPart(terms.fee, rule(terms.feeReturn), daysUsed, termDays),
  };
}

/** Days of the year by which the cost gate turns a daily rate into a yearly one. */
const MILLIONTHS_OF_A_YEAR = 365_000_000n;

/**
 * The most that may end the loan today without costing more than the cap: what reached the borrower, grown by the cap's daily rate, less what fell due before, grown
 * likewise. Exact fractions, rounded down; the same measure as the cost gate's (daily internal rate × 365).
 */
function allowedToday({ net, capPpm, valueDate }: EndingTerms, staying: readonly PlannedInstalment[], today: BusinessDate): Fen {
  const daily = MILLIONTHS_OF_A_YEAR + BigInt(capPpm);
  const daysTo = (date: BusinessDate): bigint => BigInt(Math.max(daysBetween(date, today), 0));
  const days = daysTo(valueDate);
  const grown = (amount: bigint, since: BusinessDate): bigint =>
    amount * daily ** daysTo(since) * MILLIONTHS_OF_A_YEAR ** (days - daysTo(since));
  const paid = staying.reduce((sum, { principal, interest, dueDate }) => sum + grown(addFen(principal, interest), dueDate), 0n);
  return fen(divideRounded(grown(net, valueDate) - paid, MILLIONTHS_OF_A_YEAR ** days, 'floor'));
}
