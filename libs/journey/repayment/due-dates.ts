import type { Uuid } from '#kernel/ids';
import { publishedCalendar, yearOf } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { By, Subject } from '#platform/transitions';
import { dueDatesOf } from './domain/grace';
import { instalmentLifecycle } from './instalment.lifecycle';
import { dueWithoutCharge, provisionalInstalments } from './persistence/instalments';
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

/**
 * Grace of what fell due while the borrower's money had come back begins on the day on which he is paid again: he was not asked before, and cannot be late. Never
 * shorter than it was.
 */
export async function prolongGrace(tx: Tx, loanId: Uuid, today: BusinessDate, by: By): Promise<void> {
  const rows = await dueWithoutCharge(tx, loanId, today);
  const later = rows
    .map((row) => ({ row, dates: dueDatesOf(today, 'none', row.grace_days, publishedCalendar) }))
    .filter(({ row, dates }) => row.grace_until < dates.graceUntil);
  const subjects = (state: ProvisionalInstalment['state']): Subject[] =>
    later
      .filter(({ row }) => row.state === state)
      .map(({ row, dates }) => ({ id: row.id, patch: { grace_until: dates.graceUntil, provisional: dates.provisional } }));
  await move(tx, fixDates, subjects('scheduled'), by);
  await move(tx, fixGrace, subjects('in_grace'), by);
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
