import type { Outcome, VerifiedNotice } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import type { Logger } from '#platform/logging';
import { defineJob, enqueue } from '#platform/queue';
import type { NewJob } from '#platform/queue';
import { createHash } from 'node:crypto';
import { sayAlarms } from './alarms';
import { askPlan } from './ask-plan';
import { connectedBank } from './bank-holder';
import type { BankOrder } from './bank-order';
import { settle, settleReturned } from './door';

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

/** What a notice about an order that stands so is no news about. */
const DECIDED: readonly BankOrder['state'][] = ['done', 'refused', 'closed', 'returned'];

async function jobsFor(tx: Tx, notice: VerifiedNotice): Promise<NewJob[]> {
  const subscriber = subscribers.get(notice.kind);
  if (subscriber !== undefined) return [{ name: subscriber, subject: notice.noticeNo }];
  const requestNo = notice.body['requestNo'];
  if (typeof requestNo !== 'string') return [];
  // Whoever decides the order just now, on the bank's own answer, is waited for: what is decided need not be asked about.
  const [order] = await tx.query<{ id: Uuid; send_group: Uuid; state: BankOrder['state'] }>(
    'SELECT id, send_group, state FROM bank_order WHERE request_no = $1 FOR SHARE',
    [requestNo],
  );
  if (order === undefined) return [];
  if (notice.kind === 'TRANSFER_RETURNED') return [{ name: 'bank.ask-returned', subject: order.id, key: notice.noticeNo }];
  if (DECIDED.includes(order.state)) return [];
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

/** A transfer that was done is said to have come back: asked, not believed, and asked again until the bank has answered what became of it. */
export const askReturnedJob = defineJob({
  name: 'bank.ask-returned',
  lane: 'bank',
  limit: { rings: 50 },
  run: async (call) => {
    const [order] = await call.work.read((tx) => tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [call.job.subject]));
    // The statement, or another notice, told it meanwhile.
    if (order!.state === 'returned') return call.work.run((tx) => call.done(tx));
    const { exchange: _exchange, ...outcome } = await connectedBank().query(order!.request_no!, order!.given_up_at ?? new Date(0));
    await call.work.run(async (tx) => {
      await takeReturn(tx, order!, outcome as Outcome, call.log);
      if (ANSWERS.includes(outcome.kind)) return call.done(tx);
      const pause = askPlan(ASKED_LIKE, connectedBank().capabilities.settleWindowSeconds);
      await call.again(tx, new Date(wallClock.now().getTime() + pause), `the bank has not answered: ${outcome.kind}`);
    });
  },
});

/** What the bank may say of a transfer that it had done. Anything else is no answer. */
const ANSWERS: readonly string[] = ['done', 'refused', 'closed'] satisfies Outcome['kind'][];

/** The pause between two questions is that of an order which was asked about so often. */
const ASKED_LIKE = 2;

/** It may be news to us that it was done at all: the notice of its coming back can overtake the answer. */
async function takeReturn(tx: Tx, order: BankOrder, outcome: Outcome, log: Logger): Promise<void> {
  const decisions = [{ id: order.id, outcome }];
  sayAlarms(log, await settle(tx, decisions, 'notice', 'system'), decisions);
  if (outcome.kind !== 'done' || outcome.returned === undefined) return;
  sayAlarms(log, await settleReturned(tx, [{ id: order.id, word: outcome.returned }], 'notice', 'system'), []);
}
