import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { Reclaim } from './reclaim';

/** Adds to what premium or fee has been paid: what came back is taken off again. In fen, signed. */
export async function addPaid(tx: Tx, settlementId: Uuid, source: Reclaim['source'], amount: bigint): Promise<void> {
  const column = `${source}_paid_fen` as const;
  await tx.execute(`UPDATE settlement SET ${column} = ${column} + $2, changed_at = clock_timestamp() WHERE id = $1`, [
    settlementId,
    amount,
  ]);
}
