import type { Uuid } from '#kernel/ids';
import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { completeLoans } from './completing';
import { takeSteps } from './daily-steps';
import { LAST_COLLECTION_DAY } from './domain/daily-plan';
import { endLoans } from './ending';
import { fixProvisionalDates } from './due-dates';
import { instalmentLifecycle } from './instalment.lifecycle';
import { unparkReachable } from './parking';
import { emptyInstalments } from './persistence/instalments';
import { lockLoans, loansToLookAt } from './persistence/loans';
import { recoveriesOpenedBy } from './persistence/recoveries';
import { passOnEverywhere } from './recovering';
import { recoveryLifecycle } from './recovery.lifecycle';
import { retryRefused } from './retrying';

const passEmpty = declareTransition(instalmentLifecycle, 'pass_empty');
const handToCollectors = declareTransition(recoveryLifecycle, 'hand_to_collectors');

/** Loans whose charges stand in one transaction and one group of bank orders. */
const LOANS_AT_ONCE = 200;

/**
 * A business day has been opened: what falls due is charged, who is late is charged again, grace that has ended leads to an advance, refused payouts go out
 * again or are parked. Every step looks at states, so that a run which was interrupted goes on, and a second run of the same day finds nothing left to do.
 * A run that comes late does the work of the day on which it runs: what was due the day before is due still.
 */
export const scanJob = defineJob({ name: 'repayment.scan', lane: 'books', limit: { rings: 50 }, run: scan });

async function scan(call: JobCall): Promise<void> {
  const by: By = { cause: `job:${call.job.id}`, who: 'system' };
  const isOver = await call.work.run(async (tx) => {
    const today = await lockDay(tx);
    await fixProvisionalDates(tx, today, by);
    await passWhatIsEmpty(tx, today, by);
    await endLoans(tx, today);
    const late = await recoveriesOpenedBy(tx, addDays(today, -LAST_COLLECTION_DAY));
    await move(
      tx,
      handToCollectors,
      late.map((id) => ({ id })),
      { ...by, alreadyMoved: 'skip' },
    );
    // On most days no loan has a step to take: then the end of the scan is part of this transaction.
    const [first] = await loansToLookAt(tx, today, null, 1);
    if (first === undefined) await endScan(tx, call, today, by);
    return first === undefined;
  });
  if (isOver) return;
  let last: Uuid | null = null;
  do last = await takeStepsAfter(call, last, by);
  while (last !== null);
  await call.work.run(async (tx) => endScan(tx, call, await lockDay(tx), by));
}

/** What no loan's own step does: payouts that wait for their customer or for another try, and what was recovered and not passed on. */
async function endScan(tx: Tx, call: JobCall, today: BusinessDate, by: By): Promise<void> {
  await unparkReachable(tx, today, by);
  await retryRefused(tx, today, by);
  await passOnEverywhere(tx, today);
  await call.done(tx);
}

/** One portion of loans. @returns the last one, or nothing when there are no more */
async function takeStepsAfter(call: JobCall, after: Uuid | null, by: By): Promise<Uuid | null> {
  return call.work.run(async (tx) => {
    const today = await lockDay(tx);
    const loanIds = await loansToLookAt(tx, today, after, LOANS_AT_ONCE);
    await takeSteps(tx, loanIds, today, by);
    return loanIds.length < LOANS_AT_ONCE ? null : loanIds[loanIds.length - 1]!;
  });
}

/** Instalments of nothing (an interest-free period before the last one) are paid when they fall due. */
async function passWhatIsEmpty(tx: Tx, today: BusinessDate, by: By): Promise<void> {
  const empty = await emptyInstalments(tx, today);
  if (empty.length === 0) return;
  const loanIds = [...new Set(empty.map((row) => row.loan_id))];
  await lockLoans(tx, loanIds, today);
  await move(
    tx,
    passEmpty,
    empty.map(({ id }) => ({ id, patch: { paid_on: today } })),
    { ...by, alreadyMoved: 'skip' },
  );
  await completeLoans(tx, loanIds, by);
}
