import { readListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { disbursementAccount, freeInDisbursement, lockSettlementIn, netOf } from '#journey/settlement';
import type { Settlement } from '#journey/settlement';
import type { Uuid } from '#kernel/ids';
import { fen, isPositive } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { claimsOfLoan, LoanSharing, sharedSoFar, writeShares } from '#registers/claim';
import { completeLoans } from './completing';
import { endToday } from './domain/ending';
import type { EarlyEnd, EndingTerms } from './domain/ending';
import { dueDatesOf } from './domain/grace';
import { instalmentLifecycle } from './instalment.lifecycle';
import { listingsToEnd, writeEnding } from './persistence/endings';
import { plannedInstalments, writeInstalments } from './persistence/instalments';
import type { PlannedRow } from './persistence/instalments';
import { lockLoanOf } from './persistence/lent-orders';
import { loansWithOpenIncoming } from './persistence/loans';

const supersede = declareTransition(instalmentLifecycle, 'supersede');

/**
 * The disbursement of a listing came back and was not paid again in time: its loan ends today, as an early repayment of the whole out of the returned money. A loan of
 * which a charge or an advance is under way ends when the bank has decided it, at the latest with the next day (`endLoans`).
 */
export const endJob = defineJob({
  name: 'repayment.end',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await endLoan(tx, call.job.subject as Uuid, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** A new day: loans that could not be ended before are ended now. */
export async function endLoans(tx: Tx, today: BusinessDate): Promise<void> {
  await enqueue(
    tx,
    (await listingsToEnd(tx)).map((id) => ({ name: endJob.name, subject: id, key: `${id}:${today}` })),
  );
}

async function endLoan(tx: Tx, listingId: Uuid, by: By): Promise<void> {
  const today = await lockDay(tx);
  const settlement = await lockSettlementIn(tx, listingId, 'ended');
  const loan = await lockLoanOf(tx, listingId);
  if (loan === undefined || loan.started_on === null || loan.ended_on !== null) return;
  if ((await loansWithOpenIncoming(tx, [loan.id])).size > 0) return;
  const listing = await readListing(tx, listingId);
  const instalments = await plannedInstalments(tx, loan.id);
  const end = endToday(termsOf(listing, settlement), instalments, today);
  await move(
    tx,
    supersede,
    end.superseded.map(({ id }) => ({ id })),
    by,
  );
  if (isPositive(end.principal)) await writeLastInstalment(tx, { id: loan.id, listing }, instalments, end, today);
  // Everything in D that nobody else is to have: the returned disbursement, and what had come back of premium and fee and was not paid again.
  const { accountId } = await disbursementAccount(tx, listing.listing_no);
  await writeEnding(tx, loan.id, today, {
    MOVE: await freeInDisbursement(tx, listingId, accountId),
    PREMIUM_RETURN: end.premiumBack,
    FEE_RETURN: end.feeBack,
  });
  await completeLoans(tx, [loan.id], by);
  await enqueue(tx, [{ name: 'repayment.next', subject: loan.id, key: `${loan.id}:ended` }]);
}

function termsOf(listing: Listing, settlement: Settlement): EndingTerms {
  return {
    net: netOf(settlement),
    premium: fen(settlement.premium_paid_fen),
    fee: fen(settlement.fee_paid_fen),
    capPpm: Number(listing.cap_ppm),
    annualRatePpm: Number(listing.annual_rate_ppm),
    dayCount: listing.day_count,
    valueDate: settlement.value_date!,
    earlyFromDay: listing.early_from_day,
    premiumReturn: listing.premium_return,
    feeReturn: listing.fee_return,
  };
}

/** One instalment of today for all that had not fallen due, with its shares: each claim's principal goes on where the instalments before have left it. */
async function writeLastInstalment(
  tx: Tx,
  loan: { readonly id: Uuid; readonly listing: Listing },
  instalments: readonly PlannedRow[],
  { superseded, principal, interest }: EarlyEnd<PlannedRow>,
  today: BusinessDate,
): Promise<void> {
  const { graceUntil, provisional } = dueDatesOf(today, 'none', loan.listing.grace_days, publishedCalendar);
  const last = { no: instalments.at(-1)!.no + 1, nominalDate: today, dueDate: today, graceUntil, provisional, principal, interest };
  const [instalmentId] = await writeInstalments(tx, { id: loan.id, listingId: loan.listing.id }, [last]);
  const claims = await claimsOfLoan(tx, loan.id);
  const given = await sharedSoFar(
    tx,
    loan.id,
    superseded.map(({ id }) => id),
  );
  const sharing = new LoanSharing(
    claims.map((claim) => fen(claim.principal_fen)),
    given,
  );
  await writeShares(
    tx,
    claims.map((claim) => claim.id),
    [{ instalmentId: instalmentId!, amounts: sharing.next({ principal, interest }) }],
  );
}
