import { sqlState } from '#platform/database';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

/** Tables of which a row, once written, is never changed or taken away. */
const FROZEN = [
  'ledger_entry',
  'move',
  'command',
  'audit_record',
  'audit_seal',
  'bank_call',
  'allocation',
  'listing_review',
  'credit_movement',
] as const;

describe('what is only ever inserted', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  const refusedWith = (sql: string): Promise<string | undefined> =>
    db.work
      .run((tx) => tx.execute(sql))
      .then(
        () => 'allowed',
        (error: unknown) => sqlState(error),
      );

  describe.each(FROZEN)('in %s', (table) => {
    it.each(['UPDATE', 'DELETE', 'TRUNCATE'])("refuses %s to the application's role, by its rights and not by its manners", async (act) => {
      const [column] = await db.work.run((tx) =>
        tx.query<{ name: string }>(
          `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND attidentity = '' ORDER BY attnum LIMIT 1`,
        ),
      );
      const statements: Record<string, string> = {
        UPDATE: `UPDATE ${table} SET ${column!.name} = ${column!.name}`,
        DELETE: `DELETE FROM ${table}`,
        TRUNCATE: `TRUNCATE ${table} CASCADE`,
      };
      expect(await refusedWith(statements[act]!)).toBe('42501');
    });
  });

  it('does not own what it writes, so it cannot give itself the right either', async () => {
    for (const table of FROZEN) {
      const granted = await refusedWith(`GRANT UPDATE ON ${table} TO CURRENT_USER`);
      expect(['42501', 'allowed']).toContain(granted); // PostgreSQL warns and grants nothing where the grantor has no right to grant
      expect(await refusedWith(`DELETE FROM ${table}`)).toBe('42501');
      expect(await refusedWith(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).toBe('42501');
    }
  });
});
