import { Admission } from '#journey/investment';
import { newId } from '#kernel/ids';
import { fen } from '#kernel/money';
import { Company, withClient } from '#platform/database';
import { handlers } from '../../apps/chain';
import { queueKinds, TestQueue } from '../support/jobs';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import { until } from '../support/until';

jest.setTimeout(120_000);

describe('many customers at one door at once', () => {
  let world: RaiseWorld;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const codes = (ends: readonly PromiseSettledResult<unknown>[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const end of ends) {
      const code = end.status === 'fulfilled' ? 'admitted' : String((end.reason as { code?: string }).code);
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  };
  const taken = async (): Promise<unknown> => (await world.rows('SELECT taken_fen, quota_fen FROM listing_quota'))[0];

  it('fill the listing exactly and never beyond it: two orders do not both see the same remainder (defect 5)', async () => {
    const listing = await world.listing();
    const people = await world.customers(40);
    const ends = await Promise.allSettled(people.map((customer) => world.invest(listing, customer, 50_000n)));
    expect(codes(ends)).toEqual({ admitted: 20, LISTING_SOLD_OUT: 20 });
    expect(await taken()).toEqual({ taken_fen: 1_000_000n, quota_fen: 1_000_000n });
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
  });

  it('never oversell it from several processes either', async () => {
    const listing = await world.listing();
    const people = await world.customers(30);
    const doors = [new Admission(world.db.work), new Admission(world.db.work), new Admission(world.db.work)];
    const wish = (customer: Customer) => ({
      listingId: listing.id,
      customerId: customer.id,
      amount: fen(70_000n),
      acceptsPart: false,
      key: newId(),
      digest: 'd',
    });
    const ends = await Promise.allSettled(people.map((customer, index) => doors[index % 3]!.admit(wish(customer))));
    expect(codes(ends)).toEqual({ admitted: 14, ORDER_ABOVE_REMAINDER: 16 });
    expect(await taken()).toEqual({ taken_fen: 980_000n, quota_fen: 1_000_000n });
    await world.invest(listing, people[0]!, 20_000n); // exactly what remains
  });

  it('tell their process that another one was at the door, and only then', async () => {
    const listing = await world.listing();
    const [first, second] = await world.customers(2);
    const noted: boolean[] = [];
    const company = new (class extends Company {
      override note(contended: boolean): void {
        noted.push(contended);
      }
    })();
    const door = new Admission(world.db.work, {}, company);
    const wish = ({ id }: Customer) => ({
      listingId: listing.id,
      customerId: id,
      amount: fen(70_000n),
      acceptsPart: false,
      key: newId(),
      digest: 'd',
    });
    await door.admit(wish(first!));
    expect(noted).toEqual([false]);
    await withClient(world.db.superuserUrl, async (other) => {
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM listing_quota WHERE listing_id = $1 FOR NO KEY UPDATE', [listing.id]);
      const admitted = door.admit(wish(second!));
      await until('the order stands at the door', async () => {
        const { rowCount } = await other.query(`SELECT 1 FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
          WHERE NOT l.granted AND l.waitstart < clock_timestamp() - interval '10 milliseconds' AND a.datname = current_database()`);
        return rowCount === 1;
      });
      await other.query('COMMIT');
      await admitted;
    });
    expect(noted).toEqual([false, true]);
    expect(await taken()).toMatchObject({ taken_fen: 140_000n });
  });

  it('are all admitted in one transaction when they come together, with one job for the freezing', async () => {
    const listing = await world.listing();
    const people = await world.customers(10);
    const orders = await Promise.all(people.map((customer) => world.invest(listing, customer, 20_000n)));
    expect(new Set(orders.map((order) => order.admission_id)).size).toBe(1);
    expect(orders.map((order) => order.no)).toEqual([...orders.map((order) => order.no)].sort((a, b) => Number(a - b)));
    expect(await world.rows(`SELECT count(*)::int AS n FROM job WHERE name = 'investment.freeze'`)).toEqual([{ n: 1 }]);
  });

  it('do not suffer for the one among them who is refused', async () => {
    const listing = await world.listing({ investor_cap_fen: 100_000n });
    const people = await world.customers(6);
    const amounts = [50_000n, 100_100n, 9_999n, 50_000n, 50_050n, 50_000n];
    const ends = await Promise.allSettled(people.map((customer, index) => world.invest(listing, customer, amounts[index]!)));
    expect(codes(ends)).toEqual({ admitted: 3, ORDER_ABOVE_CAP: 1, ORDER_BELOW_MINIMUM: 1, ORDER_OFF_STEP: 1 });
  });

  it('with one key make one order, sixty-four times over', async () => {
    const listing = await world.listing();
    const customer = await world.customer();
    const key = newId();
    const orders = await Promise.all(Array.from({ length: 64 }, () => world.invest(listing, customer, 20_000n, { key })));
    expect(new Set(orders.map((order) => order.id)).size).toBe(1);
    expect((await world.invest(listing, customer, 20_000n, { key })).id).toBe(orders[0]!.id);
    expect(await taken()).toMatchObject({ taken_fen: 20_000n });
  });

  it('with one key make one order also when it reaches several processes at the same moment', async () => {
    const listing = await world.listing();
    const customer = await world.customer();
    const doors = Array.from({ length: 4 }, () => new Admission(world.db.work));
    for (let round = 1; round <= 5; round += 1) {
      const request = {
        listingId: listing.id,
        customerId: customer.id,
        amount: fen(20_000n),
        acceptsPart: false,
        key: newId(),
        digest: 'd',
      };
      const answers = await Promise.all(doors.map((door) => door.admit(request)));
      expect(new Set(answers.map(({ order }) => order.id)).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await taken()).toMatchObject({ taken_fen: 20_000n * BigInt(round) });
    }
  });

  it('cannot use a key for another amount, nor at the same moment for another listing', async () => {
    const [one, other] = [await world.listing(), await world.listing()];
    const customer = await world.customer();
    const key = newId();
    await world.invest(one, customer, 20_000n, { key });
    await expect(world.invest(one, customer, 30_000n, { key })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await expect(world.invest(other, customer, 20_000n, { key })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    for (let round = 0; round < 5; round += 1) {
      const twice = newId();
      const ends = await Promise.allSettled([one, other].map((listing) => world.invest(listing, customer, 20_000n, { key: twice })));
      expect(codes(ends)).toEqual({ admitted: 1, IDEMPOTENCY_KEY_REUSED: 1 });
    }
    const stranger = await world.customer();
    await world.invest(other, stranger, 20_000n, { key });
  });

  it('may use a key again that was refused, because a refusal stores nothing', async () => {
    const listing = await world.listing();
    const customer = await world.customer();
    const key = newId();
    await expect(world.invest(listing, customer, 1n, { key })).rejects.toMatchObject({ code: 'ORDER_BELOW_MINIMUM' });
    await world.invest(listing, customer, 20_000n, { key });
    // Also by another order that comes in the same batch, which the first one keeps waiting.
    const again = newId();
    const ends = await Promise.allSettled([
      world.invest(listing, customer, 20_000n, { key: newId() }),
      world.invest(listing, customer, 1n, { key: again }),
      world.invest(listing, customer, 30_000n, { key: again }),
    ]);
    expect(codes(ends)).toEqual({ admitted: 2, ORDER_BELOW_MINIMUM: 1 });
  });

  it.each(queueKinds)('are served by a worker on its own: from the door to the borrower on the queue of %s', async (kind) => {
    const listing = await world.listing({ overbooking_ppm: 100_000n });
    const people = await world.customers(24);
    const queue = await TestQueue.open(world.db, kind);
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 3 };
    await queue.worker({ definitions: handlers() });
    try {
      const ends = await Promise.allSettled(people.map((customer) => world.invest(listing, customer, 50_000n, { acceptsPart: true })));
      expect(codes(ends)).toEqual({ admitted: 22, LISTING_SOLD_OUT: 2 });
      await until('the borrower is paid', async () => (await world.stateOf('listing', listing.id)) === 'repaying', 60_000);
      await until(
        'every return is done',
        async () => (await world.rows(`SELECT 1 FROM investment_return WHERE state <> 'done'`)).length === 0,
        60_000,
      );
    } finally {
      await queue.rest();
    }
    expect(world.bank.net(listing.borrower.accountNo)).toBe(1_000_000n);
    expect([...world.bank.holds.values()].reduce((sum, hold) => sum + hold.left, 0n)).toBe(0n);
    expect(await world.rows('SELECT name FROM job WHERE parked_at IS NOT NULL')).toEqual([]);
  });
});
