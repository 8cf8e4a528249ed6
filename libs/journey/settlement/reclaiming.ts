import { lockListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { Bug } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By, Patch, Transition } from '#platform/transitions';
import { closeUnwanted, createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrderDraft, Decided } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import { addPaid } from './paid-amounts';
import { disbursementAccount, feeAccount } from './reading';
import { stepOf } from './reclaim';
import type { Reclaim } from './reclaim';
import { reclaimLifecycle } from './reclaim.lifecycle';
import type { Settlement } from './settlement';

const ask = declareTransition(reclaimLifecycle, 'ask');
const refuse = declareTransition(reclaimLifecycle, 'refuse');
const giveBack = declareTransition(reclaimLifecycle, 'give_back');
const comeBack = declareTransition(reclaimLifecycle, 'come_back');
const bridge = declareTransition(reclaimLifecycle, 'bridge');
const decline = declareTransition(reclaimLifecycle, 'decline');
const cover = declareTransition(reclaimLifecycle, 'cover');
const recover = declareTransition(reclaimLifecycle, 'recover');
const refuseBank = declareTransition(reclaimLifecycle, 'refuse_bank');
const settleWithBank = declareTransition(reclaimLifecycle, 'settle_with_bank');

/**
 * Writes what an unwinding wants back of what the settlement has paid; what is written already stays. What the bank itself has sent back meanwhile is wanted no more.
 * @returns all of it, locked
 */
export async function openReclaims(tx: Tx, listing: Listing, settlement: Settlement, by: By): Promise<Reclaim[]> {
  const wanted = (['premium', 'fee'] as const).filter((source) => settlement[`${source}_paid_fen`] > 0n);
  for (const source of wanted) {
    const { accountId } = await debtorOf(tx, listing, source);
    await tx.execute(
      `INSERT INTO reclaim (id, settlement_id, listing_id, source, amount_fen, debtor_account_id) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (settlement_id, source) DO NOTHING`,
      [newId(), settlement.id, listing.id, source, settlement[`${source}_paid_fen`], accountId],
    );
  }
  const reclaims = await tx.query<Reclaim>('SELECT * FROM reclaim WHERE settlement_id = $1 ORDER BY id FOR NO KEY UPDATE', [settlement.id]);
  const unpaid = reclaims.filter((reclaim) => reclaim.state === 'due' && !isPaid(settlement, reclaim));
  const back = await move<Reclaim>(
    tx,
    comeBack,
    unpaid.map(({ id }) => ({ id })),
    by,
  );
  return [...reclaims.filter((reclaim) => !unpaid.includes(reclaim)), ...back];
}

function isPaid(settlement: Settlement, { source }: Reclaim): boolean {
  return settlement[`${source}_paid_fen`] > 0n;
}

/** Takes the next step of each of these reclaims of a locked listing: at most two, premium and fee. */
export async function takeReclaimSteps(
  tx: Tx,
  listing: Listing,
  settlement: Settlement,
  reclaims: readonly Reclaim[],
  today: BusinessDate,
  by: By,
): Promise<void> {
  for (const reclaim of reclaims) {
    const step = stepOf(reclaim, isPaid(settlement, reclaim), settlement.bridge_on!, today);
    if (step === 'ask') await order(tx, ask, 'RETURN', { listing, reclaim }, { asked_on: today }, by);
    if (step === 'bridge') await order(tx, bridge, 'ADVANCE', { listing, reclaim }, { bridge_tried_on: today }, by);
    if (step === 'recover') await order(tx, recover, 'RECOVER', { listing, reclaim }, { asked_on: today }, by);
    if (step === 'close') await closeUnwanted(tx, reclaim.bank_order_id!);
  }
}

/** Who has what is wanted back: the institution the premium, the operating company the fee. */
async function debtorOf(tx: Tx, listing: Listing, source: Reclaim['source']): Promise<{ accountNo: string; accountId: Uuid }> {
  if (source === 'premium') return guaranteePayer(tx, 'insured', listing.institution_id);
  return feeAccount(tx);
}

/** RETURN: from the debtor to D. ADVANCE: from the bank's advance account to D. RECOVER: from the debtor to the bank. */
async function order(
  tx: Tx,
  transition: Transition,
  what: 'RETURN' | 'ADVANCE' | 'RECOVER',
  { listing, reclaim }: { readonly listing: Listing; readonly reclaim: Reclaim },
  patch: Patch,
  by: By,
): Promise<void> {
  const debtor = await debtorOf(tx, listing, reclaim.source);
  const bank = await guaranteePayer(tx, 'channel', null);
  const from = what === 'ADVANCE' ? bank : debtor;
  const to = what === 'RECOVER' ? bank : await disbursementAccount(tx, listing.listing_no);
  const kind = what === 'RETURN' ? KINDS[reclaim.source] : what;
  const amount = fen(reclaim.amount_fen);
  const draft: BankOrderDraft = {
    id: newId(),
    kind,
    purpose: what === 'RETURN' ? 'main' : 'gap',
    subjectId: reclaim.id,
    listingId: listing.id,
    amount,
    debitAccountId: from.accountId,
    creditAccountId: to.accountId,
    instruction: {
      do: 'transfer',
      kind,
      listingNo: listing.listing_no,
      from: from.accountNo,
      to: to.accountNo,
      amount,
      ref: listing.listing_no,
    },
  };
  await createBankOrders(tx, [draft]);
  await move(tx, transition, [{ id: reclaim.id, patch: { ...patch, bank_order_id: draft.id } }], by);
}

const KINDS = { premium: 'PREMIUM_RETURN', fee: 'FEE_RETURN' } as const;

/** What was refused counts as the debtor's word of today, also when its number was closed: he is not asked twice on one day. */
const asReturned = (tx: Tx, decided: Decided, by: By): Promise<void> =>
  takeOutcome(tx, decided, { done: giveBack, not: refuse, word: true }, by);
onOutcome('PREMIUM_RETURN', asReturned);
onOutcome('FEE_RETURN', asReturned);
onOutcome('ADVANCE', (tx, decided, by) => takeOutcome(tx, decided, { done: cover, not: decline, word: false }, by), 'gap');
onOutcome('RECOVER', (tx, decided, by) => takeOutcome(tx, decided, { done: settleWithBank, not: refuseBank, word: true }, by), 'gap');

interface Ways {
  readonly done: Transition;
  readonly not: Transition;
  /** Whether it is the debtor who spoke: then what he has given back is no longer paid to him. */
  readonly word: boolean;
}

async function takeOutcome(tx: Tx, { outcome, orders }: Decided, { done, not, word }: Ways, by: By): Promise<void> {
  if (outcome === 'returned') throw new Bug('what filled the gap of an unwinding cannot come back by itself');
  const today = await lockDay(tx);
  for (const listingId of [...new Set(orders.map((each) => each.listing_id!))].sort()) await lockListing(tx, listingId);
  const isDone = outcome === 'done';
  const patch: Patch = word ? { asked_on: today } : {};
  const moved = await move<Reclaim>(
    tx,
    isDone ? done : not,
    orders.map((each) => ({ id: each.subject_id, patch })),
    by,
  );
  if (isDone && word) for (const { settlement_id: id, source, amount_fen: amount } of moved) await addPaid(tx, id, source, -amount);
  await enqueue(
    tx,
    orders.map((each) => ({ name: 'settlement.unwind', subject: each.listing_id!, key: `${each.listing_id}:${each.id}` })),
  );
}
