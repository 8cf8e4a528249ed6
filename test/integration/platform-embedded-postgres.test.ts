import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres, withClient } from '#platform/database';
import { until } from '../support/until';

// Real servers and processes: slow on a busy machine, and then still right.

const front = resolve(__dirname, '../../dist/libs/platform/database');
/** A process that starts the server as its own, prints the superuser's URL, and stays. */
const HOLDER = `
process.umask(0o077);
require(${JSON.stringify(front)}).startEmbeddedPostgres({ dataFolder: process.argv[1] }).then(
  (server) => { console.log(server.superuserUrl); setInterval(() => {}, 1000); },
  (error) => { console.log(error.message); process.exit(1); });`;

const settingOf = async (url: string, name: string): Promise<string> =>
  withClient(
    url,
    async (client) => (await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name])).rows[0]?.value ?? '',
  );

const holders: ChildProcess[] = [];

function hold(folder: string): { process: ChildProcess; said: Promise<string> } {
  const holder = spawn(process.execPath, ['-e', HOLDER, folder], {
    env: { PATH: process.env['PATH'], LANG: 'C', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(holder);
  return { process: holder, said: new Promise((done) => holder.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()))) };
}

// mkdtemp makes a folder of mode 700, as a clone in somebody's home may be.
const outer = mkdtempSync(join(tmpdir(), 'rongqiao-embedded-'));
const folder = join(outer, 'deep', 'postgres');

afterAll(() => {
  for (const holder of holders) holder.kill('SIGKILL');
  const location = join(folder, 'location');
  if (existsSync(location)) rmSync(readFileSync(location, 'utf8'), { recursive: true });
  rmSync(outer, { recursive: true });
});

it('starts under LANG=C and umask 077, in UTF-8, durable, on 127.0.0.1 only', async () => {
  const { process: holder, said } = hold(folder);
  const url = await said;
  expect(url).toMatch(/^postgresql:\/\/postgres:[0-9a-f]{48}@127\.0\.0\.1:\d+\/postgres$/);
  expect(await settingOf(url, 'server_encoding')).toBe('UTF8');
  expect(await settingOf(url, 'unix_socket_directories')).toBe('');
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums'])
    expect([name, await settingOf(url, name)]).toEqual([name, 'on']);
  const [row] = await withClient(url, async (client) => (await client.query<{ n: number }>(`SELECT length('融桥') AS n`)).rows);
  expect(row?.n).toBe(2);
  expect(statSync(join(folder, 'passwords.json')).mode & 0o777).toBe(0o600);

  const second = hold(folder);
  expect(await second.said).toMatch(/^another Rongqiao \(process \d+\) uses .* end it first/);

  const data = await settingOf(url, 'data_directory');
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  expect(statSync(data).uid === 0).toBe(false);
  holder.kill('SIGKILL');
  await until('the server has ended with its holder', () => !isAlive(pid));
});

it('keeps data and passwords, and refuses a wrong password', async () => {
  const server = await startEmbeddedPostgres({ dataFolder: folder });
  await withClient(server.ownerUrl, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'));
  await server.stop();
  const again = await startEmbeddedPostgres({ dataFolder: folder });
  const rows = await withClient(again.ownerUrl, async (client) => (await client.query<{ n: number }>('SELECT n FROM kept')).rows);
  expect(rows).toEqual([{ n: 1 }]);
  await expect(withClient(again.ownerUrl.replace(/:[0-9a-f]{48}@/, ':wrong@'), (client) => client.query('SELECT 1'))).rejects.toThrow(
    'password',
  );
  await again.stop();
});

it('a server that was left over is adopted by who wants it so, and stopped by who wants his own', async () => {
  const left = await startEmbeddedPostgres({ dataFolder: folder, endsWithUs: false });
  const adopted = await startEmbeddedPostgres({ dataFolder: folder, endsWithUs: false });
  expect(adopted.port).toBe(left.port);
  const own = await startEmbeddedPostgres({ dataFolder: folder });
  expect(own.port).not.toBe(left.port);
  await own.stop();
  await expect(withClient(own.superuserUrl, (client) => client.query('SELECT 1'))).rejects.toThrow('ECONNREFUSED');
});

it('is started once when two want it in the same moment', async () => {
  const [one, other] = await Promise.all([1, 2].map(() => startEmbeddedPostgres({ dataFolder: folder, endsWithUs: false })));
  expect(one!.port).toBe(other!.port);
  await one!.stop();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
