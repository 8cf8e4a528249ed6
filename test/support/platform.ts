import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { businessDate } from '#kernel/time';
import { hashPassword } from '#registers/identity';
import { startAll } from '#platform/processes';
import type { PlatformDatabases, RunningPlatform } from '#platform/processes';
import { testDatabase } from './database';
import type { TestDatabase } from './database';
import { Door } from './door';
import { OPERATORS, OPERATOR_PASSWORD, signIn } from './people';
import type { Operators } from './people';

const root = resolve(__dirname, '../..');
const ownRoom = join(root, '.data/test/journeys');

/** The backend of the queue in this run: Redis when the run was given one. `npm test` runs the journeys once on each. */
export const backend: 'postgres' | 'redis' = (process.env.REDIS_URL ?? '') === '' ? 'postgres' : 'redis';

/** The first business date of every journey: a Thursday in a year whose calendar is published, with three more after it. */
export const FIRST_DAY = businessDate('2022-09-01');

export interface PlatformOptions {
  /** Keys of the processes on top of the usual ones. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands between the processes and their database, given the real addresses. */
  readonly databases?: (real: PlatformDatabases) => Promise<PlatformDatabases>;
  /** Port of the simulated bank; a free one by default. */
  readonly bankPort?: number;
}

/** A whole platform in processes of its own, on a database of its own; everything is asked over HTTP. */
export interface TestPlatform {
  readonly running: RunningPlatform;
  readonly db: TestDatabase;
  /** The customer API and the simulated bank's controls, as nobody in particular. */
  readonly customerApi: Door;
  readonly officeApi: Door;
  readonly bank: Door;
  /** Everybody who works in the back office, signed in. */
  readonly office: Operators;
  /** Lets business days pass; answered when all is quiet. @returns the business date then */
  advance(days: number): Promise<string>;
  /** Runs `rongqiao` with the platform's database. @returns its standard output and exit code */
  command(...args: readonly string[]): Promise<{ readonly stdout: string; readonly code: number }>;
  stop(): Promise<void>;
}

/** Starts everything: database from the template, simulated bank, both APIs, worker, reconciliation worker. */
export async function startPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const db = await testDatabase();
  const real = { appUrl: db.appUrl, ownerUrl: db.ownerUrl, readUrl: db.readUrl, bankUrl: db.bankUrl };
  const redisPrefix = `j-${db.name.replaceAll('_', '-')}`;
  const dataFolder = join(ownRoom, db.name);
  mkdirSync(dataFolder, { recursive: true });
  const passwordHash = await hashPassword(OPERATOR_PASSWORD);
  const running = await startAll({
    dataFolder,
    databases: (await options.databases?.(real)) ?? real,
    firstDay: FIRST_DAY,
    redisUrl: backend === 'redis' ? process.env.REDIS_URL : undefined,
    redisPrefix,
    ...(options.bankPort === undefined ? {} : { ports: { 'bank-simulator': options.bankPort } }),
    environment: {
      BOOTSTRAP_OPERATORS: JSON.stringify(OPERATORS.map(({ name, roles }) => ({ name, roles, passwordHash }))),
      DATABASE_POOL_SIZE: '6',
      ...options.environment,
    },
  });
  const { customerApi, backOfficeApi, bank } = running.urls;
  const officeApi = new Door(backOfficeApi);
  const office = await signIn(officeApi);
  return {
    running,
    db,
    customerApi: new Door(customerApi),
    officeApi,
    bank: new Door(bank, {}, 'the bank'),
    office,
    advance: async (days) => (await office.operator.post<{ businessDate: string }>('/sandbox/clock/advance', { days })).businessDate,
    command: (...args) => rongqiao(args, { DATABASE_READ_URL: db.readUrl }),
    stop: async () => {
      await running.stop();
      await forgetKeys(redisPrefix);
      await db.close();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

/** The backend on which the worker says that it rings: asked of the process, not assumed. */
export function backendInUse({ running }: TestPlatform): string | undefined {
  const log = readFileSync(join(running.logFolder, 'worker.log'), 'utf8');
  return /"backend":"(postgres|redis)"/.exec(log)?.[1];
}

function rongqiao(args: readonly string[], environment: Record<string, string>): Promise<{ stdout: string; code: number }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'bin/rongqiao.js'), ...args], { cwd: root, env, timeout: 60_000 }, (error, stdout, stderr) =>
      done({ stdout: error === null ? stdout : `${stdout}${stderr}`, code: error === null ? 0 : Number(error.code ?? 1) }),
    );
  });
}

async function forgetKeys(prefix: string): Promise<void> {
  if (backend === 'postgres') return;
  const redis = new Redis(process.env.REDIS_URL ?? '');
  try {
    const keys = await redis.keys(`{${prefix}}:*`);
    if (keys.length > 0) await redis.del(keys);
  } finally {
    redis.disconnect();
  }
}
