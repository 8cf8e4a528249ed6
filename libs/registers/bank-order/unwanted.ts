import type { Uuid } from '#kernel/ids';
import { newId } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { endWaiting, enqueue } from '#platform/queue';
import type { BankOrder } from './bank-order';

/** The job that closes a number at the bank. */
export const CLOSE_JOB = 'bank.close';

/** Tells the bank now to close these numbers: a closing that pauses is replaced, so that each number has one, however often it is asked for. */
export async function wantClosed(tx: Tx, ids: readonly Uuid[]): Promise<void> {
  if (ids.length === 0) return;
  await endWaiting(tx, CLOSE_JOB, ids);
  await enqueue(
    tx,
    ids.map((id) => ({ name: CLOSE_JOB, subject: id, key: `${id}:${newId()}` })),
  );
}

/** Whether somebody has asked for its closing: whatever the bank answers, it is not sent again. */
export function isUnwanted({ unwanted_at }: BankOrder): boolean {
  return unwanted_at !== null;
}
