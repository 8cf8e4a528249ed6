import type { BatchKind, Instruction } from '#bank/port';
import { Bug } from '#kernel/faults';
import { newId, requestNoOf } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { ZERO } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { reserve } from '#registers/ledger';
import { freezeInstruction } from './bank-order';
import type { BankOrderDraft, BatchItemDraft } from './bank-order';
import { checkForeseen } from './purposes';

/** Accounts that the ledger guards: what will be paid out of them is reserved when the bank order is created. */
const GUARDED_SOURCES: readonly string[] = ['REFUND', 'PAYOUT', 'PREMIUM', 'FEE', 'DISBURSE', 'MOVE', 'PARK', 'UNPARK'];

/**
 * Writes bank orders (an intent each) and the job that sends them, in the caller's transaction. Nothing is sent before it commits.
 * @returns the group that the sending job carries
 */
export async function createBankOrders(tx: Tx, drafts: readonly BankOrderDraft[]): Promise<Uuid> {
  const group = newId();
  if (drafts.length === 0) return group;
  for (const { kind, purpose = 'main' } of drafts) checkForeseen(kind, purpose);
  const today = await lockDay(tx);
  await insertOrders(tx, drafts, group, today);
  await reserve(tx, drafts.filter(isReserving).map(asReservation));
  await enqueue(tx, [{ name: 'bank.send', subject: group, ...(drafts.every(isOfRush) ? { lane: 'freezing' as const } : {}) }]);
  return group;
}

/** A batch and its items. `kind` is what each item does; `batchLimit` of the bank splits a long list into several batches. */
export interface BatchDraft {
  readonly kind: BatchKind;
  readonly listingId: Uuid;
  readonly listingNo: string;
  readonly subjectId: Uuid;
  readonly items: readonly BatchItemDraft[];
}

/**
 * Writes batches with their items, reserves what they pay out, and for each batch a job of its own that sends it: what the bank says about one is heard, asked for and
 * settled without the others.
 */
export async function createBatch(tx: Tx, draft: BatchDraft, batchLimit: number): Promise<void> {
  if (draft.items.length === 0) throw new Bug(`a ${draft.kind} batch of listing ${draft.listingNo} without items`);
  const today = await lockDay(tx);
  const groups: Uuid[] = [];
  for (let start = 0; start < draft.items.length; start += batchLimit) {
    const items = draft.items.slice(start, start + batchLimit);
    const group = newId();
    groups.push(group);
    const instruction: Instruction = { do: 'submit_batch', kind: draft.kind, listingNo: draft.listingNo, items: [] };
    const batch: BankOrderDraft = { id: newId(), kind: 'BATCH', instruction, subjectId: draft.subjectId, listingId: draft.listingId };
    await insertOrders(tx, [batch], group, today);
    await insertItems(tx, draft, batch.id, group, items, today);
    if (GUARDED_SOURCES.includes(draft.kind)) {
      await reserve(
        tx,
        items.map((item) => ({ bankOrderId: item.id, accountId: item.debitAccountId, amount: item.amount })),
      );
    }
  }
  await enqueue(
    tx,
    groups.map((group) => ({ name: 'bank.send', subject: group })),
  );
}

/** What a sale asks for by the thousand in one moment: it waits in a lane of its own. */
function isOfRush({ kind }: BankOrderDraft): boolean {
  return kind === 'HOLD' || kind === 'DEBIT';
}

function isReserving(draft: BankOrderDraft): boolean {
  // What is recovered for an advance comes out of R; what fills a gap of an unwinding comes out of an account that nobody here guards.
  return GUARDED_SOURCES.includes(draft.kind) || (draft.kind === 'RECOVER' && draft.purpose !== 'gap');
}

function asReservation(draft: BankOrderDraft) {
  if (draft.debitAccountId === undefined || draft.amount === undefined)
    throw new Bug(`${draft.kind} reserves nothing: account or amount is missing`);
  return { bankOrderId: draft.id, accountId: draft.debitAccountId, amount: draft.amount };
}

async function insertOrders(tx: Tx, drafts: readonly BankOrderDraft[], group: Uuid, today: BusinessDate): Promise<void> {
  await tx.execute(
    `INSERT INTO bank_order (id, request_no, kind, purpose, instruction, subject_id, listing_id, loan_id, amount_fen, debit_account_id, credit_account_id, hold_order_id,
       send_group, created_on, limit_at)
     SELECT d.*, $13::uuid, $14::date, clock_timestamp() + interval '1 day'
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[], $7::uuid[], $8::uuid[], $9::bigint[], $10::uuid[], $11::uuid[], $12::uuid[]) AS d`,
    [
      drafts.map((draft) => draft.id),
      drafts.map((draft) => requestNoOf(draft.id)),
      drafts.map((draft) => draft.kind),
      drafts.map((draft) => draft.purpose ?? 'main'),
      drafts.map((draft) => freezeInstruction(draft.instruction)),
      drafts.map((draft) => draft.subjectId),
      drafts.map((draft) => draft.listingId ?? null),
      drafts.map((draft) => draft.loanId ?? null),
      drafts.map((draft) => draft.amount ?? ZERO),
      drafts.map((draft) => draft.debitAccountId ?? null),
      drafts.map((draft) => draft.creditAccountId ?? null),
      drafts.map((draft) => draft.holdOrderId ?? null),
      group,
      today,
    ],
  );
}

async function insertItems(
  tx: Tx,
  draft: BatchDraft,
  batchId: Uuid,
  group: Uuid,
  items: readonly BatchItemDraft[],
  today: BusinessDate,
): Promise<void> {
  await tx.execute(
    `INSERT INTO bank_order (id, item_no, subject_id, loan_id, amount_fen, debit_account_id, credit_account_id, hold_order_id, group_no,
       kind, parent_id, send_group, listing_id, created_on, limit_at)
     SELECT i.*, $10, $11::uuid, $12::uuid, $13::uuid, $14::date, clock_timestamp() + interval '1 day'
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::bigint[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[]) AS i`,
    [
      items.map((item) => item.id),
      items.map((item) => requestNoOf(item.id)),
      items.map((item) => item.subjectId),
      items.map((item) => item.loanId ?? null),
      items.map((item) => item.amount),
      items.map((item) => item.debitAccountId),
      items.map((item) => item.creditAccountId),
      items.map((item) => item.holdOrderId ?? null),
      items.map((item) => item.groupNo ?? null),
      draft.kind,
      batchId,
      group,
      draft.listingId,
      today,
    ],
  );
}
