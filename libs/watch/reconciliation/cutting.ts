import { Bug, Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { addDays, yearOf } from '#kernel/time';
import type { BusinessDate, Calendar } from '#kernel/time';
import { lockDayForCut, lockDayForCutAtOnce } from '#platform/clock';
import type { Tx } from '#platform/database';
import { tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { businessDayLifecycle } from './business-day.lifecycle';
import { dayOpened } from './facts';
import { reconciliationRefusals } from './reconciliation.refusals';

const beginCut = declareTransition(businessDayLifecycle, 'begin_cut');
const cut = declareTransition(businessDayLifecycle, 'cut');

/**
 * The day is about to end: from here on only the lock of the day is waited for. When nobody works on the day just now, it is cut at once.
 * @returns whether it was cut
 * @throws Refusal as `cutDay`
 */
export async function beginCutting(tx: Tx, day: CutDay, calendar: Calendar): Promise<boolean> {
  if (day.state === 'open') await move(tx, beginCut, [{ id: day.id }], { cause: `day:${day.business_date}`, who: 'system' });
  const open = await lockDayForCutAtOnce(tx);
  if (open !== undefined) await switchDay(tx, day, open, calendar);
  return open !== undefined;
}

/** A business day that is to be cut. */
export interface CutDay {
  readonly id: Uuid;
  readonly business_date: BusinessDate;
  readonly state: string;
}

/**
 * The switch 日切: alone on the day for this transaction only, the business date becomes the next one. Nothing that is committed afterwards has a book date in
 * the day that was cut. Its bank date gets a day of reconciliation, and whoever scans for the new date is told.
 * @throws Refusal YEAR_NOT_LOADED when the next day's year has no published calendar, DAY_NOT_OPEN when another day is open
 */
export async function cutDay(tx: Tx, day: CutDay, calendar: Calendar): Promise<void> {
  await switchDay(tx, day, await lockDayForCut(tx), calendar);
}

async function switchDay(tx: Tx, { id, business_date: date }: CutDay, open: BusinessDate, calendar: Calendar): Promise<void> {
  if (open !== date) throw new Refusal(reconciliationRefusals.DAY_NOT_OPEN, { open, asked: date });
  const next = addDays(date, 1);
  refuseUnknownYear(next, calendar);
  const [switched] = await tx.query<{ cut_at: Date }>(SWITCH, [date, next, newId()]);
  if (switched === undefined) throw new Bug(`the business date ${date} was cut before`);
  await move(tx, cut, [{ id, patch: { cut_at: switched.cut_at } }], { cause: `day:${date}`, who: 'system' });
  await tell(tx, dayOpened, [next]);
}

/** A business date may only be opened in a year whose holidays are published: due dates of that day could not be trusted otherwise. */
export function refuseUnknownYear(date: BusinessDate, calendar: Calendar): void {
  if (!calendar.isLoaded(yearOf(date))) throw new Refusal(reconciliationRefusals.YEAR_NOT_LOADED, { date, year: yearOf(date) });
}

// No money transaction is under way here, so that every entry up to the highest id is committed and every later one is booked on the next day.
const SWITCH = `
  WITH switched AS (UPDATE business_clock SET business_date = $2, changed_at = clock_timestamp() WHERE id = 1 AND business_date = $1 RETURNING 1),
  opened AS (INSERT INTO business_day (business_date) SELECT $2::date FROM switched ON CONFLICT (business_date) DO NOTHING)
  INSERT INTO reconciliation_day (bank_date, id, entries_at_cut)
  SELECT $1::date, $3::uuid, coalesce((SELECT max(id) FROM ledger_entry), 0) FROM switched
  RETURNING clock_timestamp() AS cut_at`;
