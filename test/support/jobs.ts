import { Redis } from 'ioredis';
import { ROLES } from '#platform/database';
import { migrateQueue, queueBackend, startWorker } from '#platform/queue';
import type { Logger } from '#platform/logging';
import type { QueueBackend, RunningWorker, WorkerOptions } from '#platform/queue';
import type { TestDatabase } from './database';

/** The backend on which the suites of jobs run here: PostgreSQL, or Redis when the run was given one. `npm test` makes a run for each. */
export const queueKinds: readonly ('postgres' | 'redis')[] = (process.env.REDIS_URL ?? '') === '' ? ['postgres'] : ['redis'];

/** A log that keeps what it was told, for a test to look at. */
export interface KeptLog extends Logger {
  readonly lines: { level: string; facts: object; message: string }[];
}

export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = [];
  const at = (level: string) => (facts: object, message: string) => void lines.push({ level, facts, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Backends and workers of one suite on its own database (and its own prefix in Redis); `close` ends them all. */
export class TestQueue {
  readonly log = keptLog();
  private readonly workers = new Set<RunningWorker>();
  private readonly backends = new Set<QueueBackend>();

  private constructor(
    private readonly db: TestDatabase,
    private readonly kind: 'postgres' | 'redis',
  ) {}

  static async open(db: TestDatabase, kind: 'postgres' | 'redis'): Promise<TestQueue> {
    await migrateQueue(db.ownerUrl, ROLES.app);
    return new TestQueue(db, kind);
  }

  async backend(options: { redisUrl?: string } = {}): Promise<QueueBackend> {
    const redisUrl = this.kind === 'redis' ? (options.redisUrl ?? process.env.REDIS_URL) : undefined;
    const backend = await queueBackend({ databaseUrl: this.db.appUrl, prefix: this.db.name, redisUrl });
    this.backends.add(backend);
    return backend;
  }

  async worker(options: Pick<WorkerOptions, 'definitions'> & Partial<WorkerOptions>): Promise<RunningWorker> {
    const backend = options.backend ?? (await this.backend());
    const worker = await startWorker({ database: this.db.database, log: this.log, ...options, backend });
    this.workers.add(worker);
    return worker;
  }

  /** Rings that wait in BullMQ and were not answered yet. */
  async waiting(kind: 'postgres' | 'redis'): Promise<number> {
    if (kind === 'redis') return withRedis((redis) => redis.llen(`{${this.db.name}}:books:wait`));
    const rows = await this.db.work.read((tx) => tx.query<{ n: number }>('SELECT count(*)::int AS n FROM bullmq.job'));
    return rows[0]?.n ?? 0;
  }

  /** Stops the workers, so that the next test starts its own. */
  async rest(): Promise<void> {
    for (const worker of this.workers) await worker.stop();
    this.workers.clear();
    for (const backend of this.backends) await backend.close();
    this.backends.clear();
    this.log.lines.length = 0;
  }
}

/** Loses everything that BullMQ knows about this suite's jobs. */
export async function emptyQueue(db: TestDatabase, kind: 'postgres' | 'redis'): Promise<void> {
  if (kind === 'postgres') {
    await db.work.run((tx) => tx.execute("DELETE FROM bullmq.job WHERE id LIKE 'j%'"));
    return;
  }
  await withRedis(async (redis) => {
    const keys = await redis.keys(`{${db.name}}:*`);
    if (keys.length > 0) await redis.del(keys);
  });
}

async function withRedis<T>(fn: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(process.env.REDIS_URL ?? '');
  try {
    return await fn(redis);
  } finally {
    redis.disconnect();
  }
}
