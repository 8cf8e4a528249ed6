import { setTimeout as pause } from 'node:timers/promises';
import type { BankSandbox } from '#bank/direct-adapter';
import { Outage } from '#kernel/faults';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { wallClock } from '#platform/clock';
import type { Work } from '#platform/database';
import { startEndOfDay } from '#watch/reconciliation';

/**
 * No day ends sooner than this; later ones hardly sooner than most of the quickest before: looking earlier is for nothing. Looking much later is not: the quickest before
 * may have been a day on which much fell due, or on which the bank was silent for seconds.
 */
const FIRST_LOOK_MS = 25;
const LATEST_FIRST_LOOK_MS = 60;
const MOST_OF = 0.85;

/** How often it is looked whether everything is quiet: first often, then less, and for how long. */
const LOOK_MS = 4;
const LONGEST_LOOK_MS = 50;
const SLOWER_BY = 1.2;
const LIMIT_MS = 120_000;

/** A job that is due within this time is waited for; one that is due later (an hourly question, a late file) is not. */
const SOON_MS = 4_000;

/**
 * Lets business days pass in the sandbox: the bank's clock first, then our end of day, then everything that the new day starts; answered when all is quiet.
 * @throws Outage when it does not become quiet within two minutes
 */
export async function advanceDays(
  work: Work,
  bank: BankSandbox,
  days: number,
): Promise<{ businessDate: BusinessDate; days: number; milliseconds: number }> {
  const started = wallClock.now().getTime();
  // What the bank had to tell is heard on the day on which it was told.
  await bank.delivered();
  let today = await untilQuiet(work);
  let quickest = Number.POSITIVE_INFINITY;
  for (let passed = 0; passed < days; passed += 1) {
    const ending = today;
    await bank.advance(1);
    await work.run((tx) => startEndOfDay(tx, ending, publishedCalendar));
    const begun = wallClock.now().getTime();
    await pause(firstLookAfter(quickest));
    today = await untilQuiet(work, ending);
    quickest = Math.min(quickest, wallClock.now().getTime() - begun);
  }
  return { businessDate: today, days, milliseconds: wallClock.now().getTime() - started };
}

/** @param quickest of the days before, in milliseconds; infinite when there are none */
export function firstLookAfter(quickest: number): number {
  return Number.isFinite(quickest) ? Math.min(LATEST_FIRST_LOOK_MS, Math.max(FIRST_LOOK_MS, quickest * MOST_OF)) : FIRST_LOOK_MS;
}

interface Standing {
  readonly today: BusinessDate;
  readonly busy: boolean;
  readonly is_ended: boolean;
}

/** Waits until no job is due or soon due, and the day that is ending has ended or waits for the bank. */
async function untilQuiet(work: Work, ending?: BusinessDate): Promise<BusinessDate> {
  const limit = wallClock.now().getTime() + LIMIT_MS;
  for (let wait = LOOK_MS; ; wait = Math.min(LONGEST_LOOK_MS, wait * SLOWER_BY)) {
    const [standing] = await work.once<Standing>(STANDING, [SOON_MS, ending ?? null]);
    if (!standing!.busy && standing!.is_ended) return standing!.today;
    if (wallClock.now().getTime() > limit)
      throw new Outage(`the sandbox is not quiet after ${LIMIT_MS / 1_000} s: look at the parked and waiting jobs`);
    await pause(wait);
  }
}

// One part per partial index of the job rows, so that the finished ones, which are nearly all, are never read.
const STANDING = `
  SELECT (SELECT business_date FROM business_clock) AS today,
    EXISTS (SELECT 1 FROM job WHERE rung_at IS NOT NULL AND done_at IS NULL AND parked_at IS NULL AND name <> 'day.end')
    OR EXISTS (SELECT 1 FROM job WHERE rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL AND name <> 'day.end'
      AND due_at < clock_timestamp() + $1 * interval '1 millisecond') AS busy,
    ($2::date IS NULL OR EXISTS (SELECT 1 FROM business_day b LEFT JOIN reconciliation_day d ON d.bank_date = b.business_date
      WHERE b.business_date = $2 AND (b.state = 'closed' OR (b.state NOT IN ('open', 'cutting') AND d.waiting_for IS NOT NULL)))) AS is_ended`;
