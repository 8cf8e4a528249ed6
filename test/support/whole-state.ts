import { createHash } from 'node:crypto';
import type { Tx } from '#platform/database';
import type { TestPlatform } from './platform';
import { until } from './until';

/** Tables that being asked changes, whatever the answer: who was here, and when. */
const ATTENDANCE = ['customer_session', 'operator_session', 'login_attempt'];

/** Audit records are sealed by a job that is written every few seconds. */
const QUIET_LIMIT_MS = 60_000;

/** A digest per table and one of the bank's books: two of them are equal when nothing was changed in between. */
export type WholeState = Readonly<Record<string, string>>;

/** The state of everything once nothing is under way: no job is open, and every act is sealed. */
export async function wholeState({ db, bank }: TestPlatform): Promise<WholeState> {
  await until('nothing is under way', () => db.work.read(isQuiet), QUIET_LIMIT_MS);
  const tables = await db.work.read((tx) => digests(tx));
  const { text } = await bank.ask('GET', '/sandbox/books?movements=1&limit=10000');
  return { ...tables, 'the books of the bank': createHash('sha256').update(text).digest('hex') };
}

/** Names of the tables that are not as they were. */
export function changed(before: WholeState, after: WholeState): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
}

async function isQuiet(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ quiet: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM job WHERE done_at IS NULL AND parked_at IS NULL AND due_at < clock_timestamp() + interval '5 seconds')
       AND NOT EXISTS (SELECT FROM audit_record WHERE id > coalesce((SELECT max(record_id) FROM audit_seal), 0)) AS quiet`,
  );
  return row!.quiet;
}

async function digests(tx: Tx): Promise<WholeState> {
  const tables = await tx.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL($1::text[])
       AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1`,
    [ATTENDANCE],
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await tx.query<{ rows: bigint; digest: string | null }>(
      `SELECT count(*) AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS digest FROM "${name}" AS t`,
    );
    found[name] = `${row!.rows} rows ${row!.digest ?? ''}`;
  }
  return found;
}
