import { BothBooks } from '../support/both-books';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

const BALANCE_FEN = 10_000_000;
const AMOUNT_FEN = 1_000_000;

interface ParkedSeen {
  readonly id: number;
  readonly name: string;
  readonly subject: string;
  readonly lastError: string;
}

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform?.stop());

const parked = (): Promise<ParkedSeen[]> => platform.office.auditor.pages<ParkedSeen>('/jobs/parked');

/** The database takes no release until `heals` is called: the job that gives the money back fails until its tries are used up. */
async function breaksReleases(): Promise<{ heals(): Promise<void> }> {
  const owner = await platform.db.open({ role: 'owner' });
  await owner.work.run((tx) => tx.execute(`ALTER TABLE bank_order ADD CONSTRAINT planted CHECK (kind <> 'RELEASE') NOT VALID`));
  return { heals: () => owner.work.run(async (tx) => void (await tx.execute('ALTER TABLE bank_order DROP CONSTRAINT planted'))) };
}

/** As if the job had failed for hours: its next run is the last one. */
async function usesUpItsTries(name: string): Promise<void> {
  await until(`${name} has failed once`, async () => (await usedUp(name)) === 1, 30_000);
  await until(`${name} is parked`, async () => (await parked()).length === 1, 30_000);
}

async function usedUp(name: string): Promise<number> {
  return platform.db.work.run(async (tx) => {
    await tx.execute(`SELECT pg_notify('job', 'bank')`);
    return tx.execute(
      `UPDATE job SET tries = 49, due_at = clock_timestamp() WHERE name = $1 AND tries > 0 AND rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL`,
      [name],
    );
  });
}

describe('a job that is parked', () => {
  it('is resumed by an operator, once, with his reason in the audit log, and then the investor has his money', async () => {
    const { operator, auditor } = platform.office;
    const books = new BothBooks(platform);
    const [investor] = await bringPeople(platform, [{ balanceFen: BALANCE_FEN }]);
    const story = await ListingStory.onSale(platform, await bringBorrower(platform, {}), { amountFen: AMOUNT_FEN });
    const orderId = await story.holdsOrder(investor!, AMOUNT_FEN / 2);
    const broken = await breaksReleases();
    await investor!.door.post(`/orders/${orderId}/cancellation`);
    await usesUpItsTries('investment.give-back');
    const [job] = await parked();
    expect(job).toMatchObject({ name: 'investment.give-back', lastError: expect.stringContaining('planted') as string });
    expect((await books.bankAccount(investor!.accountNo)).heldFen).toBe(AMOUNT_FEN / 2);

    await broken.heals();
    const path = `/jobs/${job!.id}/resumption`;
    const asked = { body: { reason: '约束已去除' }, headers: operator.once() };
    const [first, again] = [await operator.ask('POST', path, asked), await operator.ask('POST', path, asked)];
    expect([first.status, first.body]).toEqual([201, { id: job!.id, name: job!.name, subject: job!.subject, resumed: true }]);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    await until('the money is free', async () => (await books.bankAccount(investor!.accountNo)).heldFen === 0, 30_000);
    expect(await parked()).toEqual([]);
    const acts = await auditor.pages<{ act: string; subject: string; details: unknown }>('/audit-records');
    expect(acts.filter(({ act }) => act === 'job.resumed')).toMatchObject([
      { subject: `job:${job!.id}`, details: { reason: '约束已去除' } },
    ]);

    const answer = await operator.ask('POST', path, { body: { reason: 'x' }, headers: operator.once() });
    expect([answer.status, answer.body['code']]).toEqual([409, 'JOB_NOT_PARKED']);
    for (const nobodys of ['999999999999', 'x', '-1', '99999999999999999999']) {
      const { status, body } = await operator.ask('POST', `/jobs/${nobodys}/resumption`, {
        body: { reason: 'x' },
        headers: operator.once(),
      });
      expect([status, body['code']]).toEqual([404, 'JOB_NOT_FOUND']);
    }
    expect((await operator.ask('POST', path, { body: { reason: 'x' } })).body['code']).toBe('IDEMPOTENCY_KEY_MISSING');
  });
});
