import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, ROLES, withClient } from '#platform/database';
import type { MigrationReport } from '#platform/database';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

// Real servers and processes: slow on a busy machine, and then still right.

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rongqiao-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => db.close());

const write = (name: string, sql: string): void => writeFileSync(join(folder, name), sql);
const run = (): Promise<MigrationReport> => migrate({ ownerUrl: db.ownerUrl, appRole: ROLES.app, readRole: ROLES.read, folder });
const rowsOf = async (url: string, sql: string): Promise<unknown[]> =>
  (await withClient(url, (client) => client.query(sql))).rows as unknown[];

it('applies each file once, in order, and again nothing', async () => {
  write('8001-first.sql', 'CREATE TABLE first_table (n int);\n-- assert: SELECT count(*) = 0 FROM first_table\n');
  write('8002-second.sql', 'INSERT INTO first_table VALUES (1);\n-- assert: SELECT count(*) = 1 FROM first_table\n');
  expect((await run()).applied).toEqual(['8001-first.sql', '8002-second.sql']);
  expect((await run()).applied).toEqual([]);
  expect(await rowsOf(db.ownerUrl, 'SELECT n FROM first_table')).toEqual([{ n: 1 }]);
});

it('two runs at once apply each file once', async () => {
  write('8101-slow.sql', 'CREATE TABLE once_only AS SELECT 1 AS n FROM pg_sleep(0.1);');
  const reports = await Promise.all([run(), run()]);
  expect(reports.flatMap((report) => report.applied)).toEqual(['8101-slow.sql']);
});

it('undoes a file whose assertion does not hold, and names both', async () => {
  write('8201-wrong.sql', 'CREATE TABLE wrong_table (n int);\n-- assert: SELECT count(*) = 7 FROM wrong_table\n');
  await expect(run()).rejects.toThrow('after migration 8201-wrong.sql this does not hold: SELECT count(*) = 7');
  expect(await rowsOf(db.ownerUrl, `SELECT to_regclass('wrong_table') AS found`)).toEqual([{ found: null }]);
});

it('undoes a file that fails half-way', async () => {
  write('8301-half.sql', 'CREATE TABLE half_table (n int); SELECT 1 / 0;');
  await expect(run()).rejects.toThrow('migration 8301-half.sql failed: division by zero');
  expect(await rowsOf(db.ownerUrl, `SELECT to_regclass('half_table') AS found`)).toEqual([{ found: null }]);
});

it('refuses a file that was changed after it had been applied', async () => {
  write('8401-changed.sql', 'SELECT 1;');
  await run();
  write('8401-changed.sql', 'SELECT 2;');
  await expect(run()).rejects.toThrow('migration 8401-changed.sql was changed after it had been applied');
});

it('gives the application its rights by default, and takes away what a file says', async () => {
  write('8501-rights.sql', 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1); REVOKE UPDATE ON kept FROM {{app}};');
  await run();
  expect(await rowsOf(db.readUrl, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  await rowsOf(db.appUrl, 'INSERT INTO kept VALUES (2)');
  await expect(rowsOf(db.appUrl, 'UPDATE kept SET n = 3 WHERE n = 2')).rejects.toThrow('permission denied');
  await expect(rowsOf(db.appUrl, 'DELETE FROM kept WHERE n = 2')).rejects.toThrow('permission denied');
  await expect(rowsOf(db.readUrl, 'INSERT INTO kept VALUES (4)')).rejects.toThrow('permission denied');
  await expect(rowsOf(db.appUrl, 'CREATE TABLE own_table (n int)')).rejects.toThrow('permission denied');
});

it('lets nobody into the database who is not of it', async () => {
  const bankOnPlatform = db.bankUrl.replace(/\/[^/]+$/, `/${db.name}`);
  await expect(rowsOf(bankOnPlatform, 'SELECT 1')).rejects.toThrow('permission denied for database');
  const appOnBank = db.appUrl.replace(/\/[^/]+$/, `/${db.name}_bank`);
  await expect(rowsOf(appOnBank, 'SELECT 1')).rejects.toThrow('permission denied for database');
});
