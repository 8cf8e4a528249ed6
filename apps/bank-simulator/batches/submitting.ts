import { z } from 'zod';
import { sumFen, type Fen } from '#kernel/money';
import type { BatchKind, FailureCode, ListingStatus } from '#bank/wire';
import { pending } from '../answers';
import type { Bank } from '../bank';
import { findListing } from '../books/listings';
import type { Tx } from '../database/cashier';
import { BATCH_LIMIT } from '../services/capabilities';
import { acting } from '../services/service';
import { amount, number } from '../services/shapes';

const item = z.strictObject({
  itemNo: number,
  holdNo: number.optional(),
  from: number,
  to: number,
  amount,
  group: number.optional(),
});

const shape = z.strictObject({
  kind: z.enum(['COLLECT', 'REFUND', 'RELEASE', 'PAYOUT']),
  listingNo: number,
  count: z.number().int().min(0),
  total: amount,
  items: z
    .array(item)
    .min(1)
    .max(BATCH_LIMIT * 2),
});
type Submission = z.output<typeof shape>;

/** In which states of the listing a kind of batch runs; absent: in every one. */
const DURING: Readonly<Partial<Record<BatchKind, ListingStatus>>> = { COLLECT: 'COLLECTING', PAYOUT: 'REPAYING' };

/** Takes a batch in. Whether it runs or is rejected is known at once; it is told when the batch comes to its turn. */
export const batchesSubmit = acting('batches/submit', shape, async ({ tx, bank, requestNo }, body) => {
  const code = await rejection(tx, body);
  await tx.rows("insert into batch (request_no, kind, listing_no, status, code, items) values ($1, $2, $3, 'ACCEPTED', $4, $5)", [
    requestNo,
    body.kind,
    body.listingNo,
    code ?? null,
    code === undefined ? body.items.length : 0,
  ]);
  if (code === undefined) await keepItems(tx, bank, requestNo, body);
  await bank.agenda.note(tx, { kind: 'RUN_BATCH', subject: { requestNo }, inMs: 0 });
  return pending('ACCEPTED', {});
});

/** Why nothing of a batch will run. */
async function rejection(tx: Tx, body: Submission): Promise<FailureCode | undefined> {
  if (body.items.length > BATCH_LIMIT) return 'LIMIT_EXCEEDED';
  if (body.count !== body.items.length || sumFen(body.items.map((each) => each.amount)) !== body.total) return 'BATCH_TOTAL_MISMATCH';
  const numbers = body.items.map((each) => each.itemNo);
  if (new Set(numbers).size !== numbers.length) return 'BATCH_DUPLICATE_ITEM';
  const [used] = await tx.rows('select 1 from batch_item where item_no = any($1) limit 1', [numbers]);
  if (used !== undefined) return 'BATCH_DUPLICATE_ITEM';
  const listing = await findListing(tx, body.listingNo);
  if (listing === undefined) return 'LISTING_NOT_FOUND';
  const during = DURING[body.kind];
  return during !== undefined && listing.status !== during ? 'LISTING_STATE' : undefined;
}

async function keepItems(tx: Tx, bank: Bank, requestNo: string, body: Submission): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const [place, each] of body.items.entries()) {
    rows.push({
      item_no: each.itemNo,
      place,
      hold_no: each.holdNo ?? '',
      from_account: each.from,
      to_account: each.to,
      amount_fen: each.amount.toString(),
      group_no: each.group ?? '',
      planned_code: bank.faults.has('fail_item') ? await plannedFailure(tx, bank, requestNo, body, each) : null,
    });
  }
  await tx.rows(
    `insert into batch_item (item_no, request_no, place, hold_no, from_account, to_account, amount_fen, group_no, planned_code)
     select item_no, $1, place, hold_no, from_account, to_account, amount_fen, group_no, planned_code
     from json_to_recordset($2::json) as i (item_no text, place integer, hold_no text, from_account text, to_account text,
       amount_fen bigint, group_no text, planned_code text)`,
    [requestNo, JSON.stringify(rows)],
  );
}

async function plannedFailure(
  tx: Tx,
  bank: Bank,
  requestNo: string,
  body: Submission,
  each: { itemNo: string; holdNo?: string; from: string; to: string; amount: Fen },
): Promise<FailureCode | null> {
  const held = 'select order_no from hold where hold_no = $1';
  const [hold] = each.holdNo === undefined ? [] : await tx.rows<{ order_no: string }>(held, [each.holdNo]);
  const [fault] = await bank.faults.strike(['fail_item'], {
    service: 'batches/submit',
    requestNo,
    listingNo: body.listingNo,
    transactionKind: body.kind,
    holdNo: each.holdNo,
    orderNo: hold?.order_no,
    itemNos: new Set([each.itemNo]),
    accountNos: new Set([each.from, each.to]),
  });
  return fault === undefined ? null : (fault.code ?? 'ACCOUNT_FROZEN');
}
