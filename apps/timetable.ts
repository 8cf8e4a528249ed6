import type { Work } from '#platform/database';
import { enqueue } from '#platform/queue';
import { publishedCalendar, businessDateOf, instant } from '#kernel/time';
import { businessDate, wallClock } from '#platform/clock';
import type { Capabilities } from '#bank/port';
import { forgetAttemptsJob, isAnyAttemptOver } from '#registers/identity';
import { sealAudit } from '#watch/audit';
import { startEndOfDay } from '#watch/reconciliation';

/** How often attempts to log in that are over are forgotten, at most, in milliseconds. */
const FORGET_EVERY_MS = 60 * 60 * 1_000;

/** How often the timetable is looked at, in milliseconds. Jobs that it writes have keys: looking twice starts nothing twice. */
const LOOK_EVERY_MS = 5_000;

/**
 * What the clock starts. In production: the end of day after the bank's cut (a missed day is caught up, day by day). Everywhere: the sealer of the audit log,
 * and the end of attempts to log in that nobody has finished.
 * In the sandbox the test clock starts the end of day instead.
 */
export function startTimetable(
  work: Work,
  bank: Pick<Capabilities, 'dayCut'>,
  sandbox: boolean,
  onError: (error: unknown) => void,
): { stop(): void } {
  const look = (): void => void lookOnce(work, bank, sandbox).catch(onError);
  const timer = setInterval(look, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

async function lookOnce(work: Work, bank: Pick<Capabilities, 'dayCut'>, sandbox: boolean): Promise<void> {
  const now = wallClock.now();
  const turn = Math.floor(now.getTime() / LOOK_EVERY_MS);
  await work.run(async (tx) => {
    const [unsealed] = await tx.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM audit_record WHERE id > coalesce((SELECT max(record_id) FROM audit_seal), 0)) AS any`,
    );
    if (unsealed!.any) await enqueue(tx, [{ name: sealAudit.name, subject: 'audit', key: `turn:${turn}` }]);
    const hour = Math.floor(now.getTime() / FORGET_EVERY_MS);
    if (await isAnyAttemptOver(tx)) await enqueue(tx, [{ name: forgetAttemptsJob.name, subject: 'attempts', key: `hour:${hour}` }]);
    if (sandbox) return;
    const open = await businessDate(tx);
    const isOver = open < businessDateOf(now) || (open === businessDateOf(now) && instant(now).slice(11, 16) >= bank.dayCut);
    if (isOver) await startEndOfDay(tx, open, publishedCalendar);
  });
}
