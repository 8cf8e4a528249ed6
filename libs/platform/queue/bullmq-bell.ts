import { withBackend } from 'bullmq';
import type { BackendClasses, BackendFactory, IQueueBackend } from 'bullmq';
import { Bug, Outage } from '#kernel/faults';
import type { Answering } from './backend';
import type { Ring } from './job-rows';
import type { Lane } from './lanes';
import { lanes } from './lanes';

/** How BullMQ reaches its server. Queue and worker may need connections of a different temper. */
export interface BullConnections<Server extends IQueueBackend, Connection> {
  readonly factory: BackendFactory<Server, Connection>;
  readonly ringing: Connection;
  readonly answering: Connection;
  readonly prefix?: string;
  /** Whether many rings go out in one call. If not: one by one, a few at a time. */
  readonly inBulk: boolean;
}

/** Rings that are under way at once where they go out one by one. */
const AT_ONCE = 3;

/** A ring that the queue has not confirmed after this long is given up, and made again later under another number. */
const RING_TIMEOUT_MS = 3_000;

/**
 * The parts of a bell that are the same on both servers: one BullMQ queue per lane, jobs that carry the number of a row and
 * the number of a ring. One attempt, removed when done or failed: repeating is the row's business.
 *
 * The id of a BullMQ job is row and ring (`j17-2`), not the row alone: a custom id deduplicates for as long as its job
 * exists, so the copy that a killed worker left behind as active would swallow the next ring for the same row. Copies do no
 * harm, since a ring is answered once.
 */
export class BullQueues<Server extends IQueueBackend, Connection> {
  private readonly bull: BackendClasses<Server, Connection>;
  private readonly queues: ReadonlyMap<Lane, InstanceType<BackendClasses<Server, Connection>['Queue']>>;

  constructor(private readonly connections: BullConnections<Server, Connection>) {
    // Bound here once: a class that is built without its factory would quietly look for Redis at its default port.
    this.bull = withBackend(connections.factory);
    this.queues = new Map(lanes.map((lane) => [lane, this.queue(lane)]));
  }

  async ready(): Promise<void> {
    for (const queue of this.queues.values()) await queue.waitUntilReady();
  }

  /** @throws Outage when the queue did not confirm in time */
  async ring(lane: Lane, rings: readonly Ring[]): Promise<void> {
    try {
      await (this.connections.inBulk ? this.ringAll(lane, rings) : this.ringEach(lane, rings));
    } catch (error) {
      throw new Outage(`the queue took no ring for lane ${lane}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  async answer(
    lane: Lane,
    concurrency: number,
    onRing: (ring: Ring) => Promise<void>,
    onError: (error: Error) => void,
  ): Promise<Answering> {
    const worker = new this.bull.Worker<Ring>(lane, (job) => onRing(job.data), {
      connection: this.connections.answering,
      ...(this.connections.prefix === undefined ? {} : { prefix: this.connections.prefix }),
      concurrency,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      // After a lost connection BullMQ would wait 15 s by default before it fetches again.
      runRetryDelay: 500,
    });
    worker.on('error', onError);
    await worker.waitUntilReady();
    return { stop: () => worker.close() };
  }

  async close(): Promise<void> {
    for (const queue of this.queues.values()) await queue.close();
  }

  private async ringAll(lane: Lane, rings: readonly Ring[]): Promise<void> {
    const jobs = rings.map((ring) => ({ name: 'ring', data: ring, opts: { jobId: idOf(ring) } }));
    await within(RING_TIMEOUT_MS, this.queueOf(lane).addBulk(jobs));
  }

  private async ringEach(lane: Lane, rings: readonly Ring[]): Promise<void> {
    const left = [...rings];
    const queue = this.queueOf(lane);
    const ringOn = async (): Promise<void> => {
      for (let ring = left.shift(); ring !== undefined; ring = left.shift()) {
        await within(RING_TIMEOUT_MS, queue.add('ring', ring, { jobId: idOf(ring) }));
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rings.length) }, ringOn));
  }

  private queueOf(lane: Lane) {
    const queue = this.queues.get(lane);
    if (queue === undefined) throw new Bug(`there is no queue for lane ${lane}`);
    return queue;
  }

  private queue(lane: Lane) {
    const queue = new this.bull.Queue(lane, {
      connection: this.connections.ringing,
      ...(this.connections.prefix === undefined ? {} : { prefix: this.connections.prefix }),
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: 100 } },
    });
    // Whoever rings learns of a failure from his own call.
    queue.on('error', () => undefined);
    return queue;
  }
}

function idOf(ring: Ring): string {
  return `j${ring.id}-${ring.ring}`;
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Outage(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // A call that is given up may still fail later; nobody waits for that any more.
    work.catch(() => undefined);
  }
}
