import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { closeUnwanted, createBankOrders, onOutcome } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import { openAccounts } from '#registers/ledger';
import { connectedBank } from '#registers/bank-order';
import { termDaysFrom } from './listing';
import type { Listing } from './listing';
import { listingLifecycle } from './listing.lifecycle';
import { keepRegistered, partiesAtBank } from './borrower-account';
import { scheduleOpening } from './opening';
import { lockListing } from './reading';

const schedule = declareTransition(listingLifecycle, 'schedule');

/** Registers an approved listing at the bank: nothing is sold that the bank does not know. Opens the listing's own ledger accounts D and R. */
export async function registerAtBank(tx: Tx, listing: Listing, today: BusinessDate): Promise<void> {
  const { accounts } = connectedBank().capabilities;
  await openAccounts(tx, [
    { kind: 'D', accountNo: accounts.disbursement, listingNo: listing.listing_no },
    { kind: 'R', accountNo: accounts.repayment, listingNo: listing.listing_no },
  ]);
  const { borrower, payeeAccountNos } = await partiesAtBank(tx, listing);
  const payer = await guaranteePayer(tx, listing.guarantee_mode, listing.institution_id);
  await createBankOrders(tx, [
    {
      id: newId(),
      kind: 'LISTING_REGISTER',
      subjectId: listing.id,
      listingId: listing.id,
      amount: fen(listing.amount_fen),
      instruction: {
        do: 'register_listing',
        listingNo: listing.listing_no,
        amount: fen(listing.amount_fen),
        annualRatePpm: listing.annual_rate_ppm,
        termDays: termDaysFrom(listing, today),
        borrowerCustomerNo: borrower.customerNo,
        borrowerName: borrower.name,
        borrowerAccountNo: borrower.accountNo,
        payeeAccountNos,
        guarantorAccountNo: payer.accountNo,
      },
    },
  ]);
}

/** The bank has used the line: an approved listing is registered. Where it refuses to, the listing stays `approved`, is not sold, and can be withdrawn. */
export const registerJob = defineJob({
  name: 'listing.register',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      if (listing.state === 'approved') await registerAtBank(tx, listing, today);
      await call.done(tx);
    });
  },
});

/** Tells the bank a listing's new status or amount. */
export async function updateAtBank(
  tx: Tx,
  listing: { readonly id: Uuid; readonly listing_no: string },
  change: { readonly status?: 'REPAYING' | 'FINISHED' | 'FAILED'; readonly amount?: Fen },
): Promise<void> {
  await createBankOrders(tx, [
    {
      id: newId(),
      kind: 'LISTING_UPDATE',
      subjectId: listing.id,
      listingId: listing.id,
      instruction: { do: 'update_listing', listingNo: listing.listing_no, ...change },
    },
  ]);
}

/**
 * Tells the bank that a listing which it may know is withdrawn. While the registration is undecided its number is closed; should the bank have done it before, it is told
 * then (`LISTING_REGISTER` below). What was never registered is not told of.
 */
export async function takeBackAtBank(tx: Tx, listing: { readonly id: Uuid; readonly listing_no: string }): Promise<void> {
  const [registration] = await tx.query<{ id: Uuid; state: string }>(
    `SELECT id, state FROM bank_order WHERE listing_id = $1 AND kind = 'LISTING_REGISTER' ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE`,
    [listing.id],
  );
  if (registration === undefined || registration.state === 'refused' || registration.state === 'closed') return;
  if (registration.state === 'done') await updateAtBank(tx, listing, { status: 'FAILED' });
  else await closeUnwanted(tx, registration.id);
}

/**
 * A new day: an end that the bank refused to hear of is told again. It refuses while something of the listing is left with it: a return that waits, a payment that came
 * back late.
 */
export async function scanUntoldEnds(tx: Tx): Promise<void> {
  const rows = await tx.query<{ id: Uuid; listing_no: string; status: 'FINISHED' | 'FAILED' }>(
    `SELECT DISTINCT l.id, l.listing_no, o.instruction->>'status' AS status FROM bank_order o JOIN listing l ON l.id = o.listing_id
     WHERE o.kind = 'LISTING_UPDATE' AND o.state = 'refused' AND o.instruction->>'status' IN ('FINISHED', 'FAILED')
       AND NOT EXISTS (SELECT FROM bank_order n WHERE n.listing_id = o.listing_id AND n.kind = 'LISTING_UPDATE' AND n.state NOT IN ('refused', 'closed')
         AND n.instruction->>'status' = o.instruction->>'status') ORDER BY l.id`,
  );
  for (const { status, ...listing } of rows) await updateAtBank(tx, listing, { status });
}

/** The bank knows the listing: it waits for its opening time. */
onOutcome('LISTING_REGISTER', async (tx, decided, by) => {
  if (decided.outcome !== 'done') return; // A refused registration stays `approved`, visible in the back office, where it can be withdrawn.
  const ids = decided.orders.map((order) => order.subject_id);
  await keepRegistered(tx, decided.orders);
  const rows = await move<Listing>(
    tx,
    schedule,
    ids.map((id) => ({ id })),
    { ...by, alreadyMoved: 'skip' },
  );
  for (const listing of rows) await scheduleOpening(tx, listing);
  // It was withdrawn before the bank knew it: what was told then found no listing there.
  const withdrawn = await tx.query<Listing>(`SELECT * FROM listing WHERE id = ANY($1::uuid[]) AND state = 'withdrawn' ORDER BY id`, [ids]);
  for (const listing of withdrawn) await updateAtBank(tx, listing, { status: 'FAILED' });
});
