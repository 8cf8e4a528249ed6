import { newId } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import { connected } from './connection';
import { reconcileAgain } from './reconciling';

/** Another look at a bank date whose end of day is over; subject: the date. */
export const reconcileAgainJob = defineJob({
  name: 'reconciliation.look-again',
  lane: 'day',
  limit: { rings: 20, maxBackoffMs: 30_000 },
  run: async (call) => {
    await reconcileAgain(call.work, connected(), call.job.subject as BusinessDate, call.job.payload['force'] === true);
    await call.work.run((tx) => call.done(tx));
  },
});

/** Has bank dates looked at again, in their order: after a decision of people, or when somebody asks. @param force match and prove also without a newer file */
export async function lookAgain(tx: Tx, bankDates: readonly BusinessDate[], force: boolean): Promise<void> {
  const key = newId();
  await enqueue(
    tx,
    bankDates.map((date) => ({ name: reconcileAgainJob.name, subject: date, key: `${date}:${key}`, payload: { force } })),
  );
}
