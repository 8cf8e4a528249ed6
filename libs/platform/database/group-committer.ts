import { Bug, Outage, Refusal, refusals } from '#kernel/faults';
import { refuseInsideTransaction } from './work';

const codes = refusals({
  TOO_MANY_WAITING: {
    kind: 'limited',
    zh: '当前排队人数过多, 请稍后重试',
    en: 'Too many requests are waiting for the same thing, try again shortly',
  },
});

/** What came of one batch. */
export interface Batch<Result> {
  /** One per item, in their order. */
  readonly results: readonly Result[];
  /** Whether the batch had to wait for another process that held what it needed; not said where it needs nothing of its own. */
  readonly contended?: boolean;
}

export interface GroupCommitterOptions<Item, Result> {
  /** Items of one key never run in two batches at once (in this process); different keys do. */
  key(item: Item): string;
  /** Commits one batch in one transaction. */
  commit(items: readonly Item[]): Promise<Batch<Result>>;
  /** Most items of one batch. Default 256. */
  readonly batchLimit?: number;
  /** Most items of one key that may wait. Default 10,000. */
  readonly waitingLimit?: number;
  /** Whom this one shares its knowledge of other processes with. Default: all of the process. */
  readonly company?: Company;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** How long a batch gathers where several processes want the row. Measured: longer, and the row stands idle; not at all, and batches are half as large. */
const GATHERING_MS = 1;
/** Over how many batches it is counted how often another process was in the way; from which share on batches gather, and below which they stop. */
const REMEMBERED = 16;
const OFTEN = 0.25;
const SELDOM = 0.08;

/**
 * Whether another process is often in the way. A stage of the worker that locks the row now and then is not company: gathering would cost more
 * than it saves. Whoever gathers meets the other one less often, so it takes less to stay company than to become it.
 */
export class Company {
  private share = 0;
  private near = false;

  /** @param contended whether another process was in the way of a batch */
  note(contended: boolean): void {
    this.share += (Number(contended) - this.share) / REMEMBERED;
    this.near = this.share > (this.near ? SELDOM : OFTEN);
  }

  isNear(): boolean {
    return this.near;
  }
}

const ofThisProcess = new Company();

/**
 * Group commit: what arrives while a batch runs forms the next one, so a row that everybody wants is locked once per batch
 * and not once per item. Each caller gets his own result, after the commit.
 *
 * Alone, a batch goes as soon as the one before it is committed: the row would stand idle. Where several processes want the row,
 * it does not stand idle; then each batch gathers for a moment first, because fuller batches cost all of them less. That holds for
 * all batches of the process: what a rush asks on its way to the row comes as often as what it asks of the row (decision 0026).
 *
 * A batch that fails is halved until the item that spoils it stands alone and gets the error; the others are committed. An
 * Outage is not halved: its end may be unknown, and nothing may be done twice. Every caller of that batch gets it.
 */
export class GroupCommitter<Item, Result> {
  private readonly queues = new Map<string, Waiting<Item, Result>[]>();
  private readonly batchLimit: number;
  private readonly waitingLimit: number;
  private readonly company: Company;

  constructor(private readonly options: GroupCommitterOptions<Item, Result>) {
    this.batchLimit = options.batchLimit ?? 256;
    this.waitingLimit = options.waitingLimit ?? 10_000;
    this.company = options.company ?? ofThisProcess;
  }

  /** @throws Refusal `TOO_MANY_WAITING`; otherwise what `commit` threw for this item alone */
  submit(item: Item): Promise<Result> {
    refuseInsideTransaction('a group committer');
    const key = this.options.key(item);
    return new Promise<Result>((resolve, reject) => {
      const queue = this.queues.get(key);
      if (queue !== undefined && queue.length >= this.waitingLimit) {
        reject(new Refusal(codes.TOO_MANY_WAITING));
      } else if (queue === undefined) {
        const opened = [{ item, resolve, reject }];
        this.queues.set(key, opened);
        // One turn of the loop later, so that what arrives together is committed together.
        setImmediate(() => void this.drain(key, opened));
      } else {
        queue.push({ item, resolve, reject });
      }
    });
  }

  private async drain(key: string, queue: Waiting<Item, Result>[]): Promise<void> {
    while (queue.length > 0) {
      if (this.company.isNear() && queue.length < this.batchLimit) await new Promise((resolve) => setTimeout(resolve, GATHERING_MS));
      await this.commit(queue.splice(0, this.batchLimit));
    }
    this.queues.delete(key);
  }

  private async commit(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const { results, contended } = await this.options.commit(batch.map((waiting) => waiting.item));
      if (contended !== undefined) this.company.note(contended);
      answer(batch, results);
    } catch (error) {
      if (batch.length === 1 || error instanceof Outage) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      const middle = batch.length >> 1;
      await this.commit(batch.slice(0, middle));
      await this.commit(batch.slice(middle));
    }
  }
}

/** The batch is committed by now, so a wrong number of results must not lead to committing its halves once more. */
function answer<Item, Result>(batch: readonly Waiting<Item, Result>[], results: readonly Result[]): void {
  const fits = results.length === batch.length;
  batch.forEach((waiting, at) => {
    if (fits) waiting.resolve(results[at] as Result);
    else waiting.reject(new Bug(`a batch of ${batch.length} items was answered with ${results.length} results`));
  });
}
