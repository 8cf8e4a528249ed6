// A raise of 100,000 orders on one listing, as fast as it goes, on real parts: customers over HTTP, the door, the worker, the simulated bank with its own books, each in
// its process. Orders are refused by the bank, taken back, left out, knocked for after all is sold; then the listing is allocated, collected and paid out. A reader
// beside it looks at every row again and again: never oversold. In the end every order has ended and every fen is where the rows say that it is.
// `node dist/bench/raise.js [--orders 100000] [--json] [--redis redis://…] [--help]`
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startChild } from './children';
import type { Child } from './children';
import { wholeNumber } from './options';
import { courseOf, isAllDone, returnsOf, waitUntil } from './raise/course';
import { checksOf, endsOf } from './raise/ending';
import { MemoryWatch } from './raise/memory';
import type { News, Outcome, Rush } from './raise/news';
import { planOf } from './raise/plan';
import type { Plan } from './raise/plan';
import { report } from './raise/report';
import { Snapshots } from './raise/snapshots';
import { World } from './raise/world';

const USAGE = `node dist/bench/raise.js [options]
  --orders <n>   how many orders of the mean size fill the listing (100000)
  --redis <url>  a Redis for the queue, or REDIS_URL; without it the queue is on PostgreSQL
  --json         JSON instead of text
Ends with 1 when anything does not hold. On a terminal a line tells how it stands.`;

const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '100000' },
    redis: { type: 'string', default: process.env['REDIS_URL'] ?? '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Requests under way at the door. */
const CONNECTIONS = 64;
/** States of orders of which the bank has not said yet whether they are frozen. */
const UNDECIDED = ['admitted', 'freezing'];

async function main(): Promise<void> {
  const plan = planOf(wholeNumber('orders', options.orders));
  const redisUrl = options.redis === '' ? undefined : options.redis;
  const world = await World.open(resolve('.data/bench-raise'), plan, redisUrl);
  try {
    const load = await startChild({ name: 'load', program: 'bench/raise/load.js', env: process.env, logFolder: world.platform.logFolder });
    try {
      load.tell({ investors: world.investors });
      await new Observed(world, load, plan).raise(redisUrl === undefined ? 'PostgreSQL' : 'Redis');
    } finally {
      await load.stop();
    }
  } finally {
    await world.close();
  }
}

/** One raise, and those who watch it. */
class Observed {
  private news: News = { admitted: 0, cancelled: 0, wrong: undefined };

  constructor(
    private readonly world: World,
    private readonly load: Child,
    private readonly plan: Plan,
  ) {}

  async raise(queue: 'PostgreSQL' | 'Redis'): Promise<void> {
    const { world, plan } = this;
    const snapshots = await Snapshots.begin(world.platform.databases.readUrl, world.listing.id);
    const memory = this.watchMemory(snapshots);
    try {
      const outcome = await this.course(snapshots, memory);
      await snapshots.end();
      const figures = memory.end();
      const ends = await endsOf(world.owner, world.listing.id);
      const phases = await courseOf(world.owner, world.listing.id, outcome.soldOut);
      const checks = await checksOf(world, outcome, ends);
      const returns = await returnsOf(world.owner, world.listing.id);
      report({ plan, queue, outcome, phases, ends, returns, memory: figures, snapshots, checks }, { json: options.json });
    } finally {
      memory.end();
      await snapshots.close();
    }
  }

  /** From the first order to the loan that has begun. @returns what the crowd was answered */
  private async course(snapshots: Snapshots, memory: MemoryWatch): Promise<Outcome> {
    const { world, load } = this;
    const port = Number(new URL(world.platform.urls.customerApi).port);
    load.tell({ begin: { port, listing: world.listing.publicId, connections: CONNECTIONS } satisfies Rush });
    try {
      await this.sellOut(snapshots, memory);
      const outcome = await load.ask<Outcome>({ tell: 'end' });
      await waitUntil(world.owner, () => {
        this.show(snapshots, memory);
        return isAllDone(world.owner, world.listing.id);
      });
      return outcome;
    } finally {
      this.show();
    }
  }

  /** Until the door is closed for good. Half-way a court freezes some accounts. */
  private async sellOut(snapshots: Snapshots, memory: MemoryWatch): Promise<void> {
    let isCourtDue = true;
    await waitUntil(this.world.owner, async () => {
      this.news = await this.load.ask<News>({ tell: 'news' });
      if (this.news.wrong !== undefined) throw new Error(this.news.wrong);
      this.show(snapshots, memory);
      if (isCourtDue && decided(snapshots) > this.plan.orders / 2) {
        isCourtDue = false;
        await this.world.freezeByCourt(this.plan.courts);
      }
      if (snapshots.latest!.listingState === 'raising') return false;
      memory.ordersEnd();
      return snapshots.latest!.listingState !== 'raised';
    });
  }

  private watchMemory(snapshots: Snapshots): MemoryWatch {
    const { orders } = this.plan;
    const pid = (name: 'customer-api' | 'worker' | 'bank-simulator'): number => this.world.platform.process(name).pid;
    return new MemoryWatch([
      { name: 'customer-api', pid: pid('customer-api'), orders, done: () => snapshots.orders() },
      { name: 'worker', pid: pid('worker'), orders, done: () => decided(snapshots) },
    ]);
  }

  /** One line that tells how it stands, for somebody who sits before a terminal; without arguments it is wiped. */
  private show(snapshots?: Snapshots, memory?: MemoryWatch): void {
    if (!process.stderr.isTTY) return;
    if (snapshots === undefined || memory === undefined) return void process.stderr.write('\r\x1b[2K');
    const { listingState } = snapshots.latest!;
    const [api, worker] = memory.now();
    const orders = `${snapshots.orders()} orders, ${decided(snapshots)} decided by the bank, ${snapshots.orders('refused')} refused, ${this.news.cancelled} taken back`;
    const looked = `${snapshots.taken} snapshots, ${snapshots.violations.length} violations`;
    process.stderr.write(`\r\x1b[2K${listingState}: ${orders}; ${looked}; api ${api!.toFixed(0)} MB, worker ${worker!.toFixed(0)} MB`);
  }
}

function decided(snapshots: Snapshots): number {
  return snapshots.orders() - snapshots.orders(...UNDECIDED);
}

if (options.help) console.log(USAGE);
else void main();
