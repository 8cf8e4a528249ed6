import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx, Work } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { ReconciliationConnection } from './connection';
import { concludeDay, confirmDay } from './day-result';
import type { Conclusion } from './day-result';
import { fetchStatements } from './fetching';
import { matchDay } from './matching';
import { reconciliationDayLifecycle } from './reconciliation-day.lifecycle';

const check = declareTransition(reconciliationDayLifecycle, 'check');
const reopen = declareTransition(reconciliationDayLifecycle, 'reopen');

/** One row of `reconciliation_day`, as far as the steps need it. */
export interface ReconciliationDay {
  readonly id: Uuid;
  readonly bank_date: BusinessDate;
  readonly state: 'waiting' | 'checked' | 'clean' | 'adjusted' | 'open';
  readonly waiting_for: string | null;
}

/** The day of a bank date. */
export async function reconciliationDay(tx: Tx, bankDate: BusinessDate): Promise<ReconciliationDay | undefined> {
  const [day] = await tx.query<ReconciliationDay>('SELECT id, bank_date, state, waiting_for FROM reconciliation_day WHERE bank_date = $1', [
    bankDate,
  ]);
  return day;
}

/** The files of a waiting day are all accepted: it is checked. A day that had its result is opened again by a new version. */
export async function markChecked(tx: Tx, bankDate: BusinessDate): Promise<void> {
  const day = (await reconciliationDay(tx, bankDate))!;
  const by = { cause: `statement:${bankDate}`, who: 'system' };
  if (day.state === 'waiting') await move(tx, check, [{ id: day.id, patch: { waiting_for: null } }], by);
  else if (day.state !== 'checked') await move(tx, reopen, [{ id: day.id }], by);
}

/**
 * Looks at a bank date again whose end of day is over: fetches a newer version if there is one, matches and proves anew, and tells the bank when there is a
 * result to tell. Nothing happens to a day that is still waiting: its end of day will come.
 * @param force also when the bank has no newer file, because our side has changed
 */
export async function reconcileAgain(
  work: Work,
  connection: ReconciliationConnection,
  bankDate: BusinessDate,
  force: boolean,
): Promise<void> {
  const day = await work.read((tx) => reconciliationDay(tx, bankDate));
  if (day === undefined || day.state === 'waiting') return;
  const fetching = await fetchStatements(work, connection, bankDate, (tx) => markChecked(tx, bankDate));
  const hasNews = fetching.kind === 'complete' && fetching.news;
  if (!hasNews && !force && day.state !== 'checked') return;
  if (!hasNews) await work.run((tx) => markChecked(tx, bankDate));
  let conclusion: Conclusion | undefined;
  await matchDay(work, bankDate, async (tx, matching) => {
    conclusion = await concludeDay(tx, bankDate, matching, connection);
  });
  await confirmDay(work, connection.bank, bankDate, conclusion, async () => undefined);
}
