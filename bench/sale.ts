import type { Client } from 'pg';
import { createDirectBank } from '#bank/direct-adapter';
import type { DirectBank } from '#bank/direct-adapter';
import { newId, requestNoOf } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import type { RunningPlatform } from '#platform/processes';
import type { Person } from './people';

/** The day on which everything of a bench happens. */
export const FIRST_DAY = businessDate('2024-01-02');
export const TERM_MONTHS = 12;
export const RATE_PPM = 70_000;
const TERM_DAYS = 366;

/** What a listing of a bench sells; amounts in fen. */
export interface SaleTerms {
  readonly listingNo: string;
  readonly borrowerId: Uuid;
  readonly amountFen: bigint;
  readonly minimumFen: number;
  readonly stepFen: number;
  readonly investorCapFen?: number;
}

/** Writes a listing that is on sale from now on. @returns its id */
export async function putOnSale(owner: Client, terms: SaleTerms): Promise<Uuid> {
  const id = newId();
  const { listingNo, borrowerId, amountFen, minimumFen, stepFen, investorCapFen } = terms;
  await owner.query(LISTING, [
    id,
    listingNo,
    borrowerId,
    amountFen,
    minimumFen,
    stepFen,
    investorCapFen ?? null,
    FIRST_DAY,
    RATE_PPM,
    TERM_MONTHS,
  ]);
  return id;
}

/** A connection to the simulated bank, signed as the worker's is. */
export function openBank(platform: RunningPlatform): Promise<DirectBank> {
  const env = platform.environment('worker');
  return createDirectBank({
    url: platform.urls.bank,
    platformNo: env['BANK_PLATFORM_NO']!,
    keySerial: env['BANK_KEY_SERIAL']!,
    privateKeyPem: env['PLATFORM_PRIVATE_KEY']!,
    bankPublicKeyPem: env['BANK_PUBLIC_KEY']!,
  });
}

/** Makes a listing known to the bank, which holds nothing for one that it does not know. @throws Error when the bank refuses */
export async function registerListing(
  bank: DirectBank,
  { listingNo, amountFen, borrower }: { readonly listingNo: string; readonly amountFen: bigint; readonly borrower: Person },
): Promise<void> {
  const instruction = bank.encode({
    do: 'register_listing',
    listingNo,
    amount: fen(amountFen),
    annualRatePpm: BigInt(RATE_PPM),
    termDays: TERM_DAYS,
    borrowerAccountNo: borrower.accountNo,
    borrowerCustomerNo: borrower.customerNo,
    borrowerName: '*',
    payeeAccountNos: [borrower.accountNo],
    guarantorAccountNo: null,
  });
  const outcome = await bank.send(requestNoOf(newId()), instruction);
  if (outcome.kind !== 'done') throw new Error(`the bank does not register ${listingNo}: ${JSON.stringify(outcome)}`);
}

const LISTING = `
  WITH listed AS (
    INSERT INTO listing (id, listing_no, state, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method,
                         opens_at, deadline, minimum_order_fen, step_fen, investor_cap_fen)
    VALUES ($1, $2, 'raising', 'bank_offline', 'credit', $3, 'bench', $4, $4, $9, $10, 'equal_instalments', clock_timestamp(), $8::date + 30, $5, $6, $7)
    RETURNING id)
  INSERT INTO listing_quota (listing_id, quota_fen, amount_fen, is_open) SELECT id, $4, $4, true FROM listed`;
