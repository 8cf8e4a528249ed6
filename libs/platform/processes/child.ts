import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Outage } from '#kernel/faults';
import type { ProcessEntry } from './process-table';

/** Longest times that a child may take, in milliseconds. */
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 25_000;

export interface ChildSettings {
  readonly dist: string;
  readonly logFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A running child that has reported ready. */
export interface Child {
  readonly pid: number;
  readonly port: number | undefined;
  /** Resolves with the code or signal with which it has ended. */
  readonly ended: Promise<string>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts one process and waits until it reports ready. It gets a process group of its own, so that Ctrl-C reaches the parent
 * alone, which then ends its children in order; when the parent disappears the children see the closed channel and end.
 * @throws Outage with the child's last words when it ends before it is ready
 */
export async function startChild(entry: ProcessEntry, settings: ChildSettings): Promise<Child> {
  mkdirSync(settings.logFolder, { recursive: true, mode: 0o700 });
  const logFile = join(settings.logFolder, `${entry.name}.log`);
  const log = openSync(logFile, 'w', 0o600);
  const child = fork(join(settings.dist, entry.entry), [], {
    env: settings.env as NodeJS.ProcessEnv,
    execArgv: [...(entry.nodeFlags ?? [])],
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  const port = await ready(child, entry, ended, logFile);
  return { pid: child.pid ?? 0, port, ended, end: (signal) => endChild(child, ended, signal) };
}

async function ready(child: ChildProcess, entry: ProcessEntry, ended: Promise<string>, logFile: string): Promise<number | undefined> {
  let limit: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    new Promise<{ port: number | undefined }>((resolve) => {
      child.on('message', (message) => {
        if (isReady(message)) resolve({ port: message.port });
      });
    }),
    ended.then((end) => `ended with ${end}`),
    new Promise<string>((resolve) => {
      limit = setTimeout(() => resolve(`was not ready within ${READY_LIMIT_MS / 1000} s`), READY_LIMIT_MS);
    }),
  ]);
  clearTimeout(limit);
  if (typeof outcome !== 'string') return outcome.port;
  child.kill('SIGKILL');
  throw new Outage(`${entry.name} ${outcome}: ${lastWords(logFile)} (log: ${logFile})`);
}

function isReady(message: unknown): message is { ready: true; port?: number } {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}

async function endChild(child: ChildProcess, ended: Promise<string>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

/** The last line of the log that is a sentence for people, not a line for machines; else the last line. */
function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  return (lines.findLast((line) => !line.startsWith('{') && !line.startsWith(' ')) ?? lines.at(-1) ?? '').slice(0, 500);
}
