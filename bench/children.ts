import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** A process of the bench. It ends with this one, at the latest. */
export interface Child {
  readonly name: string;
  /** The port it answers on, when it answers HTTP. */
  readonly port: number | undefined;
  /** Sends a message and waits for the next one from there. @throws Error when the process ends instead */
  ask<Reply>(message: object): Promise<Reply>;
  tell(message: object): void;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  /** Its program below `dist/`. */
  readonly program: string;
  /** Options of Node.js itself. */
  readonly nodeFlags?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFolder: string;
}

const DIST = join(__dirname, '..');

/** Starts a process and waits until it reports `{ready, port}`. What it prints goes into the log folder. */
export async function startChild({ name, program, nodeFlags, env, logFolder }: ChildOptions): Promise<Child> {
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, `${name.replaceAll(/\W+/g, '-')}.log`);
  const log = openSync(logFile, 'w');
  const child = fork(join(DIST, program), [], {
    env: env as NodeJS.ProcessEnv,
    execArgv: [...(nodeFlags ?? [])],
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${signal ?? code}, see ${logFile}`)));
  });
  ended.catch(() => undefined);
  const next = async <Reply>(): Promise<Reply> => ((await Promise.race([once(child, 'message'), ended])) as [Reply])[0];
  const { port } = await next<{ readonly port?: number }>();
  return {
    name,
    port,
    ask<Reply>(message: object): Promise<Reply> {
      child.send(message);
      return next<Reply>();
    },
    tell: (message) => void child.send(message),
    stop: () => stopChild(child),
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
