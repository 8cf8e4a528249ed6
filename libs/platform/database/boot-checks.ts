import { Outage } from '#kernel/faults';
import type { DatabaseOptions } from './open-database';
import { migrationFiles } from './migrations';
import type { Work } from './work';

/** Oldest major version of the server whose behaviour was tested. */
const OLDEST_SERVER = 18;

interface ServerFacts {
  version: number;
  is_superuser: boolean;
  owns_tables: boolean;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  usable: number;
  migrated: boolean;
}

/**
 * What must be true of a server before a process of ours works on it.
 * @throws Outage with one sentence that says what is wrong and what to do
 */
export async function checkServer(work: Work, options: DatabaseOptions): Promise<void> {
  const facts = await readFacts(work);
  const refuse = (sentence: string): never => {
    throw new Outage(`${options.applicationName} does not start: ${sentence}`);
  };
  if (facts.version < OLDEST_SERVER) refuse(`PostgreSQL ${facts.version} is too old, use ${OLDEST_SERVER} or newer.`);
  for (const [name, allowed] of durable) {
    if (!allowed.includes(facts[name])) refuse(`${name} is ${facts[name]}, set it to on: what we acknowledge must survive a power cut.`);
  }
  if (options.poolSize + 1 > facts.usable) {
    refuse(`a pool of ${options.poolSize} does not fit into max_connections (${facts.usable} usable), raise max_connections.`);
  }
  if (options.role === 'owner') return;
  if (facts.is_superuser) refuse('its role is a superuser, connect as rongqiao_app: otherwise every REVOKE is decoration.');
  if (facts.owns_tables) refuse('its role owns tables, connect as rongqiao_app, which owns none: otherwise every REVOKE is decoration.');
  const missing = facts.migrated ? await missingMigrations(work) : migrationFiles().map((file) => file.name);
  if (missing.length > 0) refuse(`the schema is behind (${missing.join(', ')}), run "rongqiao migrate" first.`);
}

const durable: readonly (readonly ['fsync' | 'full_page_writes' | 'synchronous_commit', readonly string[]])[] = [
  ['fsync', ['on']],
  ['full_page_writes', ['on']],
  ['synchronous_commit', ['on', 'remote_apply']],
];

async function readFacts(work: Work): Promise<ServerFacts> {
  const [facts] = await work.read((tx) =>
    tx.query<ServerFacts>(`
      SELECT current_setting('server_version_num')::int / 10000 AS version,
             (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
             EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                        AND pg_has_role(current_user, c.relowner, 'MEMBER')) AS owns_tables,
             current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
             current_setting('synchronous_commit') AS synchronous_commit,
             current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               - current_setting('reserved_connections')::int AS usable,
             to_regclass('public.schema_migration') IS NOT NULL AS migrated`),
  );
  if (facts === undefined) throw new Outage('PostgreSQL answered no row about itself: check what listens at the database URL');
  return facts;
}

/** A database that is ahead of this build runs: migrations only expand, and a rollback of the build must stay possible. */
async function missingMigrations(work: Work): Promise<string[]> {
  const rows = await work.read((tx) => tx.query<{ name: string }>('SELECT name FROM schema_migration'));
  const applied = new Set(rows.map((row) => row.name));
  return migrationFiles().flatMap((file) => (applied.has(file.name) ? [] : [file.name]));
}

/** How many connections each process of a deployment may open. */
export interface PoolPlan {
  readonly process: string;
  readonly connections: number;
}

/**
 * Adds up the pools of all processes against the server's limit, before the first of them starts.
 * @param usable max_connections less the reserved ones
 * @throws Outage naming the pools when they do not fit
 */
export function checkPools(plan: readonly PoolPlan[], usable: number): void {
  const wanted = plan.reduce((sum, pool) => sum + pool.connections, 0);
  if (wanted <= usable) return;
  const list = plan.map((pool) => `${pool.process} ${pool.connections}`).join(', ');
  throw new Outage(`the pools need ${wanted} connections (${list}) but the server offers ${usable}: raise max_connections.`);
}
