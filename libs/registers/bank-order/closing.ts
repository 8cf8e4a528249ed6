import type { Outcome } from '#bank/port';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { sayAlarms } from './alarms';
import { askJob } from './asking';
import { connectedBank } from './bank-holder';
import { bankOrderRefusals } from './bank-order.refusals';
import type { BankOrder } from './bank-order';
import { settle } from './door';
import { CLOSE_JOB, wantClosed } from './unwanted';

const OPEN: readonly string[] = ['created', 'sent', 'accepted', 'unknown'];

/** Pause before a closing is tried again: a part of the time for which the number has been unwanted, within these limits. */
const PAUSE_MS = { least: 200, most: 60_000, part: 0.25 };

/**
 * Asks for the closing of a number that is not wanted any more: from now on it is not sent again, and once the bank has closed it, the bank refuses it for ever, also
 * when its first copy arrives later. Asked again, the bank is told at once, however long the closing would still have paused.
 * @throws Refusal BANK_ORDER_NOT_FOUND; BANK_ORDER_DECIDED
 */
export async function closeUnwanted(tx: Tx, id: Uuid): Promise<void> {
  const [order] = await tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1 FOR NO KEY UPDATE', [id]);
  if (order === undefined || order.request_no === null) throw new Refusal(bankOrderRefusals.BANK_ORDER_NOT_FOUND);
  if (!OPEN.includes(order.state)) throw new Refusal(bankOrderRefusals.BANK_ORDER_DECIDED, { state: order.state });
  await tx.execute('UPDATE bank_order SET unwanted_at = clock_timestamp() WHERE id = $1', [id]);
  await wantClosed(tx, [id]);
}

/** Closes one number at the bank, and tries until the bank has said what stands under it; what had been decided before comes back through the same door. */
export const closeBankOrderJob = defineJob({ name: CLOSE_JOB, lane: 'bank', limit: { rings: 100 }, run: closeAtBank });

async function closeAtBank(call: JobCall): Promise<void> {
  const [order] = await call.work.read((tx) => tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [call.job.subject]));
  if (!OPEN.includes(order!.state)) return call.work.run((tx) => call.done(tx));
  const { exchange: _exchange, ...outcome } = await connectedBank().close(order!.request_no!);
  await call.work.run(async (tx) => {
    const decisions = [{ id: order!.id, outcome: outcome as Outcome }];
    const settled = await settle(tx, decisions, 'operator', 'system');
    sayAlarms(call.log, settled, decisions);
    // Whoever leaves an order open leaves a question behind: this word may have come in while nobody else was about to ask.
    const isOpen = outcome.kind === 'accepted' || outcome.kind === 'unknown';
    if (isOpen && settled.moved.length > 0)
      await enqueue(tx, [{ name: askJob.name, subject: order!.send_group, key: `close:${call.job.id}` }]);
    // The bank is at it: there is nothing to close, the question hears the end of it. Every other word that decides nothing leaves the number open to be closed.
    if (outcome.kind === 'accepted' || (await isDecided(tx, order!.id))) return call.done(tx);
    await call.again(tx, new Date(wallClock.now().getTime() + pauseOf(order!)), `the bank has not closed it: ${outcome.kind}`);
  });
}

async function isDecided(tx: Tx, id: Uuid): Promise<boolean> {
  const [row] = await tx.query<{ state: string }>('SELECT state FROM bank_order WHERE id = $1', [id]);
  return !OPEN.includes(row!.state);
}

function pauseOf({ unwanted_at: since }: BankOrder): number {
  const unwantedForMs = since === null ? 0 : wallClock.now().getTime() - since.getTime();
  return Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, unwantedForMs * PAUSE_MS.part));
}
