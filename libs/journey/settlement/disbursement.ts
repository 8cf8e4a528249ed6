import { beginRepaying, lockListing, quoteOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { investmentOrderLifecycle } from '#journey/investment';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays, publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineFact, tell } from '#platform/queue';
import { declareTransition, move, moveInParts } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { onOutcome } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import { openGuarantee } from '#registers/guarantee';
import { disburseTo, giveUp } from './paying';
import { lockSettlement, lockSettlementIn } from './reading';
import type { Settlement } from './settlement';
import { settlementLifecycle } from './settlement.lifecycle';
import { settlementRefusals } from './settlement.refusals';

const settle = declareTransition(settlementLifecycle, 'settle');
const comeBack = declareTransition(settlementLifecycle, 'come_back');
const payAgain = declareTransition(settlementLifecycle, 'pay_again');
const refuseAgain = declareTransition(settlementLifecycle, 'refuse_again');
const endLoan = declareTransition(settlementLifecycle, 'end_loan');
const lend = declareTransition(investmentOrderLifecycle, 'lend');

/** The borrower has the money; interest runs from the bank's date. Subject: the listing. */
export const settlementSettled = defineFact('settlement.settled', {
  zh: '已放款,计息开始',
  en: 'The borrower is paid, interest runs from the value date.',
});
/** A disbursement that had come back has reached the borrower: the loan goes on. Subject: the listing. */
export const settlementPaidAgain = defineFact('settlement.paid-again', {
  zh: '退回的放款已重新支付,借款继续',
  en: 'The returned disbursement is paid again, the loan goes on.',
});
/** A disbursement that had come back was not paid again in time: its money ends the loan. Subject: the listing. */
export const settlementEnded = defineFact('settlement.ended', {
  zh: '放款退回后逾期未重新支付,以退回款项提前结清借款',
  en: 'The returned disbursement was not paid again in time: it ends the loan.',
});

onOutcome('DISBURSE', async (tx, decided, by) => {
  for (const order of decided.orders) {
    if (decided.outcome === 'done') await takeDisbursed(tx, order, by);
    else if (decided.outcome === 'returned') await takeReturned(tx, order, by);
    else await takeRefused(tx, order, by);
  }
});

async function takeDisbursed(tx: Tx, order: BankOrder, by: By): Promise<void> {
  const listing = await lockListing(tx, order.listing_id!);
  const before = await lockSettlement(tx, listing.id);
  const isFirst = before.value_date === null;
  // Paid again after it came back: the value date is kept, the loan runs already.
  const valueDate = before.value_date ?? order.bank_date!;
  const patch = { value_date: valueDate, disbursed_fen: order.amount_fen, returned_on: null, end_on: null };
  const [settlement] = await move<Settlement>(tx, settle, [{ id: before.id, patch }], by);
  if (!isFirst) return tell(tx, settlementPaidAgain, [{ subject: listing.id, key: order.id }]);
  const orders = await tx.query<{ id: Uuid }>(`SELECT id FROM investment_order WHERE listing_id = $1 AND state = 'collected' ORDER BY id`, [
    listing.id,
  ]);
  await moveInParts(tx, lend, orders, by);
  await startGuarantee(tx, listing, settlement!, valueDate);
  await beginRepaying(tx, listing, settlement!.collected_fen, by);
  await tell(tx, settlementSettled, [listing.id]);
}

/** The guarantee covers what the investors are owed, to sixty days after the last due date. */
async function startGuarantee(tx: Tx, listing: Listing, settlement: Settlement, valueDate: BusinessDate): Promise<void> {
  const { instalments, totals } = quoteOf({ ...listing, amount_fen: settlement.collected_fen }, valueDate);
  await openGuarantee(tx, {
    listingId: listing.id,
    listingNo: listing.listing_no,
    mode: listing.guarantee_mode,
    institutionId: listing.institution_id,
    premium: fen(settlement.premium_paid_fen),
    cover: totals.total,
    startsOn: valueDate,
    endsOn: addDays(instalments.at(-1)!.dueDate, 60),
  });
}

/** A refused first payment unwinds the listing; a refused repetition waits in `returned` for another account. */
async function takeRefused(tx: Tx, order: BankOrder, by: By): Promise<void> {
  const listing = await lockListing(tx, order.listing_id!);
  const settlement = await lockSettlement(tx, listing.id);
  if (settlement.value_date === null) return giveUp(tx, order, by);
  await move(tx, refuseAgain, [{ id: settlement.id }], by);
}

/** The transfer came back days later: the money lies in D again, the loan runs on, an operator corrects the account within five working days; after them it ends. */
async function takeReturned(tx: Tx, order: BankOrder, by: By): Promise<void> {
  const today = await lockDay(tx);
  const settlement = await lockSettlement(tx, order.listing_id!);
  const endOn = publishedCalendar.addWorkingDays(today, 5);
  await move(tx, comeBack, [{ id: settlement.id, patch: { returned_on: today, end_on: endOn, disbursed_fen: 0n } }], by);
}

/** A new day: whoever was not paid again by the last day for it is not paid any more. A payment under way decides for itself. */
export async function scanReturned(tx: Tx, today: BusinessDate): Promise<void> {
  const late = await tx.query<{ id: Uuid }>(
    `SELECT id FROM settlement WHERE state = 'returned' AND end_on < $1 ORDER BY id FOR NO KEY UPDATE`,
    [today],
  );
  const ended = await move<Settlement>(tx, endLoan, late, { cause: `scan:${today}`, who: 'system' });
  await tell(
    tx,
    settlementEnded,
    ended.map((settlement) => settlement.listing_id),
  );
}

/**
 * Pays a returned disbursement again, under a new bank order, to the borrower's account as it is now. The bank pays nobody whom it has not registered: a new account is told
 * to it as soon as we hear of it.
 * @throws Refusal SETTLEMENT_STATE, BORROWER_ACCOUNT_UNREGISTERED
 */
export async function payDisbursementAgain(tx: Tx, listingId: Uuid, who: string): Promise<void> {
  await lockDay(tx);
  const listing = await lockListing(tx, listingId);
  const settlement = await lockSettlementIn(tx, listingId, 'returned');
  const [payee] = await tx.query<{ e_account_no: string }>('SELECT e_account_no FROM customer WHERE id = $1', [listing.borrower_id]);
  if (listing.borrower_account_no !== null && listing.borrower_account_no !== payee!.e_account_no)
    throw new Refusal(settlementRefusals.BORROWER_ACCOUNT_UNREGISTERED);
  await move(tx, payAgain, [{ id: settlement.id, patch: { payee_account_no: payee!.e_account_no } }], { cause: 'operator', who });
  await disburseTo(tx, listing, settlement, payee!.e_account_no);
}
