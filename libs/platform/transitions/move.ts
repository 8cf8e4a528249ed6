import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { Transition } from './declaration';

/** Columns that change together with the state. All subjects of one set name the same columns. */
export type Patch = Readonly<Record<string, string | number | bigint | boolean | Date | object | null>>;

/** One row that shall move, with what else changes in it. */
export interface Subject {
  readonly id: Uuid;
  readonly patch?: Patch;
}

/** Why and by whom. `cause` names a job, a request, a bank order or a statement line; `who` is `system` or an actor's id. */
export interface By {
  readonly cause: string;
  readonly who: string;
  /** `skip`: rows in a state that the event does not leave stay as they are and are not returned. Without it they are a Bug. */
  readonly alreadyMoved?: 'skip';
}

/** The row as it is after the move, with the state that it left. */
export type Moved<Row> = Row & { readonly id: Uuid; readonly from_state: string };

/**
 * The engine: moves a set of rows along one arrow, in one statement that locks them in the order of their ids, changes state and patched columns, and
 * writes a row into `move` for each. What did not move is a Bug unless the caller said that it may have moved already.
 */
export async function move<Row = unknown>(tx: Tx, transition: Transition, subjects: readonly Subject[], by: By): Promise<Moved<Row>[]> {
  if (subjects.length === 0) return [];
  const ids = new Set(subjects.map((subject) => subject.id));
  if (ids.size !== subjects.length) throw new Bug(`${nameOf(transition)}: a subject stands twice in one set`);
  const moved = await tx.query<Moved<Row>>(statementFor(transition, patchedColumns(transition, subjects)), [
    JSON.stringify(
      subjects.map(({ id, patch }) => ({ ...patch, id })),
      asText,
    ),
    by.cause,
    by.who,
  ]);
  if (moved.length !== subjects.length && by.alreadyMoved !== 'skip') {
    for (const { id } of moved) ids.delete(id);
    const [first] = ids;
    throw new Bug(`${nameOf(transition)}: ${ids.size} of ${subjects.length} did not move, the first is ${first} (cause ${by.cause})`);
  }
  return moved;
}

/** Identifiers come from our own tables and literals in code, never from outside; the check keeps it so. */
export function refuseOddNames({ lifecycle: { table, noun }, event, from, to }: Transition, others: readonly string[]): void {
  for (const name of [table, noun, event, to, ...from, ...others]) {
    if (!/^[a-z_]+[a-z0-9_]*$/.test(name)) throw new Bug(`${name} is not a plain name`);
  }
}

function statementFor(transition: Transition, columns: readonly string[]): string {
  const { table, noun } = transition.lifecycle;
  refuseOddNames(transition, columns);
  const assignments = columns.map((column) => `${column} = patch.${column}, `).join('');
  // Literals, not a parameter: a plan that depends on no value is made once per connection and kept.
  const from = transition.from.map((state) => `'${state}'`).join(', ');
  // The patch is joined while the rows are locked: two lists of thousands would otherwise be compared with each other row by row, where PostgreSQL expects few.
  return `
    WITH patch AS MATERIALIZED (
      SELECT given.* FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) AS given JOIN ${table} t ON t.id = given.id ORDER BY t.id FOR NO KEY UPDATE OF t),
    moved AS (
      UPDATE ${table} t SET ${assignments}state = '${transition.to}', changed_at = clock_timestamp()
      FROM patch WHERE t.id = patch.id AND t.state IN (${from})
      RETURNING old.state AS from_state, new.*),
    written AS (
      INSERT INTO move (noun, subject_id, from_state, to_state, event, cause, who, business_date)
      SELECT '${noun}', moved.id, moved.from_state, '${transition.to}', '${transition.event}', $2, $3, business_clock.business_date
      FROM moved CROSS JOIN business_clock)
    SELECT * FROM moved`;
}

function patchedColumns(transition: Transition, subjects: readonly Subject[]): readonly string[] {
  return columnsOf(
    subjects.map(({ patch }) => patch ?? {}),
    `${nameOf(transition)}: the subjects of one set change different columns`,
  );
}

/** The columns that all rows of a set name. @throws Bug with `otherwise` when one names others */
export function columnsOf(rows: readonly Patch[], otherwise: string): readonly string[] {
  const columns = Object.keys(rows[0] ?? {});
  for (const row of rows) {
    const others = Object.keys(row);
    if (others.length !== columns.length || others.some((column) => !columns.includes(column))) throw new Bug(otherwise);
  }
  return columns;
}

/** `noun.event`, for messages. */
export function nameOf(transition: Transition): string {
  return `${transition.lifecycle.noun}.${transition.event}`;
}

/** JSON has no bigint; PostgreSQL reads the text into the column's own type. */
export function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
