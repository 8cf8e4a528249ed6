import { Bug } from '#kernel/faults';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/logging';
import type { Answering, QueueBackend } from './backend';
import type { JobDefinition } from './definition';
import type { JobFigure } from './figures';
import { JobFigures } from './figures';
import { JOB_CHANNEL } from './job-rows';
import type { Lane } from './lanes';
import { lanes } from './lanes';
import type { RelayTimes } from './relay';
import { Relay } from './relay';
import { Runs } from './run';

export interface WorkerOptions {
  readonly database: Pick<Database, 'work' | 'listen'>;
  readonly backend: QueueBackend;
  readonly log: Logger;
  /** Jobs that this process can run: all of the lanes it answers. */
  readonly definitions: readonly JobDefinition[];
  /** Lanes that this process answers; default: all. It rings for every lane in any case. */
  readonly lanes?: readonly Lane[];
  /** Runs at once per lane; default 8. Lane `day` runs one at a time whatever stands here. */
  readonly concurrency?: Partial<Record<Lane, number>>;
  /** Defaults: a look every second, a lease of 15 seconds. */
  readonly times?: Partial<RelayTimes>;
}

export interface RunningWorker {
  /** What the runs of each job took in this process so far. */
  figures(): Record<string, Readonly<JobFigure>>;
  /** Takes no new job, waits for those that run, then lets go of the queue. The backend stays open: it is its opener's. */
  stop(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 8;

/**
 * Starts relay, sweeper and job runs of one process.
 * @throws Bug when a lane is answered without a handler for one of its jobs' definitions, or a name has two
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { backend, database, log } = options;
  const times: RelayTimes = { tickMs: 1_000, leaseMs: 15_000, ...options.times };
  refuseDoubles(options.definitions);
  const figures = new JobFigures();
  const relay = new Relay(backend, log, times, options.lanes);
  const runs = new Runs(options.definitions, database.work, backend, log, figures, (lane, end) => relay.ended(lane, end));
  const answering: Answering[] = [];
  for (const lane of options.lanes ?? lanes) {
    const concurrency = lane === 'day' ? 1 : (options.concurrency?.[lane] ?? DEFAULT_CONCURRENCY);
    const onError = (error: Error): void => log.warn({ err: error, lane }, 'the queue reports an error');
    answering.push(await backend.bell.answer(lane, concurrency, (ring) => runs.answer(ring), onError));
  }
  const listening = await database.listen(JOB_CHANNEL, (payload) => relay.heard(isLane(payload) ? payload : undefined));
  const beat = (): void => {
    runs.signOfLife().catch((error: unknown) => log.warn({ err: error }, 'no sign of life could be given'));
  };
  const pulse = setInterval(beat, times.leaseMs / 3);
  relay.wake();
  return {
    figures: () => figures.all(),
    async stop() {
      await listening.stop();
      await relay.stop();
      await Promise.all(answering.map((lane) => lane.stop()));
      clearInterval(pulse);
    },
  };
}

function refuseDoubles(definitions: readonly JobDefinition[]): void {
  const names = new Set<string>();
  for (const { name } of definitions) {
    if (names.has(name)) throw new Bug(`job ${name} has two handlers`);
    names.add(name);
  }
}

function isLane(text: string | undefined): text is Lane {
  return lanes.some((lane) => lane === text);
}
