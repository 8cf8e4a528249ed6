import { withClient } from '#platform/database';
import { defineJob, enqueue, quiet } from '#platform/queue';
import type { JobDefinition, QueueBackend } from '#platform/queue';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { emptyQueue, queueKinds, TestQueue } from '../support/jobs';
import { OutageProxy } from '../support/outage-proxy';
import { until } from '../support/until';

/** Everything that the bell can lose, twice over or late. What the rows say must happen, happens once. */
describe.each(queueKinds)('the bell on %s may lose anything', (kind) => {
  let db: TestDatabase;
  let queue: TestQueue;
  let names = 0;
  const times = { tickMs: 100, leaseMs: 400 };

  beforeAll(async () => {
    db = await testDatabase();
    queue = await TestQueue.open(db, kind);
    await (await db.open({ role: 'owner' })).work.run((tx) => tx.execute('CREATE TABLE effect (subject text NOT NULL)'));
  });
  afterEach(() => queue.rest());
  afterAll(() => db.close());

  function aJob(before: (tries: number) => Promise<void> = () => Promise.resolve(), more: Partial<JobDefinition> = {}): JobDefinition {
    names += 1;
    return defineJob({
      name: `lost.${kind}-${names}`,
      lane: 'books',
      limit: { rings: 5, backoffMs: 5 },
      run: async ({ job, work, done }) => {
        await before(job.tries);
        await work.run(async (tx) => {
          await tx.execute('INSERT INTO effect VALUES ($1)', [`${job.name} ${job.subject}`]);
          await done(tx);
        });
      },
      ...more,
    });
  }
  const write = (name: string, count: number) =>
    db.work.run((tx) =>
      enqueue(
        tx,
        Array.from({ length: count }, (_, i) => ({ name, subject: `s${i}` })),
      ),
    );
  const isQuiet = () =>
    until('all jobs are done', async () => {
      const { due, later } = await quiet(db.work);
      return due + later === 0;
    });
  const effects = (name: string) =>
    db.work.read((tx) =>
      tx.query<{ n: number }>('SELECT count(*)::int AS n FROM effect WHERE subject LIKE $1 GROUP BY subject', [`${name} %`]),
    );
  const expectEachOnce = async (name: string, count: number) => {
    expect(await effects(name)).toEqual(Array.from({ length: count }, () => ({ n: 1 })));
  };
  /** Rings everything that is due, as a relay would, with nobody there to answer. */
  const ringAll = async (backend: QueueBackend) => {
    const [found] = await backend.rows.ringDue(['books'], 200);
    await backend.bell.ring('books', found!.rings);
    return found!.rings;
  };

  it('loses the whole queue while jobs wait in it', async () => {
    const job = aJob();
    await write(job.name, 20);
    expect(await ringAll(await queue.backend())).toHaveLength(20);
    await emptyQueue(db, kind);
    await queue.worker({ definitions: [job], times });
    await isQuiet();
    await expectEachOnce(job.name, 20);
  });

  it('loses the whole queue while jobs run', async () => {
    let begun = 0;
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const job = aJob(async () => {
      begun += 1;
      await held;
    });
    await queue.worker({ definitions: [job], times, concurrency: { books: 4 } });
    await write(job.name, 10);
    await until('four run', () => begun >= 4);
    await emptyQueue(db, kind);
    letGo();
    await isQuiet();
    await expectEachOnce(job.name, 10);
  });

  it('rings twice, rings late and rings old numbers: each job takes effect once', async () => {
    const job = aJob();
    await write(job.name, 10);
    const backend = await queue.backend();
    const first = await ringAll(backend);
    await backend.bell.ring('books', first);
    const second = await until('the sweeper rings again', async () => (swept = await backend.rows.sweep(0, 100)).length === 10).then(
      () => swept,
    );
    await backend.bell.ring('books', second);
    const worker = await queue.worker({ definitions: [job], times });
    await isQuiet();
    await backend.bell.ring('books', [...first, ...second]);
    await until('the queue is empty again', async () => (await queue.waiting(kind)) === 0);
    await expectEachOnce(job.name, 10);
    expect(worker.figures()[job.name]).toMatchObject({ runs: 10, done: 10 });
  });
  let swept: Awaited<ReturnType<QueueBackend['rows']['sweep']>> = [];

  it('was answered by a process that was killed before it did anything', async () => {
    const job = aJob();
    await write(job.name, 5);
    const backend = await queue.backend();
    for (const ring of await ringAll(backend)) expect(await backend.rows.claim(ring)).toBeDefined();
    await emptyQueue(db, kind);
    const worker = await queue.worker({ definitions: [job], times });
    await isQuiet();
    await expectEachOnce(job.name, 5);
    expect(worker.figures()[job.name]).toMatchObject({ runs: 5 });
  });

  it('leaves a run behind that stood still and wakes up after its successor has finished: its effect is rolled back', async () => {
    let letGo: () => void = () => undefined;
    const stoodStill = new Promise<void>((resolve) => (letGo = resolve));
    const job = aJob((tries) => (tries === 1 ? stoodStill : Promise.resolve()), { limit: { rings: 5, wallMs: 100 } });
    const worker = await queue.worker({ definitions: [job], times });
    await write(job.name, 1);
    await isQuiet();
    letGo();
    await until('both runs have ended', () => worker.figures()[job.name]?.runs === 2);
    expect(worker.figures()[job.name]).toMatchObject({ done: 1, lost: 1, failed: 0 });
    await expectEachOnce(job.name, 1);
  });

  it('does not ring again for a run that takes long and is alive', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const job = aJob(() => held);
    const worker = await queue.worker({ definitions: [job], times });
    await write(job.name, 1);
    const begun = Date.now();
    await until('three leases have passed', () => Date.now() - begun > 3 * times.leaseMs);
    letGo();
    await isQuiet();
    expect(worker.figures()[job.name]).toMatchObject({ runs: 1, done: 1 });
  });

  it('parks a job whose runs never come to an end', async () => {
    const job = aJob(undefined, { limit: { rings: 2 } });
    await write(job.name, 1);
    const backend = await queue.backend();
    for (const ring of await ringAll(backend)) await backend.rows.claim(ring);
    for (const ring of await backend.rows.sweep(0, 10)) await backend.rows.claim(ring);
    await queue.worker({ definitions: [job], times });
    await until('it is parked', async () => (await quiet(db.work)).parked === 1);
    expect(await effects(job.name)).toEqual([]);
  });

  it('rings the oldest first, as many as the lane may hold', async () => {
    const job = aJob(undefined, { lane: 'reports' });
    const now = Date.now();
    await db.work.run((tx) =>
      enqueue(
        tx,
        Array.from({ length: 300 }, (_, i) => ({ name: job.name, subject: `s${i}`, dueAt: new Date(now - 1_000 - ((i * 7) % 300)) })),
      ),
    );
    const backend = await queue.backend();
    const [found] = await backend.rows.ringDue(['reports'], 1_000);
    expect(found).toMatchObject({ full: true });
    expect(found!.rings).toHaveLength(256);
    const rows = await db.work.read((tx) =>
      tx.query<{ id: bigint; due_at: Date }>('SELECT id, due_at FROM job WHERE name = $1', [job.name]),
    );
    const dueAt = new Map(rows.map((row) => [String(row.id), row.due_at.getTime()]));
    const inOrder = found!.rings.map((ring) => dueAt.get(ring.id)!);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect((await backend.rows.ringDue(['reports'], 1_000))[0]).toMatchObject({ rings: [], full: true });
    await queue.worker({ definitions: [job], times });
    await isQuiet();
  });

  it('survives the loss of every connection to PostgreSQL', async () => {
    const job = aJob();
    const worker = await queue.worker({ definitions: [job], times });
    await write(job.name, 5);
    await isQuiet();
    await withClient(db.superuserUrl, (client) =>
      client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()', [db.name]),
    );
    const written = () => db.work.run((tx) => enqueue(tx, [{ name: job.name, subject: 'after the cut' }])).catch(() => 0);
    await until('a connection is there again', async () => (await written()) === 1);
    await isQuiet();
    await expectEachOnce(job.name, 6);
    expect(worker.figures()[job.name]).toMatchObject({ done: 6 });
  });

  it('forgets done jobs only when they are old', async () => {
    const remove = (sql: string) => db.work.run((tx) => tx.execute(sql));
    await expect(remove('DELETE FROM job WHERE done_at IS NOT NULL')).rejects.toThrow(/not old enough/);
    await expect(remove('TRUNCATE job')).rejects.toThrow(/permission denied/);
  });

  if (kind === 'redis') {
    it('is away for longer than anybody would wait, and comes back', async () => {
      const proxy = await OutageProxy.to(new URL(process.env.REDIS_URL!));
      const job = aJob();
      const backend = await queue.backend({ redisUrl: proxy.url });
      const worker = await queue.worker({ definitions: [job], times, backend });
      await write(job.name, 3);
      await isQuiet();
      proxy.breakOff();
      await db.work.run((tx) => enqueue(tx, [{ name: job.name, subject: 'during' }]));
      await until('the relay has seen it', () => queue.log.lines.some((line) => line.message.startsWith('the bell could not be rung')));
      const broken = Date.now();
      await until('ten seconds have passed', () => Date.now() - broken > 10_000);
      await db.work.run((tx) => enqueue(tx, [{ name: job.name, subject: 'at the end' }]));
      proxy.heal();
      await isQuiet();
      expect(worker.figures()[job.name]).toMatchObject({ done: 5 });
      await queue.rest();
      await proxy.close();
    }, 40_000);
  }
});
