// A chain of jobs in which every run writes the next one, on PostgreSQL and, when REDIS_URL is given, on Redis, against the same
// transactions with no queue between them. `node dist/bench/jobs.js [--json]`
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { migrate, openDatabase, ROLES, startEmbeddedPostgres } from '#platform/database';
import type { Database, Tx } from '#platform/database';
import { logger } from '#platform/logging';
import { defineJob, enqueue, migrateQueue, queueBackend, startWorker } from '#platform/queue';
import { compare, type Figure, report } from './rounds';

const SUBJECTS = 100;
const STEPS = 5;
const ALONE = 100;
const CONCURRENCY = 8;
/** A job costs an insert, a ring, a claim and an end, and the bell's own bookkeeping; without a queue it is an insert and an end. */
const GOAL_MANY = 3;
/** One job at a time waits for every step of the way; its goal is what keeps a chain of ten steps below a tenth of a second. */
const GOAL_ALONE = 5;
const ROUNDS = 5;

let series = 0;
let left = 0;
let allSeen: () => void = () => undefined;

const step = defineJob({
  name: 'bench.step',
  lane: 'books',
  limit: { rings: 3 },
  run: async ({ job, work, done }) => {
    const at = Number(job.payload['step']);
    const last = at + 1 === Number(job.payload['steps']);
    await work.run(async (tx) => {
      if (!last) await write(tx, [job.subject], at + 1, Number(job.payload['steps']));
      await done(tx);
    });
    if (last && (left -= 1) === 0) allSeen();
  },
});

function write(tx: Tx, subjects: readonly string[], at: number, steps: number): Promise<number> {
  return enqueue(
    tx,
    subjects.map((subject) => ({ name: step.name, subject, key: `${subject} ${at}`, payload: { step: at, steps } })),
  );
}

async function main(): Promise<void> {
  const dataFolder = resolve('.data/bench-jobs');
  rmSync(dataFolder, { recursive: true, force: true });
  const server = await startEmbeddedPostgres({ dataFolder, databases: { platform: 'bench' } });
  try {
    await migrate({ ownerUrl: server.ownerUrl, appRole: ROLES.app, readRole: ROLES.read });
    await migrateQueue(server.ownerUrl, ROLES.app);
    const database = await openDatabase({ url: server.appUrl, poolSize: CONCURRENCY + 2, applicationName: 'bench', role: 'app' });
    const redisUrl = process.env['REDIS_URL'];
    const figures = await figuresOf(database, server.appUrl, undefined);
    if (redisUrl !== undefined) figures.push(...(await figuresOf(database, server.appUrl, redisUrl)));
    await database.close();
    report(figures);
  } finally {
    await server.stop();
  }
}

async function figuresOf(database: Database, databaseUrl: string, redisUrl: string | undefined): Promise<Figure[]> {
  const backend = await queueBackend({ databaseUrl, redisUrl, prefix: `bench-${process.pid}` });
  const log = logger('bench', { level: 'error' });
  const worker = await startWorker({ database, backend, log, definitions: [step], concurrency: { books: CONCURRENCY } });
  try {
    const many = await compare(
      `${SUBJECTS * STEPS} jobs in ${SUBJECTS} chains of ${STEPS}, bell on ${backend.kind}`,
      { name: 'chain of jobs', run: () => chains(database, SUBJECTS, STEPS) },
      { name: 'the same transactions, no queue', run: () => bareChains(database, SUBJECTS, STEPS, CONCURRENCY) },
      GOAL_MANY,
      ROUNDS,
    );
    const alone = await compare(
      `one chain of ${ALONE} jobs, bell on ${backend.kind}`,
      { name: 'chain of jobs', run: () => chains(database, 1, ALONE) },
      { name: 'the same transactions, no queue', run: () => bareChains(database, 1, ALONE, 1) },
      GOAL_ALONE,
      ROUNDS,
    );
    return [many, alone];
  } finally {
    await worker.stop();
    await backend.close();
  }
}

/** Resolves when the last job of every chain has been seen. */
async function chains(database: Database, count: number, steps: number): Promise<void> {
  series += 1;
  left = count;
  const finished = new Promise<void>((resolve) => (allSeen = resolve));
  const subjects = Array.from({ length: count }, (_, i) => `chain ${series} of ${i}`);
  await database.work.run((tx) => write(tx, subjects, 0, steps));
  await finished;
}

/** The same inserts and ends, in transactions of the same shape. */
async function bareChains(database: Database, count: number, steps: number, atOnce: number): Promise<void> {
  series += 1;
  const subjects = Array.from({ length: count }, (_, i) => `bare ${series} of ${i}`);
  const runSubjects = async (): Promise<void> => {
    for (let subject = subjects.pop(); subject !== undefined; subject = subjects.pop()) {
      for (let at = 0; at < steps; at += 1) await bareStep(database, subject, at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runSubjects));
}

function bareStep(database: Database, subject: string, at: number): Promise<number> {
  return database.work.run(async (tx) => {
    // Far in the future, so that no relay looks at it; ended in the same transaction.
    await enqueue(tx, [{ name: step.name, subject, key: `${subject} ${at}`, dueAt: new Date('2999-01-01T00:00:00Z') }]);
    return tx.execute('UPDATE job SET done_at = clock_timestamp() WHERE name = $1 AND unique_key = $2', [step.name, `${subject} ${at}`]);
  });
}

void main();
