import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { Outcome } from '#bank/port';
import { askJob } from './asking';
import { connectedBank } from './bank-holder';
import { bankOrderRefusals } from './bank-order.refusals';
import type { BankOrder } from './bank-order';
import { settle } from './door';

const OPEN: readonly string[] = ['created', 'sent', 'accepted', 'unknown'];

/** Asks for the closing of a number that is not wanted any more: afterwards the bank refuses it for ever, also when its first copy arrives later. */
export async function closeUnwanted(tx: Tx, id: Uuid): Promise<void> {
  const [order] = await tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [id]);
  if (order === undefined || order.request_no === null) throw new Refusal(bankOrderRefusals.BANK_ORDER_NOT_FOUND);
  if (!OPEN.includes(order.state)) throw new Refusal(bankOrderRefusals.BANK_ORDER_DECIDED, { state: order.state });
  await enqueue(tx, [{ name: closeBankOrderJob.name, subject: id }]);
}

/** Closes one number at the bank; what had been decided before comes back through the same door. */
export const closeBankOrderJob = defineJob({
  name: 'bank.close',
  lane: 'bank',
  limit: { rings: 100 },
  run: async (call) => {
    const [order] = await call.work.read((tx) => tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [call.job.subject]));
    const { exchange: _exchange, ...outcome } = await connectedBank().close(order!.request_no!);
    await call.work.run(async (tx) => {
      const { moved } = await settle(tx, [{ id: order!.id, outcome: outcome as Outcome }], 'operator', 'system');
      // Whoever leaves an order open leaves a question behind: this word may have come in while nobody else was about to ask.
      const isOpen = outcome.kind === 'accepted' || outcome.kind === 'unknown';
      if (isOpen && moved.length > 0) await enqueue(tx, [{ name: askJob.name, subject: order!.send_group, key: `close:${call.job.id}` }]);
      await call.done(tx);
    });
  },
});
