import { Bug, Outage, Refusal } from '#kernel/faults';
import type { Tx, Work } from '#platform/database';
import { withRequestId } from '#platform/logging';
import type { Logger } from '#platform/logging';
import type { QueueBackend } from './backend';
import { backoffMs, DEFAULT_WALL_MS } from './backoff';
import type { JobCall, JobDefinition, JobFacts } from './definition';
import type { JobFigures, RunEnd } from './figures';
import type { ClaimedJob, Ring } from './job-rows';
import type { Lane } from './lanes';

/** Answers rings: claims the row, runs the handler, writes down how it ended. */
export class Runs {
  private readonly inFlight = new Map<string, { readonly ring: Ring; readonly until: number }>();
  private readonly definitions: ReadonlyMap<string, JobDefinition>;

  constructor(
    definitions: readonly JobDefinition[],
    private readonly work: Work,
    private readonly backend: QueueBackend,
    private readonly log: Logger,
    private readonly figures: JobFigures,
    private readonly ended: (lane: Lane, end: RunEnd) => void,
  ) {
    this.definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  /** Never throws: whatever happens is written into the row, or left to the sweeper when even that fails. */
  async answer(ring: Ring): Promise<void> {
    try {
      const claimed = await this.backend.rows.claim(ring);
      if (claimed === undefined) return;
      await withRequestId(claimed.requestId ?? undefined, () => this.run(claimed));
    } catch (error) {
      this.log.warn({ err: error, job: ring.id }, 'a ring could not be answered; the sweeper will ring again');
    }
  }

  /** Tells the rows of all runs that go on that they do, except of those that take longer than their job's limit. */
  async signOfLife(): Promise<void> {
    const now = performance.now();
    const alive = [...this.inFlight.values()].filter((run) => run.until > now).map((run) => run.ring);
    if (alive.length > 0) await this.backend.rows.alive(alive);
  }

  private async run(job: ClaimedJob): Promise<void> {
    const definition = this.definitions.get(job.name);
    if (definition === undefined) return this.park(job, new Bug(`no handler for job ${job.name} in this process`));
    if (job.tries > definition.limit.rings) {
      return this.park(job, new Outage(`${definition.limit.rings} runs were begun and none came to an end`));
    }
    const begun = performance.now();
    this.inFlight.set(`${job.id}-${job.ring}`, { ring: job, until: performance.now() + (definition.limit.wallMs ?? DEFAULT_WALL_MS) });
    const attempt = new Attempt(job, this.work, this.log);
    let outcome: RunEnd = 'failed';
    try {
      await definition.run(attempt.call);
      if (attempt.end === undefined) throw new Bug(`job ${job.name} ended with neither done nor again`);
      outcome = attempt.end;
    } catch (error) {
      outcome = attempt.lostBy(error) ? 'lost' : (attempt.end ?? 'failed');
      if (outcome !== 'lost') await this.failed(definition, job, attempt, error);
    } finally {
      this.inFlight.delete(`${job.id}-${job.ring}`);
      this.figures.add(job.name, outcome, performance.now() - begun, job.waitedMs);
      this.ended(definition.lane, outcome);
    }
  }

  private async failed(definition: JobDefinition, job: ClaimedJob, attempt: Attempt, error: unknown): Promise<void> {
    if (attempt.end !== undefined) {
      this.log.error({ err: error, job: job.id, name: job.name }, 'a job failed after its end was committed; the end stands');
      return;
    }
    const final = error instanceof Refusal || error instanceof Bug || job.tries >= definition.limit.rings;
    if (final) return this.park(job, error);
    const waitMs = backoffMs(definition.limit, job.tries, Math.random());
    await this.backend.rows.later(job, waitMs, inWords(error));
    this.log.warn({ err: error, job: job.id, name: job.name, tries: job.tries, waitMs }, 'a job failed and will be tried again');
  }

  private async park(job: ClaimedJob, error: unknown): Promise<void> {
    await this.backend.rows.park(job, inWords(error));
    this.log.error(
      { err: error, job: job.id, name: job.name, subject: job.subject, tries: job.tries },
      'a job is parked and waits for a person',
    );
  }
}

/** One run of one job, as its handler sees it, and how it ended. */
class Attempt {
  /** Set once the transaction that ended the job has committed. */
  end: 'done' | 'again' | undefined;
  readonly call: JobCall;
  private lost: Outage | undefined;

  constructor(
    private readonly claimed: ClaimedJob,
    work: Work,
    log: Logger,
  ) {
    const { name, subject, tries, requestId } = claimed;
    const job: JobFacts = { id: BigInt(claimed.id), name, subject, payload: claimed.payload ?? {}, tries, requestId };
    this.call = { job, work, log, done: (tx) => this.done(tx), again: (tx, dueAt, why) => this.again(tx, dueAt, why) };
  }

  /** Whether this error says that the job was taken over: a quiet end. */
  lostBy(error: unknown): boolean {
    return this.lost !== undefined && error === this.lost;
  }

  private async done(tx: Tx): Promise<void> {
    await this.finish(tx, 'done', DONE, [this.claimed.id, this.claimed.ring]);
  }

  private async again(tx: Tx, dueAt: Date, why: string | undefined): Promise<void> {
    await this.finish(tx, 'again', AGAIN, [this.claimed.id, this.claimed.ring, dueAt, why ?? null]);
  }

  private async finish(tx: Tx, end: 'done' | 'again', sql: string, params: readonly unknown[]): Promise<void> {
    if ((await tx.execute(sql, params)) === 1) {
      tx.afterCommit(() => (this.end = end));
      return;
    }
    this.lost = new Outage(`job ${this.claimed.id} was taken over by a later run or has ended: this transaction is rolled back`);
    throw this.lost;
  }
}

// `answered` is the fence: a run whose ring is not the last answered one has been given up, and its effect must not be committed.
const DONE = `
  UPDATE job SET done_at = clock_timestamp(), last_error = NULL
  WHERE id = $1 AND answered = $2 AND done_at IS NULL AND parked_at IS NULL`;

const AGAIN = `
  UPDATE job SET due_at = $3, rung_at = NULL, tries = 0, last_error = $4
  WHERE id = $1 AND answered = $2 AND done_at IS NULL AND parked_at IS NULL AND rung_at IS NOT NULL`;

function inWords(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 2_000);
}
