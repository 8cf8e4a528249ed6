import { Bug, Outage, Refusal, refusals } from '#kernel/faults';
import type { Tx } from '#platform/database';
import { currentRequestId, withRequestId } from '#platform/logging';
import { defineJob, enqueue, parkedJobs, quiet, unparkJob } from '#platform/queue';
import type { JobCall, JobDefinition, Lane } from '#platform/queue';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { queueKinds, TestQueue } from '../support/jobs';
import { until } from '../support/until';

const codes = refusals({ NOT_TODAY: { kind: 'conflict', zh: '今天不行', en: 'not today' } });

describe.each(queueKinds)('jobs are rows, the bell is %s', (kind) => {
  let db: TestDatabase;
  let queue: TestQueue;
  let names = 0;

  beforeAll(async () => {
    db = await testDatabase();
    queue = await TestQueue.open(db, kind);
    await (await db.open({ role: 'owner' })).work.run((tx) => tx.execute('CREATE TABLE effect (subject text NOT NULL)'));
  });
  afterEach(() => queue.rest());
  afterAll(() => db.close());

  /** A job of this test alone; quick to be tried again. */
  function aJob(run: JobDefinition['run'], more: Partial<JobDefinition> = {}): JobDefinition {
    names += 1;
    return defineJob({ name: `test.${kind}-${names}`, lane: 'books', limit: { rings: 3, backoffMs: 5, maxBackoffMs: 20 }, run, ...more });
  }
  const write = (...jobs: Parameters<typeof enqueue>[1]) => db.work.run((tx) => enqueue(tx, jobs));
  const isQuiet = () =>
    until('all jobs are done', async () => {
      const { due, later } = await quiet(db.work);
      return due + later === 0;
    });
  const effects = async (subject: string) =>
    (await db.work.read((tx) => tx.query<{ n: number }>('SELECT count(*)::int AS n FROM effect WHERE subject = $1', [subject])))[0]?.n;
  const takeEffect = (tx: Tx, subject: string) => tx.execute('INSERT INTO effect VALUES ($1)', [subject]);
  const parkedOf = async (name: string) => (await db.work.read((tx) => parkedJobs(tx))).filter((job) => job.name === name);

  it('really is that backend', async () => {
    expect((await queue.backend()).kind).toBe(kind);
  });

  it('runs a job once that was written in a committed transaction, with what it carries', async () => {
    const seen: (JobCall['job'] & { carried: string | undefined })[] = [];
    const job = aJob(async ({ job: facts, work, done }) => {
      seen.push({ ...facts, carried: currentRequestId() });
      await work.run((tx) => done(tx));
    });
    const worker = await queue.worker({ definitions: [job] });
    await withRequestId('req-7', () => write({ name: job.name, subject: 'world', payload: { loud: true } }));
    await isQuiet();
    expect(seen).toMatchObject([
      { name: job.name, subject: 'world', payload: { loud: true }, tries: 1, requestId: 'req-7', carried: 'req-7' },
    ]);
    expect(worker.figures()[job.name]).toMatchObject({ runs: 1, done: 1, failed: 0 });
  });

  it('runs nothing that was rolled back', async () => {
    const job = aJob(({ work, done }) => work.run((tx) => done(tx)));
    const worker = await queue.worker({ definitions: [job] });
    const rolledBack = db.work.run(async (tx) => {
      await enqueue(tx, [{ name: job.name, subject: 'never' }]);
      throw new Bug('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await write({ name: job.name, subject: 'afterwards' });
    await isQuiet();
    expect(worker.figures()[job.name]).toMatchObject({ runs: 1 });
  });

  it('knows a job by its key for ever: the second row is not written, before and after the first is done', async () => {
    const job = aJob(({ work, done }) => work.run((tx) => done(tx)));
    const twice = [
      { name: job.name, subject: 'one' },
      { name: job.name, subject: 'one' },
      { name: job.name, subject: 'one', key: 'one again' },
    ];
    expect(await write(...twice)).toBe(2);
    await queue.worker({ definitions: [job] });
    await isQuiet();
    expect(await write(...twice)).toBe(0);
  });

  it('commits effect and end together: what failed after `done` was neither done nor in effect', async () => {
    const job = aJob(({ job: { subject, tries }, work, done }) =>
      work.run(async (tx) => {
        await takeEffect(tx, subject);
        await done(tx);
        if (tries === 1) throw new Outage('the connection broke before the commit');
      }),
    );
    const worker = await queue.worker({ definitions: [job] });
    await write({ name: job.name, subject: `both-${kind}` });
    await isQuiet();
    expect(worker.figures()[job.name]).toMatchObject({ runs: 2, done: 1, failed: 1 });
    expect(await effects(`both-${kind}`)).toBe(1);
  });

  it('tries an outage again within the limit, then parks the job with the last error, visible, until a person lets it go on', async () => {
    let broken = true;
    const job = aJob(async ({ work, done }) => {
      if (broken) throw new Outage('the bank is away');
      await work.run((tx) => done(tx));
    });
    const worker = await queue.worker({ definitions: [job] });
    await write({ name: job.name, subject: 'x' });
    await until('it is parked', async () => (await parkedOf(job.name)).length === 1);
    const [parked] = await parkedOf(job.name);
    expect(parked).toMatchObject({ subject: 'x', tries: 3, lastError: 'Outage: the bank is away' });
    expect(worker.figures()[job.name]).toMatchObject({ runs: 3, failed: 3 });
    expect(queue.log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
    broken = false;
    await db.work.run((tx) => unparkJob(tx, parked!.id));
    await isQuiet();
    expect(await parkedOf(job.name)).toEqual([]);
  });

  it.each([
    ['a refusal', () => new Refusal(codes.NOT_TODAY), 'Refusal: NOT_TODAY: not today'],
    ['a bug', () => new Bug('two and two'), 'Bug: two and two'],
  ])('parks %s at once', async (_, fault, lastError) => {
    const job = aJob(() => Promise.reject(fault()));
    const worker = await queue.worker({ definitions: [job] });
    await write({ name: job.name, subject: 'x' });
    await until('it is parked', async () => (await parkedOf(job.name)).length === 1);
    expect(await parkedOf(job.name)).toMatchObject([{ tries: 1, lastError }]);
    expect(worker.figures()[job.name]).toMatchObject({ runs: 1 });
  });

  it('parks a job whose handler returns without an end', async () => {
    const job = aJob(() => Promise.resolve());
    await queue.worker({ definitions: [job] });
    await write({ name: job.name, subject: 'x' });
    await until('it is parked', async () => (await parkedOf(job.name)).length === 1);
    expect((await parkedOf(job.name))[0]?.lastError).toMatch(/neither done nor again/);
  });

  it('asks again as often as the handler wants, without using up its tries', async () => {
    let asked = 0;
    const job = aJob(({ job: { tries }, work, done, again }) =>
      work.run(async (tx) => {
        asked += 1;
        expect(tries).toBe(1);
        if (asked < 8) await again(tx, new Date(Date.now() + 5), 'still processing');
        else await done(tx);
      }),
    );
    const worker = await queue.worker({ definitions: [job] });
    await write({ name: job.name, subject: 'poll' });
    await isQuiet();
    expect(worker.figures()[job.name]).toMatchObject({ runs: 8, again: 7, done: 1, failed: 0 });
  });

  it('waits until a job is due, and not much longer', async () => {
    const startedAt: number[] = [];
    const job = aJob(async ({ work, done }) => {
      startedAt.push(Date.now());
      await work.run((tx) => done(tx));
    });
    await queue.worker({ definitions: [job] });
    const writtenAt = Date.now();
    await write({ name: job.name, subject: 'later', delayMs: 300 });
    expect(await quiet(db.work)).toMatchObject({ due: 0, later: 1 });
    await isQuiet();
    expect(startedAt[0]! - writtenAt).toBeGreaterThanOrEqual(295);
    expect(startedAt[0]! - writtenAt).toBeLessThan(900);
  });

  it('runs one job of lane `day` at a time, also with two workers', async () => {
    let running = 0;
    let most = 0;
    const job = aJob(
      async ({ work, done }) => {
        running += 1;
        most = Math.max(most, running);
        await work.run((tx) => done(tx));
        running -= 1;
      },
      { lane: 'day' },
    );
    await queue.worker({ definitions: [job] });
    await queue.worker({ definitions: [job] });
    await write(...Array.from({ length: 12 }, (_, i) => ({ name: job.name, subject: `day ${i}` })));
    await isQuiet();
    expect(most).toBe(1);
  });

  it('stops in order: the run that goes on ends first, and nothing new begins', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let begun = 0;
    const job = aJob(
      async ({ work, done }) => {
        begun += 1;
        await held;
        await work.run((tx) => done(tx));
      },
      { lane: 'reports' },
    );
    const worker = await queue.worker({ definitions: [job], concurrency: { reports: 1 } });
    await write({ name: job.name, subject: 'first' }, { name: job.name, subject: 'second' });
    await until('the first runs', () => begun === 1);
    const stopped = worker.stop();
    letGo();
    await stopped;
    expect(worker.figures()[job.name]).toMatchObject({ runs: 1, done: 1 });
    expect((await quiet(db.work)).due).toBe(1);
    await queue.worker({ definitions: [job], times: { leaseMs: 300 } });
    await isQuiet();
    expect(begun).toBe(2);
  });

  it.each(['bank', 'freezing', 'books', 'notices', 'reports'] satisfies Lane[])('answers lane %s', async (lane) => {
    const job = aJob(({ work, done }) => work.run((tx) => done(tx)), { lane });
    await queue.worker({ definitions: [job], lanes: [lane] });
    await write(...Array.from({ length: 20 }, (_, i) => ({ name: job.name, subject: `${lane} ${i}` })));
    await isQuiet();
  });
});
