import { BankLine } from '../support/bank-line';
import { BothBooks } from '../support/both-books';
import { ListingStory } from '../support/listing-story';
import { OutageProxy } from '../support/outage-proxy';
import { bringBorrower, bringInsurer, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { backend, backendInUse, startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

const INVESTORS = 10;
const ORDERS = 50;

/** Amounts by which the listings of both runs are known; every order is a fiftieth. */
const AMOUNTS = { beforeTheCall: 1_000_000, accepted: 1_005_000, collected: 1_010_000, beforeTheBell: 1_015_000 } as const;

/** A platform with an insurer, a borrower and investors who have the same numbers in every run. */
class Run {
  private constructor(
    readonly platform: TestPlatform,
    readonly line: BankLine,
    readonly database: OutageProxy,
    private readonly insurerId: string,
    private readonly borrower: Person,
    private readonly investors: readonly Person[],
  ) {}

  static async begin(): Promise<Run> {
    const line = await BankLine.open();
    const database: OutageProxy[] = [];
    const platform = await startPlatform({
      bankPort: line.bankPort,
      environment: { BANK_URL: line.url },
      databases: async (real) => {
        database.push(await OutageProxy.to(new URL(real.appUrl), (greeting) => greeting.includes('-bell')));
        return { ...real, appUrl: database[0]!.url };
      },
    });
    const insurer = await bringInsurer(platform);
    const borrower = await bringBorrower(platform, { customerNo: 'C9000', creditLimitFen: 10_000_000 });
    const newcomers = Array.from({ length: INVESTORS }, (_, index) => ({ customerNo: `C${9001 + index}`, balanceFen: 10_000_000 }));
    return new Run(platform, line, database[0]!, insurer.id, borrower, await bringPeople(platform, newcomers));
  }

  /** A listing whose fifty orders fill it: its collection begins by itself. */
  async sell(amountFen: number): Promise<ListingStory> {
    const story = await this.onSale(amountFen);
    await this.fill(story);
    return story;
  }

  onSale(amountFen: number): Promise<ListingStory> {
    return ListingStory.onSale(this.platform, this.borrower, { amountFen, institutionId: this.insurerId, terms: { serviceFeePpm: 1_000 } });
  }

  async fill(story: ListingStory): Promise<void> {
    const orders = Array.from({ length: ORDERS }, (_, index) => this.investors[index % INVESTORS]!);
    await Promise.all(orders.map((investor) => story.takesOrder(investor, story.amountFen / ORDERS)));
  }

  async killWorker(): Promise<void> {
    await this.platform.running.process('worker').end('SIGKILL');
  }

  async digest(): Promise<string> {
    return (await this.platform.command('verify', '--digest')).stdout.trim();
  }

  async end(): Promise<void> {
    await this.platform.stop();
    await this.line.close();
    await this.database.close();
  }
}

describe(`a worker that is killed with SIGKILL in a collection of ${ORDERS} orders`, () => {
  let run: Run;
  const stories: ListingStory[] = [];
  beforeAll(async () => {
    run = await Run.begin();
  });
  afterAll(() => run?.end());

  const isCollectionOf = (story: ListingStory) => (call: { service: string; body: Readonly<Record<string, unknown>> }) =>
    call.service === 'batches/submit' && call.body['kind'] === 'COLLECT' && call.body['listingNo'] === story.listingNo;
  const movedFor = async (story: ListingStory): Promise<number> =>
    (await new BothBooks(run.platform).movements(`&listingNo=${story.listingNo}`)).filter(({ kind }) => kind === 'COLLECT').length;
  /** The number of a listing's collection, and the moment when the bank has told that it is done and nobody of ours knows it. */
  async function collectedAtTheBank(story: ListingStory): Promise<{ release(): void }> {
    const submitted = run.line.beforeTheBank(isCollectionOf(story));
    const filling = run.fill(story);
    const { requestNo, release } = await submitted;
    const told = run.line.afterTheBank(
      ({ service, body }, answer) =>
        service === 'batches/query' && body['requestNo'] === requestNo && (answer['data'] as { status?: string } | null)?.status === 'DONE',
    );
    release();
    await filling;
    return told;
  }
  const startAgain = () => run.platform.running.process('worker').startAgain();

  it('before the call: the order stands, and the bank has never heard of it', async () => {
    const story = await run.onSale(AMOUNTS.beforeTheCall);
    const called = run.line.beforeTheBank(isCollectionOf(story));
    await run.fill(story);
    await called;
    await run.killWorker();
    expect(await movedFor(story)).toBe(0);
    await startAgain();
    stories.push(story);
  });

  it('after the bank has taken the batch, before the answer', async () => {
    const story = await run.onSale(AMOUNTS.accepted);
    const answered = run.line.afterTheBank(isCollectionOf(story));
    await run.fill(story);
    const held = await answered;
    await run.killWorker();
    held.release();
    await startAgain();
    stories.push(story);
  });

  it('between the bank and our commit: all fifty amounts have moved, and none of it stands in our books', async () => {
    const story = await run.onSale(AMOUNTS.collected);
    const held = await collectedAtTheBank(story);
    await run.killWorker();
    held.release();
    expect(await movedFor(story)).toBe(ORDERS);
    expect((await story.orders()).map(({ state }) => state)).toEqual(Array.from({ length: ORDERS }, () => 'accepted'));
    await startAgain();
    stories.push(story);
  });

  it('before the bell: the outcome is committed with its next job, and nobody was called', async () => {
    const story = await run.onSale(AMOUNTS.beforeTheBell);
    const held = await collectedAtTheBank(story);
    run.database.breakOff();
    held.release();
    const waiting = (): Promise<{ rung: boolean }[]> =>
      run.platform.db.work.read((tx) =>
        tx.query(
          `SELECT j.rung_at IS NOT NULL AS rung FROM job j JOIN listing l ON l.id::text = j.subject WHERE j.name = 'settlement.decide' AND l.listing_no = $1`,
          [story.listingNo],
        ),
      );
    await until('the next job is committed', async () => (await waiting()).length === 1);
    await run.killWorker();
    expect(await waiting()).toEqual([{ rung: false }]);
    expect((await story.orders()).map(({ state }) => state)).toEqual(Array.from({ length: ORDERS }, () => 'collected'));
    run.database.heal();
    await startAgain();
    stories.push(story);
  });

  it('loses nothing and does nothing twice: each listing comes to its end, the books are those of a run in which nobody was killed', async () => {
    expect(stories).toHaveLength(4);
    for (const story of stories) {
      await story.becomes('repaying');
      expect(await movedFor(story)).toBe(ORDERS);
    }
    expect(backendInUse(run.platform)).toBe(backend);
    await run.platform.advance(1);
    expect(await new BothBooks(run.platform).complaints()).toEqual([]);
    const digest = await run.digest();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    await run.end();
    run = await Run.begin();
    for (const amount of Object.values(AMOUNTS)) await (await run.sell(amount)).becomes('repaying');
    await run.platform.advance(1);
    expect(await run.digest()).toBe(digest);
  });
});
