import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createDatabase, migrate, migrationsDigest, openDatabase, ROLES, startEmbeddedPostgres, withClient } from '#platform/database';
import { migrateQueue } from '#platform/queue';
import type { Database, DatabaseOptions, EmbeddedPostgres, Work } from '#platform/database';
import { withFileLock } from './file-lock';

const folder = resolve(__dirname, '../../.data/test');

/** A database of one suite alone, with the schema of this build, and an empty one for the simulated bank. */
export interface TestDatabase {
  readonly name: string;
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly readUrl: string;
  /** The simulator's own, empty database. */
  readonly bankUrl: string;
  /** Opened as the application. */
  readonly database: Database;
  readonly work: Work;
  /** Opens another pool on the same database; ended by `close` as well. */
  open(options: Pick<DatabaseOptions, 'role'> & Partial<DatabaseOptions>): Promise<Database>;
  /** Ends the pools and drops both databases. */
  close(): Promise<void>;
}

/**
 * A fresh copy of the migrated template, made in about a tenth of a second. One server serves every suite and every run of
 * this clone; it starts with the first suite and is stopped after the last run (`runs-of-jest.js`).
 */
export async function testDatabase(options: Partial<DatabaseOptions> = {}): Promise<TestDatabase> {
  const server = await testServer();
  const template = await withFileLock(join(folder, 'lock'), () => migratedTemplate(server));
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await withClient(server.superuserUrl, async (client) => {
    await createDatabase(client, { name, owner: ROLES.owner, guests: [ROLES.app, ROLES.read], template });
    await createDatabase(client, { name: `${name}_bank`, owner: ROLES.bank, guests: [] });
  });
  const opened: Database[] = [];
  const open: TestDatabase['open'] = async (more) => {
    const url = server.urlOf(more.role, name);
    const database = await openDatabase({ url, poolSize: 6, applicationName: name, ...more });
    opened.push(database);
    return database;
  };
  const database = await open({ role: 'app', ...options });
  return {
    name,
    superuserUrl: server.urlOf('superuser', name),
    ownerUrl: server.urlOf('owner', name),
    appUrl: server.urlOf('app', name),
    readUrl: server.urlOf('read', name),
    bankUrl: server.urlOf('bank', `${name}_bank`),
    database,
    work: database.work,
    open,
    close: async () => {
      for (const each of opened) await each.close();
      await dropDatabases(server, [name, `${name}_bank`]);
    },
  };
}

/** The one server of this clone's tests, shared with runs beside this one; whoever comes first makes and starts it while the others wait. */
export function testServer(): Promise<EmbeddedPostgres> {
  return withFileLock(join(folder, 'server-lock'), () =>
    startEmbeddedPostgres({ dataFolder: join(folder, 'postgres'), endsWithUs: false, databases: {} }),
  );
}

/** Migrated once per content of the migrations; a template that was not finished is made again. */
async function migratedTemplate(server: EmbeddedPostgres): Promise<string> {
  const digest = createHash('sha256').update(`${migrationsDigest()} bullmq ${queueVersion()}`).digest('hex').slice(0, 16);
  const name = `template_${digest}`;
  const known = await databaseNames(server);
  if (known.includes(name)) return name;
  const unfinished = `unfinished_${digest}`;
  await dropDatabases(server, [...known.filter(isLeftover), unfinished]);
  await withClient(server.superuserUrl, (client) =>
    createDatabase(client, { name: unfinished, owner: ROLES.owner, guests: [ROLES.app, ROLES.read] }),
  );
  await migrate({ ownerUrl: server.urlOf('owner', unfinished), appRole: ROLES.app, readRole: ROLES.read });
  await migrateQueue(server.urlOf('owner', unfinished), ROLES.app);
  await withClient(server.superuserUrl, (client) => client.query(`ALTER DATABASE "${unfinished}" RENAME TO "${name}"`));
  return name;
}

/** The queue's tables come with BullMQ: another version is another schema. */
function queueVersion(): string {
  const file = resolve(__dirname, '../../node_modules/bullmq/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

async function databaseNames(server: EmbeddedPostgres): Promise<string[]> {
  const result = await withClient(server.superuserUrl, (client) => client.query<{ datname: string }>('SELECT datname FROM pg_database'));
  return result.rows.map((row) => row.datname);
}

/** Databases of test processes that have ended without dropping them. */
function isLeftover(name: string): boolean {
  const pid = /^test_(\d+)_/.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}

async function dropDatabases(server: EmbeddedPostgres, names: readonly string[]): Promise<void> {
  await withClient(server.superuserUrl, async (client) => {
    for (const name of names) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  });
}
