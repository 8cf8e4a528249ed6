import { setTimeout as pause } from 'node:timers/promises';
import { enterListing, readListing, reviewListing, setTerms } from '#journey/listing';
import type { Listing as ListingRow } from '#journey/listing';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import { openDatabase } from '#platform/database';
import type { Work } from '#platform/database';
import type { RunningPlatform } from '#platform/processes';
import { connectBank } from '#registers/bank-order';
import '../../apps/chain';
import type { Person } from '../people';
import { FIRST_DAY, openBank, RATE_PPM, TERM_MONTHS } from '../sale';
import { TERMS } from '../wishes';
import { OVERBOOKING_PPM, PREMIUM_PPM, SERVICE_FEE_PPM } from './plan';
import type { Plan } from './plan';

/** The listing that everybody wants. */
export interface Listing {
  readonly id: Uuid;
  /** As the api calls it. */
  readonly publicId: string;
}

/** Who is paid the premium. */
export interface Insurer {
  readonly id: Uuid;
  readonly accountNo: string;
}

const LOOK_AGAIN_MS = 50;
/** Longest time from the second review to the open door. */
const PATIENCE_MS = 30_000;

/** A listing on sale, brought there as operators do it: entered, its terms set, reviewed by two others, registered at the bank, opened at its hour. */
export async function sell(platform: RunningPlatform, plan: Plan, borrower: Person, insurer: Insurer): Promise<Listing> {
  const database = await openDatabase({ url: platform.databases.appUrl, poolSize: 1, applicationName: 'bench', role: 'app' });
  const bank = await openBank(platform);
  connectBank(bank);
  try {
    const id = await approve(database.work, plan, borrower, insurer);
    await untilOpen(database.work, id);
    return { id, publicId: publicId('lst', id) };
  } finally {
    bank.disconnect();
    await database.close();
  }
}

async function approve(work: Work, plan: Plan, borrower: Person, insurer: Insurer): Promise<Uuid> {
  const entered = {
    source: 'bank_offline',
    borrowerId: borrower.id,
    kind: 'credit',
    amount: fen(plan.amountFen),
    annualRatePpm: RATE_PPM,
    term: { months: TERM_MONTHS },
    method: 'equal_instalments',
    purpose: 'bench',
  } as const;
  const id = await work.run((tx) => enterListing(tx, entered, 'operator'));
  await work.run((tx) => setTerms(tx, id, termsOf(plan, insurer), 'operator'));
  for (const level of [1, 2] as const)
    await work.run((tx) => reviewListing(tx, id, { level, decision: 'approve', reason: 'bench' }, `reviewer ${level}`));
  return id;
}

function termsOf(plan: Plan, insurer: Insurer) {
  return {
    opens_at: new Date(`${FIRST_DAY}T00:00:00+08:00`),
    deadline: addDays(FIRST_DAY, 30),
    minimum_order_fen: BigInt(TERMS.minimum),
    step_fen: BigInt(TERMS.step),
    investor_cap_fen: BigInt(plan.investorCapFen),
    overbooking_ppm: BigInt(OVERBOOKING_PPM),
    guarantee_mode: 'insured' as const,
    institution_id: insurer.id,
    premium_ppm: BigInt(PREMIUM_PPM),
    service_fee_ppm: BigInt(SERVICE_FEE_PPM),
  };
}

async function untilOpen(work: Work, id: Uuid): Promise<void> {
  const stateNow = async (): Promise<ListingRow['state']> => (await work.read((tx) => readListing(tx, id))).state;
  const begun = performance.now();
  for (let state = await stateNow(); state !== 'raising'; state = await stateNow()) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`the listing is ${state} and does not open`);
    await pause(LOOK_AGAIN_MS);
  }
}
