import { cancelOrder } from '#journey/investment';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { withClient } from '#platform/database';
import { CustomerDoor } from '../support/customer-door';
import type { SightSeen } from '../support/customers-sight';
import type { Door } from '../support/door';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

describe('where an order is', () => {
  let world: RaiseWorld;
  let api: CustomerDoor;
  let anna: Customer;
  let bert: Customer;
  let carl: Customer;
  const doors = new Map<Customer, Door>();

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    api = await CustomerDoor.open(world);
    [anna, bert, carl] = (await world.customers(3)) as [Customer, Customer, Customer];
    for (const who of [anna, bert, carl]) doors.set(who, await api.as(who));
  });
  afterEach(async () => {
    await api.close();
    await world.keepsWhatMustHold();
  });
  afterAll(() => world.close());

  const sight = (who: Customer, { id }: { readonly id: Uuid }): Promise<SightSeen> => doors.get(who)!.get(`/orders/${publicId('ord', id)}`);
  const states = ({ timeline }: SightSeen): string[] => timeline.map(({ state }) => state);

  it('is told in both languages at every step, with the time of each and the serials of the bank', async () => {
    const listing = await world.listing();
    const order = await world.invest(listing, anna, 400_000n);
    const admitted = await sight(anna, order);
    expect(admitted).toMatchObject({ state: 'admitted', queue: null, bank: { hold: null, collection: null }, returns: [], refusal: null });
    expect(states(admitted)).toEqual(['admitted']);

    world.bank.rule = () => 'later';
    await world.live();
    expect(await sight(anna, order)).toMatchObject({
      state: 'freezing',
      queue: null,
      bank: { hold: { kind: 'HOLD', bankSerial: null, bankTime: null } },
    });

    world.bank.rule = () => 'done';
    await world.live();
    const frozen = await sight(anna, order);
    expect(frozen).toMatchObject({
      state: 'frozen',
      queue: { ordersBefore: 0, fenBefore: 0, listingFen: 1_000_000 },
      bank: {
        hold: { kind: 'HOLD', state: 'done', bankSerial: expect.stringMatching(/^BS\d+$/), bankDate: world.today },
        collection: null,
      },
    });

    await world.invest(listing, bert, 600_000n);
    await world.live();
    const lent = await sight(anna, order);
    expect(states(lent)).toEqual(['admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent']);
    expect(lent).toMatchObject({ acceptedFen: 400_000, queue: null, bank: { collection: { kind: 'COLLECT', state: 'done' } } });
    expect(lent.bank.collection!.bankSerial).not.toBe(lent.bank.hold!.bankSerial);
    expect(lent.bank.collection!.bankTime).toMatch(/^2024-01-02T10:00:00\.000\+08:00$/);
    for (const { zh, en, at, businessDate } of lent.timeline) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/[a-z]{3}/);
      expect(businessDate).toBe(world.today);
      expect(Date.parse(at)).not.toBeNaN();
    }
    expect(lent.timeline.map(({ at }) => at)).toEqual(lent.timeline.map(({ at }) => at).sort());
    expect(lent.stateText).toEqual({ zh: lent.timeline.at(-1)!.zh, en: lent.timeline.at(-1)!.en });
  });

  it('is in the queue by when the bank has frozen it, not by when it was placed, and moves up when one before it goes', async () => {
    const listing = await world.listing({ overbooking_ppm: 500_000n });
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === anna.accountNo ? 'later' : 'done');
    const first = await world.invest(listing, anna, 100_000n);
    const second = await world.invest(listing, bert, 200_000n);
    await world.live();
    const third = await world.invest(listing, carl, 300_000n);
    await world.live();
    world.bank.rule = () => 'done';
    await world.live();
    const places = async (): Promise<unknown[]> =>
      [await sight(anna, first), await sight(bert, second), await sight(carl, third)].map(
        ({ queue }) => queue && [queue.ordersBefore, queue.fenBefore],
      );
    expect(await places()).toEqual([
      [2, 500_000],
      [0, 0],
      [1, 200_000],
    ]);
    await world.db.work.run((tx) => cancelOrder(tx, second.id, bert.id));
    expect(await places()).toEqual([[1, 300_000], null, [0, 0]]);
  });

  it('is settled among equals of one moment as the allocation settles it: by the count of the bank, then by the number of the order', async () => {
    const listing = await world.listing({ overbooking_ppm: 1_000_000n });
    const orders: { readonly id: Uuid }[] = [];
    for (const who of [anna, bert, carl]) orders.push(await world.invest(listing, who, 100_000n));
    await world.live();
    // The last one is held in the first place of its moment; the other two have the same count.
    await withClient(world.db.superuserUrl, (client) =>
      client.query('UPDATE investment_order SET held_seq = CASE WHEN id = $1 THEN 0 ELSE 7 END WHERE listing_id = $2', [
        orders[2]!.id,
        listing.id,
      ]),
    );
    const before: number[] = [];
    for (const [index, who] of [anna, bert, carl].entries()) before.push((await sight(who, orders[index]!)).queue!.ordersBefore);
    expect(before).toEqual([1, 2, 0]);
  });

  it('that the bank refused to freeze has the reason in words, also when nobody knows the code', async () => {
    const listing = await world.listing();
    const codes: Record<string, string> = { [anna.accountNo]: 'INSUFFICIENT_FUNDS', [bert.accountNo]: 'MOON_IN_THE_WRONG_HOUSE' };
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' ? { refused: codes[from]! } : 'done');
    const poor = await world.invest(listing, anna, 100_000n);
    const odd = await world.invest(listing, bert, 100_000n);
    await world.live();
    expect(await sight(anna, poor)).toMatchObject({
      state: 'refused',
      refusal: { code: 'INSUFFICIENT_FUNDS', zh: '电子账户可用余额不足', en: 'There was not enough money available in the e-account.' },
      bank: { hold: { state: 'refused', bankSerial: null, bankTime: null } },
    });
    expect((await sight(bert, odd)).refusal).toEqual({
      code: 'MOON_IN_THE_WRONG_HOUSE',
      zh: expect.stringContaining('MOON_IN_THE_WRONG_HOUSE'),
      en: expect.stringContaining('MOON_IN_THE_WRONG_HOUSE'),
    });
  });

  it('shows what was accepted and what came back: how much, why, when, and under which serial', async () => {
    const listing = await world.listing({ overbooking_ppm: 1_000_000n });
    const orders: { readonly id: Uuid }[] = [];
    for (const who of [anna, bert, carl]) {
      orders.push(await world.invest(listing, who, 600_000n, { acceptsPart: who === bert }));
      if (who !== carl) continue;
      world.bank.rule = ({ kind, from }) => (kind === 'RELEASE' && from === carl.accountNo ? { refused: 'ACCOUNT_FROZEN' } : 'done');
      await world.live();
    }
    const [whole, part, none] = [await sight(anna, orders[0]!), await sight(bert, orders[1]!), await sight(carl, orders[2]!)];
    expect(whole).toMatchObject({ acceptedFen: 600_000, returns: [] });
    expect(part).toMatchObject({
      acceptedFen: 400_000,
      returns: [{ amountFen: 200_000, cause: 'oversubscription', state: 'done', bankDate: world.today, attempts: 1, lastRefusal: null }],
    });
    expect(part.returns[0]).toMatchObject({
      bankSerial: expect.stringMatching(/^BS\d+$/),
      bankTime: expect.stringMatching(/^2024-01-02T/),
    });
    expect(none).toMatchObject({
      state: 'left_out',
      acceptedFen: null,
      returns: [
        {
          amountFen: 600_000,
          state: 'due',
          bankSerial: null,
          bankTime: null,
          lastRefusal: { code: 'ACCOUNT_FROZEN', zh: '电子账户已被冻结' },
        },
      ],
    });
    world.bank.rule = () => 'done';
    await world.nextDay();
    expect(await sight(carl, orders[2]!)).toMatchObject({
      returns: [{ state: 'done', attempts: 2, lastRefusal: null, bankDate: world.today }],
    });
  });

  it('whose collection fails says why, and what comes back', async () => {
    const listing = await world.listing({ minimum_after_drops_ppm: 500_000n });
    world.bank.rule = ({ kind, from }) => (kind === 'COLLECT' && from === bert.accountNo ? { refused: 'JUDICIAL_FREEZE' } : 'done');
    const kept = await world.invest(listing, anna, 700_000n);
    const lost = await world.invest(listing, bert, 300_000n);
    await world.live();
    expect(await sight(anna, kept)).toMatchObject({ state: 'lent', refusal: null });
    expect(await sight(bert, lost)).toMatchObject({
      state: 'dropped',
      refusal: { code: 'JUDICIAL_FREEZE', zh: '资金被司法冻结' },
      bank: { collection: { state: 'refused', bankSerial: null } },
      returns: [{ amountFen: 300_000, cause: 'dropped', state: 'done' }],
    });
  });

  it('is not there for anybody else, and tells nothing of anybody else', async () => {
    const listing = await world.listing();
    const order = await world.invest(listing, anna, 400_000n);
    await world.invest(listing, bert, 300_000n);
    await world.live();
    const path = `/orders/${publicId('ord', order.id)}`;
    const foreign = await doors.get(bert)!.ask('GET', path);
    const unknown = await doors.get(bert)!.ask('GET', `/orders/${publicId('ord', newId())}`);
    expect([foreign.status, foreign.body['code']]).toEqual([404, 'ORDER_NOT_FOUND']);
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'ORDER_NOT_FOUND']);
    const { text } = await doors.get(anna)!.ask('GET', path);
    for (const secret of [bert.id, bert.accountNo, anna.id, order.id, listing.borrower.id]) expect(text).not.toContain(secret);
    expect(text).toContain(`"accountNo":"****${anna.accountNo.slice(-4)}"`);
  });

  it('costs as many questions with many returns and many orders as with few', async () => {
    const listing = await world.listing({ overbooking_ppm: 1_000_000n });
    const questions = async (path: string): Promise<number> => {
      await doors.get(anna)!.get(path);
      api.work.statements.length = 0;
      await doors.get(anna)!.get(path);
      return api.work.statements.length;
    };
    const first = await world.invest(listing, anna, 100_000n);
    await world.live();
    const few = [await questions('/orders'), await questions(`/orders/${publicId('ord', first.id)}`)];
    for (let more = 0; more < 12; more += 1) await world.invest(listing, anna, 100_000n, { acceptsPart: true });
    await world.live();
    const { items } = await doors.get(anna)!.get<{ items: { returns: unknown[] }[] }>('/orders');
    expect(items).toHaveLength(13);
    expect(items.flatMap(({ returns }) => returns).length).toBeGreaterThan(2);
    expect(await questions('/orders')).toBe(few[0]);
    // The place in the queue is asked for only while there is a queue.
    expect(await questions(`/orders/${publicId('ord', first.id)}`)).toBe(few[1]! - 1);
  });

  it('is counted over the index of the queue alone', async () => {
    const listing = await world.listing();
    await withClient(world.db.superuserUrl, async (client) => {
      await client.query(
        `INSERT INTO investment_order (id, state, listing_id, customer_id, account_no, amount_fen, accepts_part, admission_id, hold_no, held_at, held_seq, actor, key, body_digest, business_date)
         SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'frozen' ELSE 'left_out' END, $1, $2, 'E', 100, false, gen_random_uuid(), 'H', '2024-01-02T02:00:00Z', n, 'a', n::text, '', '2024-01-02'
         FROM generate_series(1, 4000) AS n`,
        [listing.id, anna.id],
      );
      await client.query('VACUUM ANALYZE investment_order');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT count(*), sum(b.amount_fen) FROM investment_order b
         WHERE b.listing_id = '${listing.id}' AND b.state = 'frozen' AND (b.held_at, b.held_seq, b.no) < ('2024-01-02T02:00:00Z'::timestamptz, 200::bigint, 5::bigint)`,
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Only Scan using investment_order_queue');
      await client.query('TRUNCATE investment_order CASCADE');
    });
  });
});
