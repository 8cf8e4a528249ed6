import type { AdmittedOrder } from '#journey/investment';
import { handlers } from '../../apps/chain';
import { queueKinds, TestQueue } from '../support/jobs';
import { RaiseWorld } from '../support/raise-world';
import { until } from '../support/until';

jest.setTimeout(120_000);

describe('the freezing stage', () => {
  let world: RaiseWorld;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const singly = async (listing: Parameters<RaiseWorld['invest']>[0], count: number): Promise<AdmittedOrder[]> => {
    const orders: AdmittedOrder[] = [];
    for (const customer of await world.customers(count)) orders.push(await world.invest(listing, customer, 20_000n));
    return orders;
  };
  const groups = async (): Promise<number[]> => {
    const rows = await world.rows<{ orders: number }>(
      `SELECT count(*)::int AS orders FROM bank_order WHERE kind = 'HOLD' GROUP BY send_group ORDER BY min(id::text)`,
    );
    return rows.map(({ orders }) => orders);
  };

  it('takes along what was admitted singly and waits as well: one set, and each order asked about once', async () => {
    const listing = await world.listing();
    const orders = await singly(listing, 5);
    await world.turns.runOne('investment.freeze');
    expect(await groups()).toEqual([5]);
    expect((await world.turns.waiting()).map(({ name }) => name)).toEqual(['bank.send']);
    await world.live();
    expect(await groups()).toEqual([5]);
    expect(world.bank.tries.filter(({ kind }) => kind === 'HOLD')).toHaveLength(5);
    for (const { id } of orders) expect(await world.stateOf('investment_order', id)).toBe('frozen');
  });

  it('takes a hundred at once: of an admission that does not fit as a whole, the rest keeps its job', async () => {
    const listing = await world.listing({ amount: 3_000_000n });
    const people = await world.customers(60);
    for (let batch = 0; batch < 2; batch += 1) await Promise.all(people.map((customer) => world.invest(listing, customer, 20_000n)));
    await world.turns.runOne('investment.freeze');
    expect(await groups()).toEqual([100]);
    await world.live();
    expect(await groups()).toEqual([100, 20]);
    expect(world.bank.tries.filter(({ kind }) => kind === 'HOLD')).toHaveLength(120);
  });

  it('takes along nothing of another listing, and nothing that came before: that has a job of its own', async () => {
    const one = await world.listing();
    const other = await world.listing();
    const [first] = await singly(one, 1);
    await singly(other, 2);
    const [last] = await singly(one, 1);
    const freezing = (await world.turns.waiting()).filter(({ name }) => name === 'investment.freeze');
    await world.turns.run(freezing[3]!);
    expect(await world.stateOf('investment_order', last!.id)).toBe('freezing');
    expect(await world.stateOf('investment_order', first!.id)).toBe('admitted');
    await world.turns.run(freezing[0]!);
    expect(await groups()).toEqual([1, 1]);
    await world.live();
    expect(await groups()).toEqual([1, 1, 2]);
  });

  it('waits in a lane of its own: a customer who takes his order back does not wait for his money behind a rush', async () => {
    const listing = await world.listing();
    const customer = await world.customer();
    const order = await world.invest(listing, customer, 20_000n);
    await world.live();
    const [first] = await singly(listing, 1);
    await world.turns.runOne('investment.freeze');
    const [last] = await singly(listing, 1);
    const rush = (await world.turns.waiting()).filter(({ lane }) => lane === 'freezing');
    expect(rush.map(({ name }) => name)).toEqual(['bank.send', 'investment.freeze']);
    await world.cancel(order, customer);
    for (let turn = 0; turn < 5; turn += 1)
      for (const job of await world.turns.waiting()) if (job.lane !== 'freezing') await world.turns.run(job);
    expect(world.bank.holds.get('H1')).toMatchObject({ left: 0n, used: 0n });
    expect(await world.stateOf('investment_order', first!.id)).toBe('freezing');
    expect(await world.stateOf('investment_order', last!.id)).toBe('admitted');
    await world.live();
  });

  it.each(queueKinds)('asks about each order once also when runs meet, on %s', async (kind) => {
    const listing = await world.listing();
    await singly(listing, 40);
    const queue = await TestQueue.open(world.db, kind);
    await queue.worker({ definitions: handlers() });
    try {
      const open = `SELECT 1 FROM investment_order WHERE state <> 'frozen'`;
      await until('every order is frozen', async () => (await world.rows(open)).length === 0);
    } finally {
      await queue.rest();
    }
    expect((await groups()).reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(new Set(world.bank.tries.map(({ requestNo }) => requestNo)).size).toBe(world.bank.tries.length);
    expect(world.bank.holds.size).toBe(40);
  });

  it.each(queueKinds)('keeps nobody waiting who takes an order back while a rush is being frozen, on %s', async (kind) => {
    const listing = await world.listing();
    const [customer] = await world.customers(1);
    const order = await world.invest(listing, customer!, 20_000n);
    await world.live();
    await singly(listing, 3);
    await world.cancel(order, customer!);
    const queue = await TestQueue.open(world.db, kind);
    // Nobody answers the lane in which the freezes wait.
    await queue.worker({ definitions: handlers(), lanes: ['books'] });
    const state = async (): Promise<string> => (await world.rows<{ state: string }>('SELECT state FROM investment_return'))[0]!.state;
    try {
      await until('the return is ready for the bank', async () => (await state()) === 'sent');
    } finally {
      await queue.rest();
    }
    expect(await groups()).toEqual([1]);
    await world.live();
    expect(await state()).toBe('done');
  });
});
