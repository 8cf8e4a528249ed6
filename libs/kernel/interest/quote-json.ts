import { Refusal } from '#kernel/faults';
import { fen, fenToJson } from '#kernel/money';
import { businessDate, type Calendar, type DayCount, type WorkingDays } from '#kernel/time';
import type { ReturnRule } from './accrual';
import type { WorstCase } from './cost-gate';
import { interestRefusals } from './interest.refusals';
import { type Quote, type QuoteTerms } from './quote';
import { isWholeWithin, MAX_ANNUAL_RATE_PPM, MAX_DAYS, MAX_MONTHS, MAX_PRINCIPAL, type Method, type Term } from './terms';

/** A quote as JSON asks for it, checked: what the caller called it, and the terms. */
export interface QuoteRequest {
  readonly id: string | number;
  readonly terms: QuoteTerms;
}

/** A quote as JSON answers it: whole fen, millionths, dates. */
export interface QuoteAnswer {
  readonly id: string | number;
  readonly instalments: readonly {
    readonly no: number;
    readonly dueDate: string;
    readonly principalFen: number;
    readonly interestFen: number;
    readonly totalFen: number;
    readonly balanceFen: number;
  }[];
  readonly totals: { readonly principalFen: number; readonly interestFen: number; readonly totalFen: number };
  readonly netDisbursementFen: number;
  readonly aprPpm: number;
  readonly xirrPpm: number;
  readonly cap: { readonly within: boolean; readonly worst: WorstCase };
}

const METHODS: readonly Method[] = ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'];
const DAY_COUNTS: readonly DayCount[] = ['30/360', 'ACT/365', 'ACT/360'];
const WORKING_DAYS: readonly WorkingDays[] = ['none', 'following', 'modified_following'];
const RETURN_RULES: readonly ReturnRule[] = ['by_days', 'none'];
const MILLION = 1_000_000;
const MAX_CAP_PPM = 1_000_000_000;
const MAX_PENALTY_PPM_PER_DAY = 100_000;
const MAX_GRACE_DAYS = 60;

const REQUIRED = [
  'id',
  'principalFen',
  'annualRatePpm',
  'method',
  'term',
  'valueDate',
  'dayCount',
  'workingDays',
  'premiumPpm',
  'serviceFeePpm',
  'capPpm',
] as const;
const OPTIONAL = ['premiumReturn', 'feeReturn', 'earlyFromDay', 'graceDays', 'penaltyPpmPerDay'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one request. The first fault in this order is named: shape, id, unknown fields, missing fields, then field by field as the
 * request lists them.
 * @param value what JSON.parse made of it
 * @throws Refusal REQUEST_NOT_AN_OBJECT, ID_INVALID, FIELD_UNKNOWN, FIELD_MISSING, PRINCIPAL_INVALID, RATE_INVALID, TERM_INVALID,
 *   DATE_INVALID, CHOICE_UNKNOWN, DAYS_INVALID
 */
export function readQuoteRequest(value: unknown, calendar: Calendar): QuoteRequest {
  if (!isRecord(value)) throw new Refusal(interestRefusals.REQUEST_NOT_AN_OBJECT);
  if (value['id'] !== undefined && !isId(value['id'])) throw new Refusal(interestRefusals.ID_INVALID, { field: 'id' });
  const known = new Set<string>([...REQUIRED, ...OPTIONAL]);
  for (const field of Object.keys(value)) {
    if (!known.has(field)) throw new Refusal(interestRefusals.FIELD_UNKNOWN, { field: field.slice(0, 60) });
  }
  for (const field of REQUIRED) if (value[field] === undefined) throw new Refusal(interestRefusals.FIELD_MISSING, { field });
  return { id: value['id'] as string | number, terms: readTerms(value, calendar) };
}

/** The answer to a request. */
export function quoteAnswer(id: string | number, { instalments, totals, netDisbursement, aprPpm, xirrPpm, cap }: Quote): QuoteAnswer {
  return {
    id,
    instalments: instalments.map(({ no, dueDate, principal, interest, total, balance }) => ({
      no,
      dueDate,
      principalFen: fenToJson(principal),
      interestFen: fenToJson(interest),
      totalFen: fenToJson(total),
      balanceFen: fenToJson(balance),
    })),
    totals: {
      principalFen: fenToJson(totals.principal),
      interestFen: fenToJson(totals.interest),
      totalFen: fenToJson(totals.total),
    },
    netDisbursementFen: fenToJson(netDisbursement),
    aprPpm,
    xirrPpm,
    cap,
  };
}

/** Whether a value can name a request: text of 1 to 200 characters, or a whole number. */
export function isId(value: unknown): value is string | number {
  return typeof value === 'string' ? value.length >= 1 && value.length <= 200 : Number.isSafeInteger(value);
}

function readTerms(request: Fields, calendar: Calendar): QuoteTerms {
  return {
    principal: fen(whole(request, 'principalFen', 1, Number(MAX_PRINCIPAL), interestRefusals.PRINCIPAL_INVALID)),
    annualRatePpm: whole(request, 'annualRatePpm', 0, MAX_ANNUAL_RATE_PPM, interestRefusals.RATE_INVALID),
    method: choice(request, 'method', METHODS),
    term: readTerm(request['term']),
    valueDate: businessDate(request['valueDate'] as string),
    dayCount: choice(request, 'dayCount', DAY_COUNTS),
    workingDays: choice(request, 'workingDays', WORKING_DAYS),
    calendar,
    premiumPpm: whole(request, 'premiumPpm', 0, MILLION, interestRefusals.RATE_INVALID),
    serviceFeePpm: whole(request, 'serviceFeePpm', 0, MILLION, interestRefusals.RATE_INVALID),
    capPpm: whole(request, 'capPpm', 0, MAX_CAP_PPM, interestRefusals.RATE_INVALID),
    premiumReturn: choice(request, 'premiumReturn', RETURN_RULES, 'by_days'),
    feeReturn: choice(request, 'feeReturn', RETURN_RULES, 'by_days'),
    earlyFromDay: whole(request, 'earlyFromDay', 1, MAX_DAYS + MAX_MONTHS, interestRefusals.DAYS_INVALID, 1),
    graceDays: whole(request, 'graceDays', 0, MAX_GRACE_DAYS, interestRefusals.DAYS_INVALID, 3),
    penaltyPpmPerDay: whole(request, 'penaltyPpmPerDay', 0, MAX_PENALTY_PPM_PER_DAY, interestRefusals.RATE_INVALID, 0),
  };
}

function readTerm(value: unknown): Term {
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { months, days } = value;
    if (isWholeWithin(months, 1, MAX_MONTHS)) return { months };
    if (isWholeWithin(days, 1, MAX_DAYS)) return { days };
  }
  throw new Refusal(interestRefusals.TERM_INVALID, { field: 'term' });
}

function whole(request: Fields, field: string, least: number, most: number, code: string, otherwise?: number): number {
  const value = request[field] === undefined ? otherwise : request[field];
  if (!isWholeWithin(value, least, most)) throw new Refusal(code, { field });
  return value;
}

function choice<T extends string>(request: Fields, field: string, allowed: readonly T[], otherwise?: T): T {
  const value = request[field] === undefined ? otherwise : request[field];
  const found = allowed.find((option) => option === value);
  if (found === undefined) throw new Refusal(interestRefusals.CHOICE_UNKNOWN, { field, allowed: allowed.join(' ') });
  return found;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
