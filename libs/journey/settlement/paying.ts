import type { Listing } from '#journey/listing';
import { lockListing } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { defineJob, enqueue } from '#platform/queue';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrder, Decided } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import { openAccounts } from '#registers/ledger';
import { addPaid } from './paid-amounts';
import { disbursementAccount, feeAccount, lockSettlement } from './reading';
import { netOf } from './settlement';
import type { Settlement } from './settlement';
import { settlementLifecycle } from './settlement.lifecycle';
import { unwind } from './unwinding';

const premiumArrow = declareTransition(settlementLifecycle, 'pay_premium');
const feeArrow = declareTransition(settlementLifecycle, 'pay_fee');
const disburseArrow = declareTransition(settlementLifecycle, 'disburse');

/** Premium out of D to the institution. Nothing to pay is a step like any other: the next one follows at once. */
export async function payPremium(tx: Tx, listing: Listing, settlement: Settlement, premium: Fen, fee: Fen, by: By): Promise<void> {
  await move(tx, premiumArrow, [{ id: settlement.id, patch: { premium_fen: premium, fee_fen: fee } }], by);
  if (premium === 0n) return enqueueNext(tx, listing.id, 'fee');
  const payee = await guaranteePayer(tx, 'insured', listing.institution_id);
  await transferOut(tx, listing, settlement, 'PREMIUM', payee, premium);
}

/** The step after the one that the bank has just done, in a transaction of its own. */
export const payNextJob = defineJob({
  name: 'settlement.pay-next',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      const settlement = await lockSettlement(tx, listing.id);
      const by: By = { cause: `job:${call.job.id}`, who: 'system' };
      if (call.job.payload['step'] === 'fee' && settlement.state === 'paying_premium') await payFee(tx, listing, settlement, by);
      if (call.job.payload['step'] === 'disburse' && settlement.state === 'paying_fee') await disburse(tx, listing, settlement, by);
      await call.done(tx);
    });
  },
});

async function payFee(tx: Tx, listing: Listing, settlement: Settlement, by: By): Promise<void> {
  await move(tx, feeArrow, [{ id: settlement.id }], by);
  if (settlement.fee_fen === 0n) return enqueueNext(tx, listing.id, 'disburse');
  await transferOut(tx, listing, settlement, 'FEE', await feeAccount(tx), fen(settlement.fee_fen));
}

async function disburse(tx: Tx, listing: Listing, settlement: Settlement, by: By): Promise<void> {
  const accountNo = listing.borrower_account_no ?? settlement.payee_account_no;
  await move(tx, disburseArrow, [{ id: settlement.id, patch: { payee_account_no: accountNo } }], by);
  await disburseTo(tx, listing, settlement, accountNo);
}

/** The net amount out of D to an e-account of the borrower, under a new bank order. */
export async function disburseTo(tx: Tx, listing: Listing, settlement: Settlement, accountNo: string): Promise<void> {
  const [accountId] = await openAccounts(tx, [{ kind: 'E', accountNo }]);
  await transferOut(tx, listing, settlement, 'DISBURSE', { accountNo, accountId: accountId! }, netOf(settlement));
}

/** A payment out of D, under a new bank order. */
export async function transferOut(
  tx: Tx,
  listing: Listing,
  settlement: Settlement,
  kind: 'PREMIUM' | 'FEE' | 'DISBURSE',
  payee: { accountNo: string; accountId: Uuid },
  amount: Fen,
): Promise<void> {
  const from = await disbursementAccount(tx, listing.listing_no);
  await createBankOrders(tx, [
    {
      id: newId(),
      kind,
      subjectId: settlement.id,
      listingId: listing.id,
      amount,
      debitAccountId: from.accountId,
      creditAccountId: payee.accountId,
      instruction: {
        do: 'transfer',
        kind,
        listingNo: listing.listing_no,
        from: from.accountNo,
        to: payee.accountNo,
        amount,
        ref: listing.listing_no,
      },
    },
  ]);
}

interface Payment {
  readonly source: 'premium' | 'fee';
  /** The state that waits for it. In any other one it is a payment that was made again. */
  readonly awaitedIn: Settlement['state'];
  readonly next: 'fee' | 'disburse';
}

const PREMIUM: Payment = { source: 'premium', awaitedIn: 'paying_premium', next: 'fee' };
const FEE: Payment = { source: 'fee', awaitedIn: 'paying_fee', next: 'disburse' };
onOutcome('PREMIUM', (tx, decided, by) => takePayments(tx, decided, PREMIUM, by));
onOutcome('FEE', (tx, decided, by) => takePayments(tx, decided, FEE, by));

async function takePayments(tx: Tx, { outcome, orders }: Decided, payment: Payment, by: By): Promise<void> {
  for (const order of orders) {
    const listing = await lockListing(tx, order.listing_id!);
    const settlement = await lockSettlement(tx, listing.id);
    if (outcome === 'done') await takePaid(tx, order, settlement, payment);
    else if (outcome === 'returned') await takeReturned(tx, order, { listing, settlement }, payment, by);
    else if (settlement.state === payment.awaitedIn) await giveUp(tx, order, by);
    // The unwinding had waited for this word: nothing of the listing may be open at the bank.
    else if (settlement.state === 'unwinding') await unwindAgain(tx, order);
  }
}

async function takePaid(tx: Tx, order: BankOrder, settlement: Settlement, { source, awaitedIn, next }: Payment): Promise<void> {
  await addPaid(tx, settlement.id, source, order.amount_fen);
  if (settlement.state === awaitedIn) await enqueueNext(tx, order.listing_id!, next);
  if (settlement.state === 'unwinding') await unwindAgain(tx, order);
}

/**
 * The payment came back: the money lies in D again. Before the borrower was sent anything, a premium that nobody took ends the settlement, because nobody would stand
 * behind the loan. Later it is for people: it is paid again, or handed on to the borrower, whose money it is (`payReturnedAgain`, `handOn` of the repayment).
 */
async function takeReturned(
  tx: Tx,
  order: BankOrder,
  { listing, settlement }: { readonly listing: Listing; readonly settlement: Settlement },
  { source }: Payment,
  by: By,
): Promise<void> {
  await addPaid(tx, settlement.id, source, -order.amount_fen);
  if (settlement.state === 'unwinding') return unwindAgain(tx, order);
  const isBeforeDisbursing = settlement.state === 'paying_premium' || settlement.state === 'paying_fee';
  if (source === 'premium' && isBeforeDisbursing) await unwind(tx, listing, settlement, 'PREMIUM came back', by);
}

async function unwindAgain(tx: Tx, order: BankOrder): Promise<void> {
  await enqueue(tx, [{ name: 'settlement.unwind', subject: order.listing_id!, key: `${order.listing_id}:${order.id}:${order.state}` }]);
}

/** A payment of the settlement that the bank refuses for good ends it: everything goes back to where it came from. */
export async function giveUp(tx: Tx, order: BankOrder, by: By): Promise<void> {
  const listing = await lockListing(tx, order.listing_id!);
  const settlement = await lockSettlement(tx, listing.id);
  await unwind(tx, listing, settlement, `${order.kind} refused: ${order.code ?? 'closed'}`, by);
}

async function enqueueNext(tx: Tx, listingId: Uuid, step: 'fee' | 'disburse'): Promise<void> {
  await enqueue(tx, [{ name: payNextJob.name, subject: listingId, key: `${listingId}:${step}`, payload: { step } }]);
}
