import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { businessDate } from '#kernel/time';
import { keysOf, loadConfig } from '#platform/config';
import { prepareDatabase, processTable } from '#platform/processes';
import { startChild } from '../../libs/platform/processes/child';
import type { ProcessEntry } from '../../libs/platform/processes/process-table';
import { environmentOf } from '../../libs/platform/processes/environments';
import { sandboxSecrets } from '../../libs/platform/processes/sandbox-secrets';
import { testDatabase } from '../support/database';
import { until } from '../support/until';

// Real servers and processes: slow on a busy machine, and then still right.

const dist = resolve(__dirname, '../../dist');
const databases = {
  appUrl: 'postgresql://a@h/p',
  ownerUrl: 'postgresql://o@h/p',
  readUrl: 'postgresql://r@h/p',
  bankUrl: 'postgresql://b@h/b',
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rongqiao-processes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process of the table whose program is the text given here; it is compiled code's neighbour, so it may require it. */
function programOf(name: ProcessEntry['name'], program: string): ProcessEntry {
  const entry = processTable.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`${name} is not in the table`);
  mkdirSync(join(folder, 'apps', name), { recursive: true });
  writeFileSync(join(folder, entry.entry), program);
  return entry;
}

const settings = (env: Record<string, string> = {}) => ({
  dist: folder,
  logFolder: join(folder, 'logs'),
  env: { PATH: process.env['PATH'], ...env },
});
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const OBEDIENT = `process.on('disconnect', () => process.exit(0)); process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);
process.send({ ready: true, port: 4711 });`;

describe('a child', () => {
  it('is ready when it says so, with its port, and ends when asked to', async () => {
    const child = await startChild(programOf('worker', OBEDIENT), settings());
    expect(child.port).toBe(4711);
    await child.end('SIGTERM');
    expect(await child.ended).toBe('0');
    expect(isAlive(child.pid)).toBe(false);
  });

  it('that ends before it is ready is an Outage with its own sentence', async () => {
    const program = programOf(
      'worker',
      `console.error('worker does not start: X is missing.'); console.log('{"level":"error"}'); process.exit(1);`,
    );
    await expect(startChild(program, settings())).rejects.toThrow('worker ended with 1: worker does not start: X is missing.');
  });

  it('ends when its parent is killed', async () => {
    programOf('worker', OBEDIENT);
    const parent = spawn(process.execPath, ['-e', PARENT, dist, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = await new Promise<string>((done) => parent.stdout.once('data', (chunk: Buffer) => done(chunk.toString())));
    const pid = Number(output);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until('the child has ended', () => !isAlive(pid));
  });
});

const PARENT = `
const [dist, folder] = process.argv.slice(1);
const { startChild } = require(dist + '/libs/platform/processes/child.js');
const { processTable } = require(dist + '/libs/platform/processes');
const entry = processTable.find((candidate) => candidate.name === 'worker');
startChild(entry, { dist: folder, logFolder: folder + '/logs', env: process.env }).then((child) => { console.log(child.pid); setInterval(() => {}, 1000); });`;

describe('runProcess, the main of every app', () => {
  const main = (body: string): string =>
    `require(${JSON.stringify(`${dist}/libs/platform/processes`)}).runProcess('worker', async ({ config, log }) => { ${body} });`;
  const environment = (): Record<string, string> =>
    environmentOf('worker', {
      databases,
      secrets: sandboxSecrets(join(folder, 'secrets.json')),
      firstDay: businessDate('2024-01-02'),
      port: 0,
      bankUrl: 'http://127.0.0.1:1',
      redisUrl: undefined,
      redisPrefix: undefined,
      more: {},
    });

  it('reports ready, stops in order and says goodbye', async () => {
    const program = programOf(
      'worker',
      main(`return { port: 5, stop: async () => log.info({ platform: config.BANK_PLATFORM_NO }, 'closing') };`),
    );
    const child = await startChild(program, settings(environment()));
    expect(child.port).toBe(5);
    await child.end('SIGTERM');
    expect(await child.ended).toBe('0');
    const messages = readFileSync(join(folder, 'logs', 'worker.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['ready', 'stopping', 'closing', 'stopped']);
  });

  it('says in one sentence why it does not start', async () => {
    const program = programOf('worker', main(`return { stop: async () => undefined };`));
    const { BANK_URL: _missing, ...rest } = environment();
    await expect(startChild(program, settings(rest))).rejects.toThrow(
      'worker ended with 1: worker does not start: BANK_URL is missing, set it to',
    );
  });

  it('ends with 1 when something is thrown that nobody catches', async () => {
    const program = programOf(
      'worker',
      main(`setTimeout(() => { throw new TypeError('nobody catches this'); }, 20); return { stop: async () => undefined };`),
    );
    const child = await startChild(program, settings(environment()));
    expect(await child.ended).toBe('1');
  });
});

describe('the environment of a sandbox', () => {
  const secretsFile = (): string => join(folder, 'deep', 'secrets.json');
  const surroundings = () => ({
    databases,
    secrets: sandboxSecrets(secretsFile()),
    firstDay: businessDate('2024-01-02'),
    port: 0,
    bankUrl: 'http://127.0.0.1:4000',
    redisUrl: 'redis://127.0.0.1:6379',
    redisPrefix: 'test',
    more: { LOG_LEVEL: 'warn' },
  });

  it.each(processTable.map((entry) => entry.name))('%s gets what its schema asks for, and nothing of its neighbours', (name) => {
    const env = environmentOf(name, surroundings());
    expect(() => loadConfig(name, { ...env, SANDBOX: 'true' })).not.toThrow();
    const known = new Set<string>([...keysOf(name), 'TZ', 'PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']);
    expect(Object.keys(env).filter((key) => !known.has(key))).toEqual([]);
    expect(env['TZ']).toBe('UTC');
  });

  it('has secrets that are made once and that only we can read', () => {
    const made = sandboxSecrets(secretsFile());
    expect(sandboxSecrets(secretsFile())).toEqual(made);
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
    expect(made.bank.privateKey).not.toBe(made.platform.privateKey);
  });
});

it('a database is prepared once, and again without harm', async () => {
  const db = await testDatabase();
  try {
    const wanted = { appUrl: db.appUrl, ownerUrl: db.ownerUrl, readUrl: db.readUrl, sandbox: true };
    expect((await prepareDatabase({ ...wanted, firstDay: undefined })).businessDate).toBeUndefined();
    expect((await prepareDatabase({ ...wanted, firstDay: businessDate('2024-01-02') })).businessDate).toBe('2024-01-02');
    expect((await prepareDatabase({ ...wanted, firstDay: businessDate('2025-01-02') })).businessDate).toBe('2024-01-02');
  } finally {
    await db.close();
  }
});
