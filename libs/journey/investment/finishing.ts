import { finishFailingOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { InvestmentReturn } from './investment';

/** `failed` only when every hold and every fen is back, or in suspense where the customer has no account any more: looked at whenever a return is done. */
export const finishFailingJob = defineJob({
  name: 'investment.finish-failing',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const id = call.job.subject as Uuid;
      const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1 FOR NO KEY UPDATE', [id]);
      if (listing!.state === 'failing' && !(await isOpen(tx, id)))
        await finishFailingOf(tx, id, { cause: `job:${call.job.id}:${today}`, who: 'system' });
      await call.done(tx);
    });
  },
});

/** Something has gone back, or lies in suspense: it may have been the last that a failing listing waited for. */
export async function lookWhetherAllIsBack(tx: Tx, returns: readonly Pick<InvestmentReturn, 'id' | 'listing_id'>[]): Promise<void> {
  const newest = new Map(returns.map((row) => [row.listing_id, row.id]));
  await enqueue(
    tx,
    [...newest].map(([listing, id]) => ({ name: finishFailingJob.name, subject: listing, key: `${listing}:${id}` })),
  );
}

async function isOpen(tx: Tx, listingId: Uuid): Promise<boolean> {
  const [row] = await tx.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM investment_order WHERE listing_id = $1 AND state IN ('admitted', 'freezing', 'frozen', 'accepted', 'collected'))
       OR EXISTS (SELECT FROM investment_return WHERE listing_id = $1 AND state IN ('due', 'sent', 'parking')) AS open`,
    [listingId],
  );
  return row!.open;
}
