import { Refusal } from '#kernel/faults';
import type { Method } from '#kernel/interest';
import { fen, parseYuan } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Listing } from './listing';
import { listingRefusals } from './listing.refusals';

/** A financing of the bank's own business: its terms as far as the bank gave them. */
export interface BankFinancing {
  readonly financingNo: string;
  readonly customerNo: string;
  readonly terms: {
    readonly kind: Listing['kind'];
    readonly amount: Fen;
    readonly term: { readonly months: number } | { readonly days: number };
    readonly purpose: string;
    /** Both or neither: where the bank names none, the operators do. */
    readonly price: { readonly annualRatePpm: number; readonly method: Method } | undefined;
  };
}

type Body = Readonly<Record<string, unknown>>;

/**
 * The financing behind a notice that names no application of ours. Rate and method are no fields of the wire's terms: a bank that knows them writes `annualRate`
 * (`0.070000`) and `method` among the terms' further fields.
 * @returns `undefined` for a notice about an application
 * @throws Refusal FINANCING_UNREADABLE naming the field: people look at it, the bank does not say it again
 */
export function bankFinancingIn(body: Body): BankFinancing | undefined {
  const { financingNo, customerNo, terms } = body;
  if (typeof body['applicationNo'] === 'string' || typeof financingNo !== 'string') return undefined;
  if (typeof customerNo !== 'string') throw unreadable('customerNo');
  if (typeof terms !== 'object' || terms === null) throw unreadable('terms');
  return { financingNo, customerNo, terms: termsIn(terms as Body) };
}

const KINDS: readonly Listing['kind'][] = ['consumer', 'credit', 'business', 'vehicle', 'property'];
const METHODS: readonly Method[] = ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'];

function termsIn({ kind, amount, term, purpose, fields }: Body): BankFinancing['terms'] {
  const known = KINDS.find((each) => each === kind);
  if (known === undefined) throw unreadable('terms.kind');
  if (typeof purpose !== 'string') throw unreadable('terms.purpose');
  return { kind: known, amount: amountIn(amount), term: termIn(term), purpose, price: priceIn(fields) };
}

function amountIn(amount: unknown): Fen {
  if (typeof amount !== 'string' || !/^(?:0|[1-9]\d{0,12})\.\d{2}$/.test(amount)) throw unreadable('terms.amount');
  return fen(parseYuan(amount));
}

function termIn(term: unknown): BankFinancing['terms']['term'] {
  const { months, days } = (typeof term === 'object' && term !== null ? term : {}) as Body;
  if (Number.isSafeInteger(months) && days === undefined) return { months: months as number };
  if (Number.isSafeInteger(days) && months === undefined) return { days: days as number };
  throw unreadable('terms.term');
}

function priceIn(fields: unknown): BankFinancing['terms']['price'] {
  const { annualRate, method } = (typeof fields === 'object' && fields !== null ? fields : {}) as Body;
  if (annualRate === undefined && method === undefined) return undefined;
  const known = METHODS.find((each) => each === method);
  if (typeof annualRate !== 'string' || !/^[01]\.\d{6}$/.test(annualRate)) throw unreadable('terms.fields.annualRate');
  if (known === undefined) throw unreadable('terms.fields.method');
  return { annualRatePpm: Number(annualRate.replace('.', '')), method: known };
}

function unreadable(field: string): Refusal {
  return new Refusal(listingRefusals.FINANCING_UNREADABLE, { field });
}
