import { Pool } from 'pg';
import type { Lane } from './lanes';
import { lanes } from './lanes';
import type { Ring } from './job-rows';
import { JobRows } from './job-rows';
import { openPostgresBell } from './postgres-bell';
import { openRedisBell } from './redis-bell';

export interface QueueBackendOptions {
  /** The platform's database, as the application's role: job rows live there, whoever rings. */
  readonly databaseUrl: string;
  /** Redis or Valkey: `redis://`, `rediss://`, `redis-sentinel://host,host/name`, `redis-cluster://host,host`. Absent: BullMQ on PostgreSQL. */
  readonly redisUrl?: string | undefined;
  /** First part of every key in Redis, so that several installations can share one; without braces. */
  readonly prefix?: string;
  readonly applicationName?: string;
}

/** Answers rings of one lane until it is stopped; stopping waits for the answers that are being given. */
export interface Answering {
  stop(): Promise<void>;
}

/** What rings: BullMQ, on one of two servers. Only the files of this folder that implement it know BullMQ. */
export interface Bell {
  readonly kind: 'redis' | 'postgres';
  /** Resolves when the queue has taken all rings. @throws Outage within a few seconds when it has not, or may not have */
  ring(lane: Lane, rings: readonly Ring[]): Promise<void>;
  answer(lane: Lane, concurrency: number, onRing: (ring: Ring) => Promise<void>, onError: (error: Error) => void): Promise<Answering>;
  close(): Promise<void>;
}

/** The bell and its bookkeeping, opened once per worker process. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres';
  readonly bell: Bell;
  readonly rows: JobRows;
  close(): Promise<void>;
}

/** Connections of the bell's pool in each worker process: BullMQ keeps one LISTEN connection per lane that is answered. */
export const BELL_CONNECTIONS = lanes.length + 5;

/**
 * Opens the bell: BullMQ on Redis when an address is given, else BullMQ on PostgreSQL. Everything that is opened here is
 * closed by `close`.
 * @throws Outage when the server does not answer or is set up so that it may drop rings, in a sentence that says what to do
 */
export async function queueBackend(options: QueueBackendOptions): Promise<QueueBackend> {
  const pool = bellPool(options);
  try {
    const bell =
      options.redisUrl === undefined ? await openPostgresBell(pool) : await openRedisBell(options.redisUrl, options.prefix ?? 'rongqiao');
    const close = async (): Promise<void> => {
      await bell.close();
      await pool.end();
    };
    return { kind: bell.kind, bell, rows: new JobRows(pool), close };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

// The bell need not survive a power cut (see JobRows), so its commits do not wait for the disk.
function bellPool(options: QueueBackendOptions): Pool {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    application_name: `${options.applicationName ?? 'worker'}-bell`,
    max: BELL_CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    options: '-c search_path=bullmq -c synchronous_commit=off -c timezone=UTC',
  });
  pool.on('error', () => undefined);
  return pool;
}
