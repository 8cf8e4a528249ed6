import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** An earlier bank date that may have to be reconciled anew. */
export interface DateToLookAt {
  readonly bankDate: BusinessDate;
  /** Our side has changed: match and prove also when the bank has no newer file. */
  readonly force: boolean;
}

/** Bank dates that were left open are looked at for so many days; a notice or a person can bring back any other. */
const DAYS_OF_PATIENCE = 31;

/**
 * Earlier dates that deserve another look before this one is matched: left open, corrected by a file that was announced, or touched by an entry that came
 * after their proof.
 */
export async function datesToLookAtAgain(tx: Tx, date: BusinessDate): Promise<readonly DateToLookAt[]> {
  const rows = await tx.query<{ bank_date: BusinessDate; force: boolean }>(LOOK_AGAIN, [date, addDays(date, -DAYS_OF_PATIENCE)]);
  return rows.map((row) => ({ bankDate: row.bank_date, force: row.force }));
}

// Entries are found by the id at the cut before: everything older was seen by the proofs of its time.
const LOOK_AGAIN = `
  SELECT bank_date, bool_or(force) AS force FROM (
    SELECT bank_date, false AS force FROM reconciliation_day WHERE state = 'open' AND bank_date >= $2 AND bank_date < $1
    UNION ALL
    SELECT d.bank_date, false FROM bank_notice n JOIN reconciliation_day d ON d.bank_date = (n.body ->> 'bankDate')::date
    WHERE n.kind = 'STATEMENT_READY' AND n.handled_at IS NULL AND d.bank_date < $1
      AND EXISTS (SELECT FROM jsonb_array_elements_text(n.body -> 'files') AS name WHERE name !~ '_1\\.txt$')
    UNION ALL
    SELECT e.bank_date, true FROM ledger_entry e JOIN reconciliation_day d ON d.bank_date = e.bank_date
    WHERE e.id > (SELECT coalesce(max(entries_at_cut), 0) FROM reconciliation_day WHERE bank_date < $1) AND e.bank_date < $1
      AND e.id > d.entries_at_proof
  ) AS looked GROUP BY bank_date ORDER BY bank_date`;

/** Announcements of statements up to this date have had their effect. */
export async function markNoticesRead(tx: Tx, date: BusinessDate): Promise<void> {
  await tx.execute(
    `UPDATE bank_notice SET handled_at = clock_timestamp() WHERE kind = 'STATEMENT_READY' AND handled_at IS NULL AND (body ->> 'bankDate')::date <= $1`,
    [date],
  );
}
