import { beginFailing, lockListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { dropOrders } from '#journey/investment';
import type { InvestmentOrder } from '#journey/investment';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineFact, defineJob, enqueue, tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { connectedBank, createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrderDraft, Decided } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import { openAccounts } from '#registers/ledger';
import { disbursementAccount, hasOpenBankOrder, lockSettlement } from './reading';
import type { Settlement } from './settlement';
import { settlementLifecycle } from './settlement.lifecycle';

const unwindArrow = declareTransition(settlementLifecycle, 'unwind');
const finishUnwinding = declareTransition(settlementLifecycle, 'finish_unwinding');

/** Premium and fee are back in D and the investors' returns are due. Subject: the listing. */
export const settlementUnwound = defineFact('settlement.unwound', {
  zh: '放款已撤销,资金退回投资人',
  en: 'The settlement is unwound, the money goes back to the investors.',
});

/**
 * Takes a settlement back before the borrower was paid: premium and fee come back to D first, then every investor gets the whole collected amount. Only when
 * no bank order of the listing is open; the callers hold the listing's row and have just seen the last one decided.
 */
export async function unwind(tx: Tx, listing: Listing, settlement: Settlement, reason: string, by: By): Promise<void> {
  await move(tx, unwindArrow, [{ id: settlement.id, patch: { unwound_reason: reason } }], by);
  await enqueue(tx, [{ name: unwindJob.name, subject: listing.id, key: `${listing.id}:start` }]);
}

/** Asks for what has left D; when nothing is missing any more, gives back to the investors. Rung again by each return, and every day. */
export const unwindJob = defineJob({
  name: 'settlement.unwind',
  lane: 'bank',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const listing = await lockListing(tx, call.job.subject as Uuid);
      const settlement = await lockSettlement(tx, listing.id);
      const isOpen = await hasOpenBankOrder(tx, listing.id);
      if (settlement.state === 'unwinding' && !isOpen) await goOn(tx, listing, settlement, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** A new day: what the bank refused to bring back is asked for again. */
export async function scanUnwindings(tx: Tx, today: BusinessDate): Promise<void> {
  const rows = await tx.query<{ listing_id: Uuid }>(`SELECT listing_id FROM settlement WHERE state = 'unwinding' ORDER BY id`);
  await enqueue(
    tx,
    rows.map(({ listing_id: id }) => ({ name: unwindJob.name, subject: id, key: `${id}:${today}` })),
  );
}

async function goOn(tx: Tx, listing: Listing, settlement: Settlement, by: By): Promise<void> {
  const missing = await missingTransfers(tx, listing, settlement);
  if (missing.length > 0) {
    await createBankOrders(tx, missing);
    return;
  }
  const orders = await tx.query<InvestmentOrder>(
    `SELECT * FROM investment_order WHERE listing_id = $1 AND state IN ('accepted', 'collected') ORDER BY id FOR NO KEY UPDATE`,
    [listing.id],
  );
  await move(tx, finishUnwinding, [{ id: settlement.id }], by);
  for (const state of ['accepted', 'collected'] as const)
    await dropOrders(
      tx,
      listing,
      orders.filter((order) => order.state === state),
      'unwound',
      by,
    );
  await beginFailing(tx, listing.id, 'settlement unwound', by);
  await tell(tx, settlementUnwound, [listing.id]);
}

async function missingTransfers(tx: Tx, listing: Listing, settlement: Settlement): Promise<BankOrderDraft[]> {
  const to = await disbursementAccount(tx, listing.listing_no);
  const drafts: BankOrderDraft[] = [];
  const draft = (kind: 'PREMIUM_RETURN' | 'FEE_RETURN', from: { accountNo: string; accountId: Uuid }, missing: bigint): BankOrderDraft => {
    const amount = fen(missing);
    const instruction = {
      do: 'transfer' as const,
      kind,
      listingNo: listing.listing_no,
      from: from.accountNo,
      to: to.accountNo,
      amount,
      ref: listing.listing_no,
    };
    return {
      id: newId(),
      kind,
      subjectId: settlement.id,
      listingId: listing.id,
      amount,
      debitAccountId: from.accountId,
      creditAccountId: to.accountId,
      instruction,
    };
  };
  if (settlement.premium_paid_fen > 0n) {
    drafts.push(draft('PREMIUM_RETURN', await guaranteePayer(tx, 'insured', listing.institution_id), settlement.premium_paid_fen));
  }
  if (settlement.fee_paid_fen > 0n) {
    const accountNo = connectedBank().capabilities.accounts.fee;
    const [accountId] = await openAccounts(tx, [{ kind: 'F', accountNo }]);
    drafts.push(draft('FEE_RETURN', { accountNo, accountId: accountId! }, settlement.fee_paid_fen));
  }
  return drafts;
}

onOutcome('PREMIUM_RETURN', (tx, decided) => takeBack(tx, decided, 'premium_paid_fen'));
onOutcome('FEE_RETURN', (tx, decided) => takeBack(tx, decided, 'fee_paid_fen'));

async function takeBack(tx: Tx, decided: Decided, column: 'premium_paid_fen' | 'fee_paid_fen'): Promise<void> {
  if (decided.outcome !== 'done') return; // Asked for again tomorrow, visible in the back office until then.
  for (const order of decided.orders) {
    await tx.execute(`UPDATE settlement SET ${column} = ${column} - $2, changed_at = clock_timestamp() WHERE id = $1`, [
      order.subject_id,
      order.amount_fen,
    ]);
    await enqueue(tx, [{ name: unwindJob.name, subject: order.listing_id!, key: `${order.listing_id}:${order.id}` }]);
  }
}
