import type { JobCall, JobDefinition, Lane } from '#platform/queue';
import type { TestDatabase } from './database';
import { keptLog } from './jobs';
import type { KeptLog } from './jobs';

interface JobRow {
  readonly id: bigint;
  readonly name: string;
  readonly lane: Lane;
  readonly subject: string;
  readonly payload: Record<string, unknown> | null;
}

/** Runs the jobs of a database one after the other in the order of their rows, whatever their time, so that a story is the same every time. */
export class JobTurns {
  readonly log: KeptLog = keptLog();

  constructor(
    private readonly db: TestDatabase,
    private readonly definitions: readonly JobDefinition[],
  ) {}

  /** Turn after turn, until one changes nothing more: what still waits then, waits for the bank or for a day. */
  async live(): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      const before = await this.progress();
      for (const job of await this.waiting()) await this.run(job);
      if ((await this.progress()) === before) return;
    }
    throw new Error('sixty turns of jobs and still no end');
  }

  /** One run of the oldest waiting job of this name. `dies`: the process is gone before its last transaction commits. */
  async runOne(name: string, dies = false): Promise<void> {
    const job = (await this.waiting()).find((each) => each.name === name);
    if (job === undefined) throw new Error(`no ${name} is waiting`);
    await this.run(job, dies);
  }

  async waiting(): Promise<JobRow[]> {
    return this.rows<JobRow>('SELECT id, name, lane, subject, payload FROM job WHERE done_at IS NULL AND parked_at IS NULL ORDER BY id');
  }

  private rows<Row>(sql: string): Promise<Row[]> {
    return this.db.work.run((tx) => tx.query<Row>(sql));
  }

  private async progress(): Promise<string> {
    const [row] = await this.rows<{ seen: string }>(
      `SELECT (SELECT count(*) FROM move) || '/' || (SELECT count(*) FROM job) || '/' || (SELECT count(*) FROM job WHERE done_at IS NULL) AS seen`,
    );
    return row!.seen;
  }

  /** One run of this job. `dies` as above. */
  async run(job: JobRow, dies = false): Promise<void> {
    const end = (sql: string) => async (tx: Parameters<JobCall['done']>[0], dueAt?: Date) => {
      if (dies) throw new Error('the worker is gone');
      await tx.execute(sql, [job.id, ...(dueAt === undefined ? [] : [dueAt])]);
    };
    const call: JobCall = {
      job: { ...job, payload: job.payload ?? {}, tries: 1, requestId: null },
      work: this.db.work,
      log: this.log,
      done: end('UPDATE job SET done_at = clock_timestamp() WHERE id = $1'),
      again: end('UPDATE job SET due_at = $2 WHERE id = $1'),
    };
    await this.definitions.find((each) => each.name === job.name)!.run(call);
  }
}
