import { loadConfig } from '#platform/config';
import type { Config } from '#platform/config';
import { logger } from '#platform/logging';
import type { Logger } from '#platform/logging';
import type { AppName } from './process-table';

/** Longest time that a process may take to finish what it has begun, in milliseconds. */
const STOP_LIMIT_MS = 20_000;

export interface ProcessContext<Name extends AppName> {
  readonly config: Config<Name>;
  readonly log: Logger;
}

export interface StartedProcess {
  /** The port it answers on, for processes that answer HTTP. */
  readonly port?: number;
  /** Takes nothing new, finishes what has begun, closes everything. */
  stop(): Promise<void>;
}

/**
 * The whole of an app's `main.ts`: checks the configuration, starts, reports `{ready, port}` to a parent that listens, and
 * stops in order on SIGTERM, SIGINT or the parent's end. What is wrong is said in one sentence on standard error, exit code 1.
 */
export function runProcess<Name extends Exclude<AppName, 'bank-simulator'>>(
  name: Name,
  start: (context: ProcessContext<Name>) => Promise<StartedProcess>,
): void {
  void live(name, start).catch((error: unknown) => fail(name, error));
}

async function live<Name extends Exclude<AppName, 'bank-simulator'>>(
  name: Name,
  start: (context: ProcessContext<Name>) => Promise<StartedProcess>,
): Promise<void> {
  process.on('uncaughtException', (error) => fail(name, error));
  const ending = endOfLife();
  const config = loadConfig(name, process.env);
  // Every process of ours reads LOG_LEVEL; the generic type of the configuration cannot show that here.
  const { LOG_LEVEL: level } = config as Config<'worker'>;
  const log = logger(name, { level });
  const started = await start({ config, log });
  log.info({ port: started.port }, 'ready');
  process.send?.({ ready: true, port: started.port });
  const cause = await ending;
  log.info({ cause }, 'stopping');
  const limit = setTimeout(() => {
    log.error({ limitMs: STOP_LIMIT_MS }, 'did not stop within its limit');
    process.exit(1);
  }, STOP_LIMIT_MS);
  await started.stop();
  clearTimeout(limit);
  log.info({}, 'stopped');
  process.exit(0);
}

/** Resolves with the reason to end; it stands from the first moment, so that an end during the start is not missed. */
function endOfLife(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    if (process.send !== undefined) process.once('disconnect', () => resolve('the parent has ended'));
  });
}

function fail(name: string, error: unknown): never {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${sentence}\n`);
  logger(name).error({ err: error }, 'ended by an error');
  process.exit(1);
}
