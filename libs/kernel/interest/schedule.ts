import { type Fen, minFen, mulDiv, subtractFen, ZERO } from '#kernel/money';
import { addDays, addMonths, type BusinessDate, dayCountFraction, type MovedDate, type YearFraction } from '#kernel/time';
import { equalInstalment, interestOn, type PeriodRate } from './annuity';
import { checkTerms, type LoanTerms, periodsOf } from './terms';

/** What the borrower pays once. `balance` is the principal that is still owed after it. */
export interface Instalment {
  /** From 1. */
  readonly no: number;
  /** The day by the terms; interest runs from nominal day to nominal day. */
  readonly nominalDate: BusinessDate;
  /** The day on which the money moves, after the working-day rule. */
  readonly dueDate: BusinessDate;
  /** The table of a year that decides the due date is not loaded yet: the nominal day stands in. */
  readonly provisional: boolean;
  readonly principal: Fen;
  readonly interest: Fen;
  readonly total: Fen;
  readonly balance: Fen;
}

/**
 * The borrower's schedule, in exact rational arithmetic, each figure rounded once, half up.
 *
 * Interest of a period = balance × rate × part of the year from nominal date to nominal date. In `30/360` a month of a monthly term
 * is exactly 1/12 of a year, also at month ends. A moved due date moves money and never interest. The last principal is what is
 * left of the balance.
 *
 * @throws Refusal PRINCIPAL_INVALID, RATE_INVALID, TERM_INVALID; DATE_INVALID when the term runs past the year 9999
 */
export function schedule(terms: LoanTerms): Instalment[] {
  checkTerms(terms);
  const periods = periodsIn(terms);
  const wanted = principalRule(terms, periods);
  const instalments: Instalment[] = [];
  let balance = terms.principal;
  periods.forEach((period, index) => {
    const interest = interestOn(balance, period);
    const isLast = index === periods.length - 1;
    const principal = isLast ? balance : wanted(balance, interest);
    balance = subtractFen(balance, principal);
    const { date: dueDate, provisional } = period.due;
    const total = (principal + interest) as Fen;
    instalments.push({ no: index + 1, nominalDate: period.nominalDate, dueDate, provisional, principal, interest, total, balance });
  });
  return instalments;
}

interface Period extends PeriodRate {
  readonly nominalDate: BusinessDate;
  readonly due: MovedDate;
}

function periodsIn(terms: LoanTerms): Period[] {
  const count = periodsOf(terms);
  const periods: Period[] = [];
  let from = terms.valueDate;
  for (let no = 1; no <= count; no += 1) {
    const nominalDate = nominalDateOf(terms, no, count);
    const { num, den } = partOfYear(terms, from, nominalDate, count);
    const due = terms.calendar.moveToWorkingDay(nominalDate, terms.workingDays);
    periods.push({ nominalDate, due, num: BigInt(terms.annualRatePpm) * num, den: 1_000_000n * den });
    from = nominalDate;
  }
  return periods;
}

function nominalDateOf({ term, valueDate }: LoanTerms, no: number, count: number): BusinessDate {
  return 'days' in term ? addDays(valueDate, term.days) : addMonths(valueDate, count === 1 ? term.months : no);
}

function partOfYear({ term, dayCount }: LoanTerms, from: BusinessDate, to: BusinessDate, count: number): YearFraction {
  if ('months' in term && dayCount === '30/360') return { num: count === 1 ? BigInt(term.months) : 1n, den: 12n };
  return dayCountFraction(dayCount, from, to);
}

/** How much principal an instalment that is not the last one pays, never more than the balance and never less than nothing. */
function principalRule({ method, principal }: LoanTerms, periods: readonly Period[]): (balance: Fen, interest: Fen) => Fen {
  switch (method) {
    case 'equal_instalments': {
      const instalment = equalInstalment(principal, periods);
      return (balance, interest) => (instalment <= interest ? ZERO : minFen(subtractFen(instalment, interest), balance));
    }
    case 'equal_principal': {
      const part = mulDiv(principal, 1n, BigInt(periods.length), 'half_up');
      return (balance) => minFen(part, balance);
    }
    case 'interest_first':
    case 'bullet':
      return () => ZERO;
  }
}
