import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Outage } from '#kernel/faults';
import { createDatabases, ROLES, SANDBOX_DATABASES, withClient } from '../provisioning';
import { serverAccount } from './account';
import type { Account } from './account';
import { preparePrograms } from './binaries';
import type { Programs } from './binaries';
import { claimHome, leftoverServer } from './leftovers';
import { preparePlaces } from './places';
import type { Places } from './places';
import { passwordsOf } from './secrets';
import type { EmbeddedPasswords } from './secrets';
import { freePort, lastLines, runProgram, startServer } from './server-process';

export interface EmbeddedPostgresOptions {
  /** Where the server of this clone keeps itself, e.g. `.data/postgres`. */
  readonly dataFolder: string;
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** True (the default): the server ends with this process. False: it stays for the next one, which adopts it. */
  readonly endsWithUs?: boolean;
  /** Databases to create when missing; by default the two of a sandbox. */
  readonly databases?: { readonly platform?: string; readonly bank?: string };
}

/** A running embedded server. Each URL carries the password of its role. */
export interface EmbeddedPostgres {
  readonly port: number;
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly readUrl: string;
  /** The simulated bank's own role on its own database. */
  readonly bankUrl: string;
  /** URL of a role on any database of this server. */
  urlOf(role: keyof EmbeddedPasswords, database: string): string;
  /** Stops the server; clients still connected are cut off. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';

/** Durable, and otherwise fitted to one small machine. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  wal_buffers: '16MB',
  checkpoint_timeout: '15min',
  jit: 'off',
  // Tables grow from nothing within seconds: kept plans must hear of it soon, but not at every twentieth row, because each time all of them are made anew.
  autovacuum_naptime: '5s',
  autovacuum_analyze_scale_factor: '0.5',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  random_page_cost: '1.1',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  log_min_messages: 'warning',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

interface Parts {
  readonly places: Places;
  readonly programs: Programs;
  readonly account: Account | undefined;
  readonly passwords: EmbeddedPasswords;
}

/**
 * Starts (or adopts) the PostgreSQL that comes with the npm package, with roles and databases ready. It listens on 127.0.0.1
 * only, with passwords that are made once per data folder.
 * @throws Outage with the server's own last words when it does not start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const places = preparePlaces(options.dataFolder, account);
  if (options.endsWithUs !== false) claimHome(places.home);
  const programs = preparePrograms(places.binaries, account !== undefined);
  const parts: Parts = { places, programs, account, passwords: passwordsOf(places.home) };
  if (!existsSync(join(places.data, 'PG_VERSION'))) await initialise(parts);
  const port = (await adopt(parts, options)) ?? (await startFresh(parts, options));
  const urlOf = (role: keyof EmbeddedPasswords, database: string): string => url(parts.passwords, role, port, database);
  const databases = options.databases ?? SANDBOX_DATABASES;
  await createDatabases(urlOf('superuser', 'postgres'), parts.passwords, databases);
  const platform = databases.platform ?? SANDBOX_DATABASES.platform;
  return {
    port,
    superuserUrl: urlOf('superuser', 'postgres'),
    ownerUrl: urlOf('owner', platform),
    appUrl: urlOf('app', platform),
    readUrl: urlOf('read', platform),
    bankUrl: urlOf('bank', databases.bank ?? SANDBOX_DATABASES.bank),
    urlOf,
    stop: () => stopServer(parts),
  };
}

function url(passwords: EmbeddedPasswords, role: keyof EmbeddedPasswords, port: number, database: string): string {
  const user = role === 'superuser' ? SUPERUSER : ROLES[role];
  return `postgresql://${user}:${passwords[role]}@127.0.0.1:${port}/${database}`;
}

async function initialise(parts: Parts): Promise<void> {
  const passwordFile = join(parts.places.data, '..', 'initial-password');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, parts.passwords.superuser, { mode: 0o600, flag: 'wx' });
  if (parts.account !== undefined) chownSync(passwordFile, parts.account.uid, parts.account.gid);
  try {
    await runProgram(parts, parts.programs.initdb, [
      `--pgdata=${parts.places.data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The port of a server that was left over on our data folder and still answers; one that does not answer is stopped. */
async function adopt(parts: Parts, options: EmbeddedPostgresOptions): Promise<number | undefined> {
  const left = leftoverServer(parts.places.data);
  if (left === undefined) return undefined;
  const wanted = options.port === undefined || options.port === left.port;
  if (wanted && options.endsWithUs === false && (await answers(parts.passwords, left.port, 50))) return left.port;
  await stopServer(parts);
  return undefined;
}

async function startFresh(parts: Parts, options: EmbeddedPostgresOptions): Promise<number> {
  let failure = '';
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const port = options.port ?? (await freePort());
    const child = startServer({ ...parts, port, endsWithUs: options.endsWithUs ?? true, settings });
    if (await answers(parts.passwords, port, 600, child)) return port;
    failure = lastLines(parts.places.log);
    // Somebody else may have started it in the same moment.
    const other = await adopt(parts, options);
    if (other !== undefined) return other;
  }
  throw new Outage(`the embedded PostgreSQL does not start: ${failure}. Look into ${parts.places.log}, or set DATABASE_URL to a server.`);
}

/** Asks every 100 ms, at most `tries` times, whether our superuser is let in; gives up early when the server's process ends. */
async function answers(passwords: EmbeddedPasswords, port: number, tries: number, child?: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (child !== undefined && (child.exitCode !== null || child.signalCode !== null)) return false;
    try {
      await withClient(url(passwords, 'superuser', port, 'postgres'), (client) => client.query('SELECT 1'));
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return false;
}

/** `pg_ctl` waits until the server has gone. */
async function stopServer(parts: Parts): Promise<void> {
  if (leftoverServer(parts.places.data) === undefined) return;
  await runProgram(parts, parts.programs.pgCtl, ['stop', '-D', parts.places.data, '-m', 'fast', '-w', '-t', '60']);
}
