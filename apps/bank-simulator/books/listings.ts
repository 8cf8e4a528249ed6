import type { Fen } from '#kernel/money';
import type { Corporate, ListingStatus, RegisteredBorrower } from '#bank/wire';
import type { Session } from '../database/connection';

/** A listing as it was registered, which is what the bank checks parties against. */
export interface RegisteredListing {
  readonly listingNo: string;
  readonly status: ListingStatus;
  readonly amount: Fen;
  readonly virtualNo: string | null;
  readonly registration: Registration;
}

export interface Registration {
  readonly annualRate: string;
  readonly termDays: number;
  readonly borrower: RegisteredBorrower;
  readonly payees: readonly string[];
  readonly guarantor: string | null;
}

export async function findListing(session: Session, listingNo: string): Promise<RegisteredListing | undefined> {
  const [row] = await session.rows<{ status: ListingStatus; amount_fen: Fen; virtual_no: string | null; registration: Registration }>(
    'select status, amount_fen, virtual_no, registration from listing where listing_no = $1',
    [listingNo],
  );
  if (row === undefined) return undefined;
  return { listingNo, status: row.status, amount: row.amount_fen, virtualNo: row.virtual_no, registration: row.registration };
}

/** Whether an account belongs to an institution with which the listing was registered. */
export function isInstitutionOf(listing: RegisteredListing, accountNo: string): boolean {
  return listing.registration.payees.includes(accountNo) || listing.registration.guarantor === accountNo;
}

export function isBorrowersCorporate(listing: RegisteredListing, corporate: Corporate): boolean {
  const registered = listing.registration.borrower.corporate;
  return registered !== undefined && registered.accountNo === corporate.accountNo && registered.cnapsCode === corporate.cnapsCode;
}
