import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { Bug, Outage } from '#kernel/faults';

/** One file of `migrations/`. `assertions` are the queries of its lines `-- assert: <sql>`; each must answer true. */
interface MigrationFile {
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
  readonly assertions: readonly string[];
}

export interface MigrationOptions {
  readonly ownerUrl: string;
  readonly appRole: string;
  readonly readRole: string;
  /** Default: the migrations of this build. */
  readonly folder?: string;
}

/** What a run of the migrations did. */
export interface MigrationReport {
  readonly applied: readonly string[];
  readonly present: number;
}

/** The migrations of this build. */
const OUR_MIGRATIONS = join(__dirname, 'migrations');

/** Serialises concurrent runs against one database; any number that nobody else uses. */
const ADVISORY_LOCK = 7_265_001;

/** The migrations of a folder, in order. */
export function migrationFiles(folder = OUR_MIGRATIONS): readonly MigrationFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => readMigration(folder, name));
}

/** A digest over every migration: equal digests mean equal schemas, so a template database can be kept by it. */
export function migrationsDigest(): string {
  const hash = createHash('sha256');
  for (const file of migrationFiles()) hash.update(`${file.name} ${file.sha256}\n`);
  return hash.digest('hex');
}

/**
 * Brings a database up to this build, forward only: each new file in a transaction of its own with its assertions and its
 * row in `schema_migration`. Runs as the owner, one run at a time. `{{app}}` and `{{read}}` in a file stand for the two
 * roles; both get their rights on new tables by default (app: SELECT, INSERT, UPDATE; read: SELECT), a file takes away or
 * adds what differs.
 * @throws Outage when a file that was applied has been changed since, Bug when an assertion does not hold
 */
export async function migrate(options: MigrationOptions): Promise<MigrationReport> {
  const client = new Client({ connectionString: options.ownerUrl, application_name: 'migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await prepare(client, options);
    return await applyAll(client, options);
  } finally {
    // Ending the session gives the advisory lock back.
    await client.end();
  }
}

function readMigration(folder: string, name: string): MigrationFile {
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) throw new Bug(`migration ${name} is not named NNNN-what-it-does.sql`);
  const sql = readFileSync(join(folder, name), 'utf8');
  const assertions = [...sql.matchAll(/^-- assert: (.+)$/gm)].map((match) => match[1] ?? '');
  return { name, sha256: createHash('sha256').update(sql).digest('hex'), sql, assertions };
}

async function prepare(client: Client, roles: MigrationOptions): Promise<void> {
  const app = client.escapeIdentifier(roles.appRole);
  const read = client.escapeIdentifier(roles.readRole);
  await client.query(`
    GRANT USAGE ON SCHEMA public TO ${app}, ${read};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO ${app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${read};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO ${read};
    CREATE TABLE IF NOT EXISTS schema_migration (
      name text PRIMARY KEY,
      sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    REVOKE INSERT, UPDATE ON schema_migration FROM ${app};`);
}

async function applyAll(client: Client, roles: MigrationOptions): Promise<MigrationReport> {
  const rows = await client.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM schema_migration');
  const known = new Map(rows.rows.map((row) => [row.name, row.sha256]));
  const applied: string[] = [];
  for (const file of migrationFiles(roles.folder)) {
    const sha256 = known.get(file.name);
    if (sha256 === file.sha256) continue;
    if (sha256 !== undefined) {
      throw new Outage(
        `migration ${file.name} was changed after it had been applied: put the file back and write the change as a new migration` +
          ' (a sandbox database may be deleted instead).',
      );
    }
    await applyOne(client, file, roles);
    applied.push(file.name);
  }
  return { applied, present: known.size };
}

async function applyOne(client: Client, file: MigrationFile, roles: MigrationOptions): Promise<void> {
  const sql = file.sql
    .replaceAll('{{app}}', client.escapeIdentifier(roles.appRole))
    .replaceAll('{{read}}', client.escapeIdentifier(roles.readRole));
  await client.query('BEGIN');
  try {
    await client.query(sql);
    for (const assertion of file.assertions) await assertHolds(client, file.name, assertion);
    await client.query('INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)', [file.name, file.sha256]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    if (error instanceof Bug) throw error;
    throw new Bug(`migration ${file.name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function assertHolds(client: Client, name: string, assertion: string): Promise<void> {
  const result = await client.query<unknown[]>({ text: assertion, rowMode: 'array' });
  if (result.rows.length !== 1 || result.rows[0]?.[0] !== true) throw new Bug(`after migration ${name} this does not hold: ${assertion}`);
}
