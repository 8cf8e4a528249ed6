import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { Transition } from './declaration';
import { asText, columnsOf, nameOf, refuseOddNames } from './move';
import type { By, Patch } from './move';

/** A row that is written only now: its columns, without the state. All rows of one set name the same columns. */
export type NewRow = Patch & { readonly id: Uuid };

/**
 * Writes rows that leave their first state in the transaction that makes them, and a row into `move` for each, as if each had been inserted and then moved. To do it in
 * two statements costs every row a second version, and PostgreSQL proves all its foreign keys twice: a row that its own transaction has inserted is proven again when
 * it changes.
 * @throws Bug when the arrow does not leave the first state, or the rows name different columns
 */
export async function writeMoved(tx: Tx, transition: Transition, rows: readonly NewRow[], by: Pick<By, 'cause' | 'who'>): Promise<void> {
  if (rows.length === 0) return;
  const { initial } = transition.lifecycle;
  if (!transition.from.includes(initial))
    throw new Bug(`${nameOf(transition)} does not leave the first state of a ${transition.lifecycle.noun}`);
  const columns = columnsOf(rows, `${nameOf(transition)}: the rows of one set name different columns`);
  await tx.execute(statementFor(transition, columns), [JSON.stringify(rows, asText), by.cause, by.who]);
}

function statementFor(transition: Transition, columns: readonly string[]): string {
  const { table, noun, initial } = transition.lifecycle;
  refuseOddNames(transition, [initial, ...columns]);
  const list = columns.join(', ');
  return `
    WITH written AS (
      INSERT INTO ${table} (${list}, state) SELECT ${list}, '${transition.to}' FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) RETURNING id)
    INSERT INTO move (noun, subject_id, from_state, to_state, event, cause, who, business_date)
    SELECT '${noun}', written.id, '${initial}', '${transition.to}', '${transition.event}', $2, $3, business_clock.business_date
    FROM written CROSS JOIN business_clock`;
}
