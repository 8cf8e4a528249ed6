import type { VerifiedNotice } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { NewJob } from '#platform/queue';
import { createHash } from 'node:crypto';
import { connectedBank } from './bank-holder';
import type { BankOrder } from './bank-order';
import { settleReturned } from './door';

/** Jobs by kind of notice, registered by whoever the notice concerns; the job's subject is the notice's number. */
const subscribers = new Map<string, string>();

/** Names the job that handles a kind of notice. */
export function onNotice(kind: string, jobName: string): void {
  subscribers.set(kind, jobName);
}

/**
 * Stores a verified notice and rings whoever must ask or act. The same notice number a second time changes nothing.
 * @returns whether it was new
 */
export async function receiveNotice(tx: Tx, notice: VerifiedNotice): Promise<boolean> {
  const body = JSON.stringify(notice.body);
  const rows = await tx.query(
    `INSERT INTO bank_notice (notice_no, kind, body, digest) VALUES ($1, $2, $3::jsonb, $4) ON CONFLICT (notice_no) DO NOTHING RETURNING notice_no`,
    [notice.noticeNo, notice.kind, body, createHash('sha256').update(body).digest('hex')],
  );
  if (rows.length === 0) return false;
  await enqueue(tx, await jobsFor(tx, notice));
  return true;
}

async function jobsFor(tx: Tx, notice: VerifiedNotice): Promise<NewJob[]> {
  const subscriber = subscribers.get(notice.kind);
  if (subscriber !== undefined) return [{ name: subscriber, subject: notice.noticeNo }];
  const requestNo = notice.body['requestNo'];
  if (typeof requestNo !== 'string') return [];
  const [order] = await tx.query<{ id: Uuid; send_group: Uuid }>('SELECT id, send_group FROM bank_order WHERE request_no = $1', [
    requestNo,
  ]);
  if (order === undefined) return [];
  if (notice.kind === 'TRANSFER_RETURNED') return [{ name: 'bank.ask-returned', subject: order.id, key: notice.noticeNo }];
  return [{ name: 'bank.ask', subject: order.send_group, key: notice.noticeNo, payload: { notice: notice.noticeNo } }];
}

/** The stored notice behind a job's subject. */
export async function noticeBody(tx: Tx, noticeNo: string): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await tx.query<{ body: Readonly<Record<string, unknown>> }>(
    'UPDATE bank_notice SET handled_at = clock_timestamp() WHERE notice_no = $1 RETURNING body',
    [noticeNo],
  );
  return row?.body ?? {};
}

/** A transfer that was done is said to have come back: asked, not believed. */
export const askReturnedJob = defineJob({
  name: 'bank.ask-returned',
  lane: 'bank',
  limit: { rings: 50 },
  run: async (call) => {
    const [order] = await call.work.read((tx) => tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [call.job.subject]));
    const outcome = await connectedBank().query(order!.request_no!, order!.given_up_at ?? new Date(0));
    await call.work.run(async (tx) => {
      if (outcome.kind === 'done' && outcome.returned !== undefined) {
        const { contradicted } = await settleReturned(tx, [{ id: order!.id, word: outcome.returned }], 'query', 'system');
        if (contradicted.length > 0) call.log.error({ contradicted }, 'what came back is not what was paid; nothing was changed');
      }
      await call.done(tx);
    });
  },
});
