import { z } from 'zod';
import type { BatchItemState, BatchState, BatchStatus } from '#bank/wire';
import { succeeded, undecided } from '../answers';
import { findRequest } from '../requests';
import { BATCH_LIMIT } from '../services/capabilities';
import { reading } from '../services/service';
import { number, requestNo } from '../services/shapes';

interface ItemRow {
  readonly item_no: string;
  readonly status: BatchItemState['status'];
  readonly code: string | null;
  readonly bank_serial_no: string | null;
  readonly bank_time: string | null;
  readonly bank_date: string | null;
}

/** A batch and a page of its items, by item number. */
export const batchesQuery = reading(
  'batches/query',
  z.strictObject({ requestNo, after: number.optional(), limit: z.number().int().min(1).max(BATCH_LIMIT) }),
  async (session, bank, body) => {
    const [batch] = await session.rows<{ status: BatchStatus; code: string | null }>(
      'select status, code from batch where request_no = $1',
      [body.requestNo],
    );
    const request = await findRequest(session, bank.clock, body.requestNo);
    if (batch === undefined || request === undefined) return undecided('NOT_FOUND');
    const rows = await session.rows<ItemRow>(
      `select item_no, status, code, bank_serial_no, bank_time, bank_date from batch_item
       where request_no = $1 and item_no > $2 order by item_no limit $3`,
      [body.requestNo, body.after ?? '', body.limit + 1],
    );
    const page = rows.slice(0, body.limit);
    const mute = request.decision.status === 'PROCESSING';
    const data: BatchState = {
      requestNo: body.requestNo,
      status: mute ? 'RUNNING' : batch.status,
      code: batch.status === 'REJECTED' ? batch.code : null,
      items: page.map((row) => (mute ? waiting(row) : itemState(row))),
      next: rows.length > page.length ? page.at(-1)!.item_no : null,
    };
    return succeeded(data, bank.clock.now());
  },
);

function itemState(row: ItemRow): BatchItemState {
  const { item_no: itemNo, status, code, bank_serial_no: bankSerialNo, bank_time: bankTime, bank_date: bankDate } = row;
  return { itemNo, status, code, bankSerialNo, bankTime, bankDate };
}

function waiting(row: ItemRow): BatchItemState {
  return { itemNo: row.item_no, status: 'WAITING', code: null, bankSerialNo: null, bankTime: null, bankDate: null };
}
