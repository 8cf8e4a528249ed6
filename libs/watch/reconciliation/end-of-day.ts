import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { addDays } from '#kernel/time';
import type { BusinessDate, Calendar } from '#kernel/time';
import { businessDate, wallClock } from '#platform/clock';
import type { Tx, Work } from '#platform/database';
import { defineJob, enqueue, tell } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { businessDayLifecycle } from './business-day.lifecycle';
import { connected } from './connection';
import { datesToLookAtAgain, markNoticesRead } from './corrections';
import type { DateToLookAt } from './corrections';
import { beginCutting, cutDay, refuseUnknownYear } from './cutting';
import { concludeDay, confirmDay } from './day-result';
import type { Conclusion } from './day-result';
import { dayClosed } from './facts';
import { fetchStatements } from './fetching';
import { matchDay } from './matching';
import { markChecked, reconcileAgain } from './reconciling';
import { reconciliationRefusals } from './reconciliation.refusals';

const fetchDay = declareTransition(businessDayLifecycle, 'fetch');
const match = declareTransition(businessDayLifecycle, 'match');
const close = declareTransition(businessDayLifecycle, 'close');

/**
 * The end of one business day 日终, subject: the date. Steps commit one by one, so that a run which dies is taken up where it stood; two runs at once cannot be,
 * because lane `day` runs one job in the whole installation. Days that still wait for the bank come first, in their order.
 */
export const endDayJob = defineJob({ name: 'day.end', lane: 'day', limit: { rings: 100, maxBackoffMs: 30_000 }, run: endDay });

/**
 * Starts the end of the open business day; started once, it ends once. The sandbox starts it after the bank's clock was moved, in production the timetable
 * does, after the bank's cut.
 * @throws Refusal DAY_NOT_OPEN when another day is open, YEAR_NOT_LOADED when the next day may not be opened
 */
export async function startEndOfDay(tx: Tx, date: BusinessDate, calendar: Calendar): Promise<void> {
  const open = await businessDate(tx);
  if (open !== date) throw new Refusal(reconciliationRefusals.DAY_NOT_OPEN, { open, asked: date });
  refuseUnknownYear(addDays(date, 1), calendar);
  await enqueue(tx, [{ name: endDayJob.name, subject: date }]);
}

interface Day {
  readonly id: Uuid;
  readonly business_date: BusinessDate;
  readonly state: 'open' | 'cutting' | 'fetching' | 'matching' | 'proving' | 'closed';
  readonly changed_at: Date;
}

async function endDay(call: JobCall): Promise<void> {
  const date = call.job.subject as BusinessDate;
  const { unfinished, today, mustWait } = await call.work.run((tx) => beginDay(tx, date));
  // The business date does not wait for a file, not even for one of an earlier day; only for whoever works on the day just now.
  if (mustWait) await call.work.run((tx) => cutDay(tx, today!, connected().calendar));
  for (const day of unfinished) {
    const waitingFor = await endOneDay(call.work, day, (tx) => (day === today ? call.done(tx) : Promise.resolve()));
    if (waitingFor === undefined) continue;
    if (today !== undefined && day !== today) await wait(call.work, date, `${day.business_date} comes first: ${waitingFor}`);
    return call.work.run((tx) => call.again(tx, lookAgainAt(day), waitingFor));
  }
  if (today === undefined) await call.work.run((tx) => call.done(tx));
}

interface Begun {
  /** The days that are not closed up to this one, as they stood. */
  readonly unfinished: readonly Day[];
  /** This one among them. */
  readonly today: Day | undefined;
  /** Its cut is announced and still to come. */
  readonly mustWait: boolean;
}

async function beginDay(tx: Tx, date: BusinessDate): Promise<Begun> {
  const unfinished = await unfinishedDays(tx, date);
  const today = unfinished.find((day) => day.business_date === date);
  const isUncut = today !== undefined && (today.state === 'open' || today.state === 'cutting');
  return { unfinished, today, mustWait: isUncut && !(await beginCutting(tx, today, connected().calendar)) };
}

function unfinishedDays(tx: Tx, date: BusinessDate): Promise<Day[]> {
  return tx.query<Day>(
    `SELECT id, business_date, state, changed_at FROM business_day WHERE state <> 'closed' AND business_date <= $1 ORDER BY business_date`,
    [date],
  );
}

/** Runs the steps of a day from where it stands. @returns what it waits for, when it does */
async function endOneDay(work: Work, day: Day, whenClosed: (tx: Tx) => Promise<void>): Promise<string | undefined> {
  const date = day.business_date;
  const connection = connected();
  let earlier: readonly DateToLookAt[] | undefined;
  if (day.state === 'open' || day.state === 'cutting' || day.state === 'fetching') {
    const whenLoaded = async (tx: Tx): Promise<void> => {
      await fetched(tx, day);
      earlier = await datesToLookAtAgain(tx, date);
    };
    // A day that was cut just now cannot have a file yet.
    const fetching = await fetchStatements(work, connection, date, whenLoaded, day.state === 'fetching' ? undefined : []);
    if (fetching.kind === 'waiting') return wait(work, date, fetching.why);
    if (!fetching.news) await work.run(whenLoaded);
  }
  let conclusion: Conclusion | undefined;
  if (day.state !== 'proving') {
    // Corrected files and late entries of earlier bank dates come first: this day's balances build on theirs.
    earlier ??= await work.read((tx) => datesToLookAtAgain(tx, date));
    for (const { bankDate, force } of earlier) await reconcileAgain(work, connection, bankDate, force);
    await matchDay(work, date, async (tx, matching) => {
      await advance(tx, day, match);
      conclusion = await concludeDay(tx, date, matching, connection);
    });
  }
  await confirmDay(work, connection.bank, date, conclusion, async (tx) => {
    await markNoticesRead(tx, date);
    await move(tx, close, [{ id: day.id, patch: { closed_at: wallClock.now() } }], { cause: `day:${date}`, who: 'system' });
    await tell(tx, dayClosed, [date]);
    await whenClosed(tx);
  });
  return undefined;
}

/** The files of the day are accepted: both the bank date and the business day go on, together. */
async function fetched(tx: Tx, day: Day): Promise<void> {
  await markChecked(tx, day.business_date);
  await advance(tx, day, fetchDay);
}

async function advance(tx: Tx, day: Day, step: typeof match): Promise<void> {
  await move(tx, step, [{ id: day.id }], { cause: `day:${day.business_date}`, who: 'system' });
}

async function wait(work: Work, date: BusinessDate, why: string): Promise<string> {
  await work.run((tx) =>
    tx.execute('UPDATE reconciliation_day SET waiting_for = $2, changed_at = clock_timestamp() WHERE bank_date = $1', [date, why]),
  );
  return why;
}

/** The longer a file is late, the less often the bank is asked for it. */
function lookAgainAt(day: Day): Date {
  const { firstMs, longestMs } = connected().lookAgain;
  const now = wallClock.now().getTime();
  const waited = day.state === 'fetching' ? now - day.changed_at.getTime() : 0;
  return new Date(now + Math.min(longestMs, Math.max(firstMs, Math.floor(waited / 4))));
}
