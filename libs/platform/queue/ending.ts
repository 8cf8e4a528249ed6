import type { Tx } from '#platform/database';

/**
 * Ends jobs that wait for their time and are not needed any more: another run has done what they were for. A job that was rung already runs and finds
 * nothing to do.
 * @returns how many were ended
 */
export async function endWaiting(tx: Tx, name: string, subjects: readonly string[]): Promise<number> {
  return tx.execute(
    `UPDATE job SET done_at = clock_timestamp()
     WHERE subject = ANY($2::text[]) AND name = $1 AND rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL`,
    [name, subjects],
  );
}
