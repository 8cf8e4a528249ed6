import { z } from 'zod';
import type { ListingData, ListingStatus } from '#bank/wire';
import { failed, succeeded } from '../answers';
import type { Bank } from '../bank';
import { findListing, type RegisteredListing } from '../books/listings';
import type { Tx } from '../database/cashier';
import { acting } from './service';
import { amount, borrower, number } from './shapes';

const annualRate = z.string().regex(/^[01]\.\d{6}$/, 'must be a fraction of one with six places');
const termDays = z.number().int().min(1).max(20_000);
const payees = z.array(number).max(20);
const status = z.enum(['COLLECTING', 'REPAYING', 'FINISHED', 'FAILED']);

/** A listing before its sale: from here on the bank knows who may be paid for it. */
export const listingsRegister = acting(
  'listings/register',
  z.strictObject({
    listingNo: number,
    amount,
    annualRate,
    termDays,
    borrower,
    payees,
    guarantor: number.nullable(),
    virtualNo: number.optional(),
    status,
  }),
  async ({ tx, bank }, body) => {
    const moment = bank.clock.now();
    if (body.status !== 'COLLECTING' || (await findListing(tx, body.listingNo)) !== undefined) return failed('LISTING_STATE', moment);
    const { listingNo, virtualNo: asked, ...rest } = body;
    const party = await partyBar(tx, rest.borrower.accountNo, [...rest.payees, ...(rest.guarantor === null ? [] : [rest.guarantor])]);
    if (party !== undefined) return failed(party, moment);
    const virtualNo = asked ?? (body.borrower.corporate === undefined ? null : await freeVirtualNo(bank));
    const [taken] = await tx.rows('select 1 from listing where virtual_no = $1', [virtualNo]);
    if (taken !== undefined) return failed('PARTY_NOT_ALLOWED', moment);
    const { annualRate: rate, termDays: days, borrower: who, payees: paid, guarantor } = rest;
    const registration = JSON.stringify({ annualRate: rate, termDays: days, borrower: who, payees: paid, guarantor });
    await tx.rows('insert into listing (listing_no, status, amount_fen, registration, virtual_no) values ($1, $2, $3, $4, $5)', [
      listingNo,
      body.status,
      body.amount,
      registration,
      virtualNo,
    ]);
    const data: ListingData = { listingNo, status: body.status, virtualNo };
    return succeeded(data, moment);
  },
);

const NEXT: Readonly<Record<ListingStatus, readonly ListingStatus[]>> = {
  COLLECTING: ['COLLECTING', 'REPAYING', 'FAILED'],
  REPAYING: ['REPAYING', 'FINISHED'],
  FINISHED: ['FINISHED'],
  FAILED: ['FAILED'],
};

/** Changes what is given; a status only forwards, and an end only when nothing is left to give back or to pay. */
export const listingsUpdate = acting(
  'listings/update',
  z.strictObject({
    listingNo: number,
    amount: amount.optional(),
    annualRate: annualRate.optional(),
    termDays: termDays.optional(),
    borrower: borrower.optional(),
    payees: payees.optional(),
    guarantor: number.nullable().optional(),
    virtualNo: number.optional(),
    status: status.optional(),
  }),
  async ({ tx, bank }, body) => {
    const moment = bank.clock.now();
    const listing = await findListing(tx, body.listingNo);
    if (listing === undefined) return failed('LISTING_NOT_FOUND', moment);
    const next = body.status ?? listing.status;
    if (!NEXT[listing.status].includes(next)) return failed('LISTING_STATE', moment);
    const ends = next !== listing.status && (next === 'FAILED' || next === 'FINISHED');
    if (ends && (await isAnythingLeft(tx, listing))) return failed('LISTING_STATE', moment);
    const party = await partyBar(tx, body.borrower?.accountNo, [...(body.payees ?? []), ...(body.guarantor ? [body.guarantor] : [])]);
    if (party !== undefined) return failed(party, moment);
    const virtualNo = body.virtualNo ?? listing.virtualNo;
    const registration = {
      annualRate: body.annualRate ?? listing.registration.annualRate,
      termDays: body.termDays ?? listing.registration.termDays,
      borrower: body.borrower ?? listing.registration.borrower,
      payees: body.payees ?? listing.registration.payees,
      guarantor: body.guarantor === undefined ? listing.registration.guarantor : body.guarantor,
    };
    await tx.rows('update listing set status = $2, amount_fen = $3, registration = $4, virtual_no = $5 where listing_no = $1', [
      body.listingNo,
      next,
      body.amount ?? listing.amount,
      JSON.stringify(registration),
      virtualNo,
    ]);
    const data: ListingData = { listingNo: body.listingNo, status: next, virtualNo };
    return succeeded(data, moment);
  },
);

/** Money on D or R, or an open hold: somebody still has to get something. */
async function isAnythingLeft(tx: Tx, listing: RegisteredListing): Promise<boolean> {
  const [row] = await tx.rows<{ left: boolean }>(
    `select exists (select 1 from position where listing_no = $1 and (total_fen <> 0 or held_fen <> 0))
       or exists (select 1 from hold where listing_no = $1 and used_fen + released_fen < amount_fen) as left`,
    [listing.listingNo],
  );
  return row!.left;
}

async function partyBar(
  tx: Tx,
  borrowerNo: string | undefined,
  institutions: readonly string[],
): Promise<'ACCOUNT_NOT_FOUND' | 'PARTY_NOT_ALLOWED' | undefined> {
  const wanted = new Map<string, readonly string[]>(institutions.map((accountNo) => [accountNo, ['I', 'B', 'F']]));
  if (borrowerNo !== undefined) wanted.set(borrowerNo, ['E']);
  const rows = await tx.rows<{ account_no: string; kind: string }>('select account_no, kind from account where account_no = any($1)', [
    [...wanted.keys()],
  ]);
  if (rows.length < wanted.size) return 'ACCOUNT_NOT_FOUND';
  return rows.every((row) => wanted.get(row.account_no)!.includes(row.kind)) ? undefined : 'PARTY_NOT_ALLOWED';
}

async function freeVirtualNo(bank: Bank): Promise<string> {
  return `88${(await bank.numbers.next()).toString().padStart(16, '0')}`;
}
