import { Refusal } from '#kernel/faults';
import { type Fen, ppmOf, sumFen } from '#kernel/money';
import { type CostGate, costGate, type CostGateInput } from './cost-gate';
import { interestRefusals } from './interest.refusals';
import { aprPpm, periodsPerYear, xirrPpm } from './rates';
import { type Instalment, schedule } from './schedule';
import type { LoanTerms } from './terms';

/** A loan as a customer or a listing asks for it. Premium and fee are millionths of the principal, taken at disbursement. */
export interface QuoteTerms
  extends LoanTerms, Pick<CostGateInput, 'premiumReturn' | 'feeReturn' | 'earlyFromDay' | 'graceDays' | 'penaltyPpmPerDay' | 'capPpm'> {
  readonly premiumPpm: number;
  readonly serviceFeePpm: number;
}

/** Everything that the borrower must know before he signs. */
export interface Quote extends UngatedQuote {
  readonly cap: CostGate;
}

export interface UngatedQuote {
  readonly instalments: readonly Instalment[];
  readonly totals: { readonly principal: Fen; readonly interest: Fen; readonly total: Fen };
  readonly premium: Fen;
  readonly serviceFee: Fen;
  /** What reaches the borrower: principal − premium − service fee. */
  readonly netDisbursement: Fen;
  readonly aprPpm: number;
  readonly xirrPpm: number;
}

/**
 * Schedule, cost and gate of a loan. Premium and fee are rounded half up.
 * @throws Refusal PRINCIPAL_INVALID, RATE_INVALID, TERM_INVALID, DATE_INVALID, NOTHING_DISBURSED
 */
export function quote(terms: QuoteTerms): Quote {
  const ungated = quoteWithoutGate(terms);
  const { instalments, premium, serviceFee } = ungated;
  return { ...ungated, cap: costGate({ ...terms, terms, instalments, premium, serviceFee, onTimeAprPpm: ungated.aprPpm }) };
}

/** The same without weighing it against the cap. */
export function quoteWithoutGate(terms: QuoteTerms): UngatedQuote {
  const instalments = schedule(terms);
  const premium = ppmOf(terms.principal, terms.premiumPpm, 'half_up');
  const serviceFee = ppmOf(terms.principal, terms.serviceFeePpm, 'half_up');
  const netDisbursement = (terms.principal - premium - serviceFee) as Fen;
  if (netDisbursement <= 0n) throw new Refusal(interestRefusals.NOTHING_DISBURSED);
  const interest = sumFen(instalments.map((instalment) => instalment.interest));
  return {
    instalments,
    totals: { principal: terms.principal, interest, total: (terms.principal + interest) as Fen },
    premium,
    serviceFee,
    netDisbursement,
    aprPpm: aprPpm(netDisbursement, instalments, periodsPerYear(terms)),
    xirrPpm: xirrPpm(netDisbursement, terms.valueDate, instalments),
  };
}
