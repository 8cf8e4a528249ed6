import { publishedCalendar, yearOf } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { By, Subject } from '#platform/transitions';
import { dueDatesOf } from './domain/grace';
import { instalmentLifecycle } from './instalment.lifecycle';
import { provisionalInstalments } from './persistence/instalments';
import type { ProvisionalInstalment } from './persistence/instalments';

const fixDates = declareTransition(instalmentLifecycle, 'fix_dates');
const fixGrace = declareTransition(instalmentLifecycle, 'fix_grace');

/**
 * Due dates of a year whose holidays were not published when the loan began stand on their nominal day. Once the table is there they become final, each
 * with a move as its trace. A moved due date moves money, never interest.
 */
export async function fixProvisionalDates(tx: Tx, today: BusinessDate, by: By): Promise<void> {
  const rows = await provisionalInstalments(tx, lastPublishedDay(today));
  await move(tx, fixDates, rows.filter((row) => row.state === 'scheduled').flatMap(fixed), by);
  // The day of a loan in grace is past; only the end of its grace can still move.
  await move(tx, fixGrace, rows.filter((row) => row.state === 'in_grace').flatMap(fixed), by);
}

function fixed(row: ProvisionalInstalment): Subject[] {
  const dates = dueDatesOf(row.nominal_date, row.working_days, row.grace_days, publishedCalendar);
  return dates.provisional ? [] : [{ id: row.id, patch: { due_date: dates.dueDate, grace_until: dates.graceUntil, provisional: false } }];
}

function lastPublishedDay(today: BusinessDate): BusinessDate {
  let year = yearOf(today);
  while (publishedCalendar.isLoaded(year + 1)) year += 1;
  return `${year}-12-31` as BusinessDate;
}
