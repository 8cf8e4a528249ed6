import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { Outage } from '#kernel/faults';
import type { Account } from './account';
import type { Programs } from './binaries';
import type { Places } from './places';

export interface ServerSettings {
  readonly places: Places;
  readonly programs: Programs;
  readonly account: Account | undefined;
  readonly port: number;
  /** False: the server outlives us and is stopped by somebody else. True: our end, however it comes, ends it. */
  readonly endsWithUs: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Longest time that clients may take to leave after our end, in seconds, before the server stops without waiting for them. */
const LEAVE_TIME_S = 20;

/**
 * Waits on descriptor 3 beside the server. Its end of file means that our process has ended, by whatever cause; then the server
 * lets its clients finish (SIGTERM), and after a while stops without them (SIGINT). Exits with the server's own code.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( cat >/dev/null; kill -TERM $server; sleep ${LEAVE_TIME_S}; kill -INT $server ) <&3 2>/dev/null & keeper=$!
exec 3<&-
wait $server; code=$?
kill $keeper 2>/dev/null
exit $code`;

/** Starts the server in a process group of its own, so that Ctrl-C in a terminal reaches us and not it. */
export function startServer(server: ServerSettings): ChildProcess {
  const { places, programs } = server;
  const command = [programs.postgres, '-D', places.data, '-p', String(server.port)];
  for (const [name, value] of Object.entries(server.settings)) command.push('-c', `${name}=${value}`);
  const log = openSync(places.log, 'w', 0o600);
  const options: SpawnOptions = { ...asAccount(server), detached: true };
  const child = server.endsWithUs
    ? spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], { ...options, stdio: ['pipe', log, log] })
    : spawn(command[0] ?? '', command.slice(1), { ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}

/** Runs one of PostgreSQL's programs to its end. @throws Outage with what it wrote when it fails */
export function runProgram(server: Pick<ServerSettings, 'account' | 'places'>, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...asAccount(server), stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Outage(`${program} ended with ${String(code)}: ${Buffer.concat(output).toString('utf8').trim()}`));
    });
  });
}

function asAccount(server: Pick<ServerSettings, 'account' | 'places'>): SpawnOptions {
  return {
    cwd: join(server.places.data, '..'),
    // Nothing of the caller's locale or PG… variables may change how the server is set up.
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
    ...server.account,
  };
}

/** A port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Outage('no free port'))));
    });
  });
}

/** Process id and port of the server that runs, or ran, on a data folder. */
export function postmasterOf(data: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 && port > 0 ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

export function lastLines(log: string): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join(' | ');
  } catch {
    return 'no log was written';
  }
}
