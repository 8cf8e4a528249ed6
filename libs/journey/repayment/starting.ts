import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { schedule } from '#kernel/interest';
import { fen, sumFen } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import { readListing, termOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, tell } from '#platform/queue';
import { claimsOfLoan, LoanSharing, openClaims, sharedSoFar, writeShares } from '#registers/claim';
import { connectedBank } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { dueDatesOf } from './domain/grace';
import { loanStarted } from './facts';
import { unsharedInstalments, writeInstalments } from './persistence/instalments';
import type { InstalmentDraft } from './persistence/instalments';
import { lentOf, lentOrders, lockLoanOf, markStarted, writeLoan } from './persistence/lent-orders';
import type { Lent } from './persistence/lent-orders';

/** Shares written in one transaction: enough for an ordinary loan at once, and a bound for one of 100,000 investors. */
const SHARES_AT_ONCE = 20_000;

/**
 * A listing was settled: the loan begins. Writes the loan, its schedule and its claims in one transaction, then the shares in portions, each beginning where
 * the one before ended, so that an interrupted run goes on. The loan is charged only once it is whole.
 */
export const startJob = defineJob({
  name: 'repayment.start',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    const listingId = call.job.subject as Uuid;
    await call.work.run((tx) => openLoan(tx, listingId));
    while (await call.work.run((tx) => sharePortion(tx, listingId)));
    await call.work.run(async (tx) => {
      await startLoan(tx, listingId);
      await call.done(tx);
    });
  },
});

async function openLoan(tx: Tx, listingId: Uuid): Promise<void> {
  await lockDay(tx);
  const listing = await readListing(tx, listingId);
  const lent = await lentOf(tx, listingId);
  const [payingAccountId, repaymentAccountId] = await openAccounts(tx, [
    { kind: 'E', accountNo: lent.borrowerAccountNo },
    { kind: 'R', accountNo: connectedBank().capabilities.accounts.repayment, listingNo: listing.listing_no },
  ]);
  const draft = {
    ...lent,
    listingId,
    borrowerId: listing.borrower_id,
    payingAccountId: payingAccountId!,
    repaymentAccountId: repaymentAccountId!,
  };
  const loanId = await writeLoan(tx, draft);
  if (loanId === undefined) return;
  await writeInstalments(tx, { id: loanId, listingId }, scheduleOf(listing, lent));
  await openClaimsOf(tx, loanId, listingId, lent);
}

function scheduleOf(listing: Listing, { principal, valueDate }: Lent): InstalmentDraft[] {
  const instalments = schedule({
    principal,
    annualRatePpm: Number(listing.annual_rate_ppm),
    method: listing.method,
    term: termOf(listing),
    valueDate,
    dayCount: listing.day_count,
    workingDays: listing.working_days,
    calendar: publishedCalendar,
  });
  return instalments.map(({ no, nominalDate, principal: part, interest }) => ({
    no,
    nominalDate,
    ...dueDatesOf(nominalDate, listing.working_days, listing.grace_days, publishedCalendar),
    principal: part,
    interest,
  }));
}

async function openClaimsOf(tx: Tx, loanId: Uuid, listingId: Uuid, { principal }: Lent): Promise<void> {
  const orders = await lentOrders(tx, listingId);
  const paid = sumFen(orders.map((order) => order.principal));
  if (paid !== principal) throw new Bug(`listing ${listingId} lent ${principal} fen, its orders paid ${paid}`);
  const accountIds = await openAccounts(
    tx,
    orders.map((order) => ({ kind: 'E', accountNo: order.accountNo })),
  );
  await openClaims(
    tx,
    loanId,
    orders.map((order, index) => ({
      orderId: order.id,
      orderNo: order.no,
      customerId: order.customerId,
      accountId: accountIds[index]!,
      principal: order.principal,
    })),
  );
}

/** Writes the shares of the next instalments that have none. @returns whether there may be more */
async function sharePortion(tx: Tx, listingId: Uuid): Promise<boolean> {
  const loan = await lockLoanOf(tx, listingId);
  const waiting = await unsharedInstalments(tx, loan!.id);
  if (waiting.length === 0) return false;
  const claims = await claimsOfLoan(tx, loan!.id);
  const portion = waiting.slice(0, Math.max(1, Math.floor(SHARES_AT_ONCE / claims.length)));
  const sharing = new LoanSharing(
    claims.map((claim) => fen(claim.principal_fen)),
    await sharedSoFar(tx, loan!.id),
  );
  const drafts = portion.map((instalment) => ({
    instalmentId: instalment.id,
    amounts: sharing.next({ principal: fen(instalment.principal_fen), interest: fen(instalment.interest_fen) }),
  }));
  await writeShares(
    tx,
    claims.map((claim) => claim.id),
    drafts,
  );
  return portion.length < waiting.length;
}

async function startLoan(tx: Tx, listingId: Uuid): Promise<void> {
  const today = await lockDay(tx);
  const loan = await lockLoanOf(tx, listingId);
  if (loan!.started_on !== null) return;
  await markStarted(tx, loan!.id, today);
  await tell(tx, loanStarted, [listingId]);
}
