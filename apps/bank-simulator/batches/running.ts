import type { Fen } from '#kernel/money';
import type { BatchKind, FailureCode } from '#bank/wire';
import { failed, succeeded } from '../answers';
import { ACCOUNTS, type Bank } from '../bank';
import { openPage, type Page } from '../books/page';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';
import { decideRequest } from '../requests';
import { decideItems, type DecidedItem, type RunningHold, type WaitingItem } from './items';

/** Items that are run in one transaction; the items of their groups come with them. */
const CHUNK = 2000;

interface BatchRow {
  readonly kind: BatchKind;
  readonly listing_no: string;
  readonly status: 'ACCEPTED' | 'RUNNING';
  readonly code: FailureCode | null;
}

/** Runs the next chunk of a batch, or tells that it is done or was rejected. Every step is durable: a restart goes on. */
export async function runBatch(tx: Tx, bank: Bank, { requestNo }: { requestNo: string }): Promise<void> {
  const [batch] = await tx.rows<BatchRow>(
    "select kind, listing_no, status, code from batch where request_no = $1 and status in ('ACCEPTED', 'RUNNING')",
    [requestNo],
  );
  if (batch === undefined) return;
  if (batch.code !== null) return finish(tx, bank, requestNo, 'REJECTED', batch.code);
  const items = await nextChunk(tx, requestNo);
  const holds = await holdsOf(tx, items);
  const accounts = new Set<string>([ACCOUNTS.disbursement]);
  for (const item of items) accounts.add(item.from).add(item.to);
  for (const hold of holds.values()) accounts.add(hold.accountNo);
  const page = await openPage(tx, bank, accounts, batch.listing_no);
  const decided = await decideItems({ requestNo, kind: batch.kind, listingNo: batch.listing_no, page, holds }, items);
  await page.write();
  await keepDecisions(tx, page, decided);
  await keepHolds(tx, [...holds.values()]);
  if (items.length >= CHUNK) {
    await tx.rows("update batch set status = 'RUNNING' where request_no = $1", [requestNo]);
    await bank.agenda.note(tx, { kind: 'RUN_BATCH', subject: { requestNo }, inMs: 0 });
  } else {
    await finish(tx, bank, requestNo, 'DONE', null);
  }
}

async function finish(tx: Tx, bank: Bank, requestNo: string, status: 'DONE' | 'REJECTED', code: FailureCode | null): Promise<void> {
  await tx.rows('update batch set status = $2 where request_no = $1', [requestNo, status]);
  const moment = bank.clock.now();
  const { mayTell } = await decideRequest(tx, requestNo, code === null ? succeeded({}, moment) : failed(code, moment));
  if (mayTell) await tell(tx, bank, 'BATCH_DONE', { requestNo, status });
}

interface ItemRow {
  readonly item_no: string;
  readonly hold_no: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly amount_fen: Fen;
  readonly group_no: string;
  readonly planned_code: FailureCode | null;
}

async function nextChunk(tx: Tx, requestNo: string): Promise<WaitingItem[]> {
  const rows = await tx.rows<ItemRow>(
    `with first as (
       select place, group_no from batch_item where request_no = $1 and status = 'WAITING' order by place limit $2
     )
     select item_no, hold_no, from_account, to_account, amount_fen, group_no, planned_code from batch_item
     where request_no = $1 and status = 'WAITING'
       and (place <= (select max(place) from first) or group_no <> '' and group_no in (select group_no from first))
     order by place`,
    [requestNo, CHUNK],
  );
  return rows.map((row) => ({
    itemNo: row.item_no,
    holdNo: row.hold_no,
    from: row.from_account,
    to: row.to_account,
    amount: row.amount_fen,
    group: row.group_no,
    plannedCode: row.planned_code,
  }));
}

interface HoldRow {
  readonly hold_no: string;
  readonly mode: 'hold' | 'debit';
  readonly account_no: string;
  readonly listing_no: string;
  readonly amount_fen: Fen;
  readonly used_fen: Fen;
  readonly released_fen: Fen;
  readonly refunded_fen: Fen;
}

async function holdsOf(tx: Tx, items: readonly WaitingItem[]): Promise<Map<string, RunningHold>> {
  const wanted = items.map((item) => item.holdNo).filter((holdNo) => holdNo !== '');
  if (wanted.length === 0) return new Map();
  const rows = await tx.rows<HoldRow>(
    `select hold_no, mode, account_no, listing_no, amount_fen, used_fen, released_fen, refunded_fen from hold where hold_no = any($1)`,
    [wanted],
  );
  return new Map(
    rows.map((row) => [
      row.hold_no,
      {
        holdNo: row.hold_no,
        mode: row.mode,
        accountNo: row.account_no,
        listingNo: row.listing_no,
        amount: row.amount_fen,
        used: row.used_fen,
        released: row.released_fen,
        refunded: row.refunded_fen,
      },
    ]),
  );
}

async function keepDecisions(tx: Tx, page: Page, decided: readonly DecidedItem[]): Promise<void> {
  const rows = decided.map((item) => ({ no: item.itemNo, status: item.status, code: item.code, serial: item.bankSerialNo }));
  await tx.rows(
    `update batch_item i set status = d.status, code = d.code, bank_serial_no = d.serial, bank_time = $2, bank_date = $3
     from json_to_recordset($1::json) as d (no text, status text, code text, serial text) where i.item_no = d.no`,
    [JSON.stringify(rows), page.moment.time, page.moment.date],
  );
}

async function keepHolds(tx: Tx, holds: readonly RunningHold[]): Promise<void> {
  if (holds.length === 0) return;
  const rows = holds.map((hold) => ({
    no: hold.holdNo,
    used: hold.used.toString(),
    released: hold.released.toString(),
    refunded: hold.refunded.toString(),
  }));
  await tx.rows(
    `update hold h set used_fen = d.used, released_fen = d.released, refunded_fen = d.refunded
     from json_to_recordset($1::json) as d (no text, used bigint, released bigint, refunded bigint) where h.hold_no = d.no`,
    [JSON.stringify(rows)],
  );
}
