import type { Fen } from '#kernel/money';
import type { Corporate, FailureCode, TransferKind } from '#bank/wire';
import { isBorrowersCorporate, isInstitutionOf, type RegisteredListing } from '../books/listings';
import type { AccountOnPage, Page } from '../books/page';
import type { Session } from '../database/connection';
import { mandateBar } from '../services/mandates';
import { DIRECTIONS, goes, isTimely } from './directions';

/** A transfer as it was asked for. */
export interface Asked {
  readonly kind: TransferKind;
  readonly listingNo: string;
  readonly from: string;
  readonly to?: string;
  readonly toCorporate?: Corporate;
  readonly amount: Fen;
  readonly mandateNo?: string;
  readonly ref: string;
}

/** Why a transfer is refused, in the order in which the bank looks; `undefined` when it goes. */
export async function transferBar(
  session: Session,
  page: Page,
  listing: RegisteredListing | undefined,
  asked: Asked,
): Promise<FailureCode | undefined> {
  if (listing === undefined) return 'LISTING_NOT_FOUND';
  const from = page.account(asked.from);
  const to = asked.to === undefined ? undefined : page.account(asked.to);
  if (from === undefined || (asked.to !== undefined && to === undefined)) return 'ACCOUNT_NOT_FOUND';
  const toKind = to?.kind ?? 'C';
  if (from.kind === 'W' || toKind === 'W' || !goes(asked.kind, from.kind, toKind)) return 'PARTY_NOT_ALLOWED';
  if (!arePartiesOf(listing, asked, from, to)) return 'PARTY_NOT_ALLOWED';
  if (!isTimely(asked.kind, toKind, listing.status)) return 'LISTING_STATE';
  if (asked.toCorporate !== undefined && !isKnownCnaps(asked.toCorporate.cnapsCode)) return 'CNAPS_UNKNOWN';
  return (
    (await chargeBar(session, page, asked, from)) ?? (to === undefined ? undefined : page.creditBar(to)) ?? fundsBar(page, asked, from)
  );
}

/** CNAPS codes begin with the class of the bank, 1 to 9; 000 is nobody. */
function isKnownCnaps(code: string): boolean {
  return !code.startsWith('000');
}

/** The listing was registered with these parties: its borrower, its institutions; a suspense account pays its own customer. */
function arePartiesOf(listing: RegisteredListing, asked: Asked, from: AccountOnPage, to: AccountOnPage | undefined): boolean {
  const borrowerNo = listing.registration.borrower.accountNo;
  if (from.kind === 'I' && !isInstitutionOf(listing, from.accountNo)) return false;
  if (to?.kind === 'I' && !isInstitutionOf(listing, to.accountNo)) return false;
  switch (asked.kind) {
    case 'DISBURSE':
      return asked.toCorporate === undefined ? to?.accountNo === borrowerNo : isBorrowersCorporate(listing, asked.toCorporate);
    case 'REPAY':
      return from.accountNo === borrowerNo;
    case 'PREMIUM':
      return to !== undefined && listing.registration.payees.includes(to.accountNo);
    case 'ADVANCE':
      return from.kind === 'B' || listing.registration.guarantor === from.accountNo;
    case 'PREMIUM_RETURN':
    case 'FEE_RETURN':
      return to?.kind !== 'E' || to.accountNo === borrowerNo;
    case 'UNPARK':
      return from.customerNo !== null && from.customerNo === to?.customerNo;
    default:
      return true;
  }
}

async function chargeBar(session: Session, page: Page, asked: Asked, from: AccountOnPage): Promise<FailureCode | undefined> {
  const bar = page.debitBar(from);
  if (bar !== undefined) return bar;
  const kind = DIRECTIONS[asked.kind].mandate;
  if (kind === undefined || (from.kind !== 'E' && from.kind !== 'I')) return undefined;
  const { mandateNo, amount } = asked;
  return mandateBar(session, { accountNo: from.accountNo, kind, mandateNo, amount, date: page.moment.date });
}

function fundsBar(page: Page, asked: Asked, from: AccountOnPage): FailureCode | undefined {
  if (page.available(from) >= asked.amount) return undefined;
  if (asked.kind === 'ADVANCE' && from.kind === 'B') return 'ADVANCE_DECLINED';
  return from.judicial > 0n ? 'JUDICIAL_FREEZE' : 'INSUFFICIENT_FUNDS';
}
