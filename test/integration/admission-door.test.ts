import { Admission } from '#journey/investment';
import { listingForCustomer } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { runCommand } from '#platform/http';
import { refuseKeyOfOrder } from '#journey/investment';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

describe('the door of a listing', () => {
  let world: RaiseWorld;
  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const wish = (listing: { readonly id: Uuid }, customer: Customer, amount: bigint, key: string = newId()) => ({
    listingId: listing.id,
    customerId: customer.id,
    amount: fen(amount),
    acceptsPart: false,
    key,
    digest: String(amount),
  });
  /** Changes with every lock on the door's row and every change of it. */
  const traces = (): Promise<unknown[]> =>
    world.rows(
      `SELECT ctid::text, xmin::text, xmax::text, (SELECT count(*) FROM job) AS jobs, (SELECT count(*) FROM investment_order) AS orders FROM listing_quota`,
    );

  it('when sold out answers at once and writes nothing, and still repeats the answer of an earlier order', async () => {
    const listing = await world.listing();
    const [anna, bert] = await world.customers(2);
    const first = wish(listing, anna!, 1_000_000n);
    const door = new Admission(world.db.work);
    const { order } = await door.admit(first);
    const before = await traces();
    for (let turn = 0; turn < 20; turn += 1) {
      await expect(door.admit(wish(listing, bert!, 10_000n))).rejects.toMatchObject({ code: 'LISTING_SOLD_OUT' });
    }
    await expect(door.admit(first)).resolves.toMatchObject({ replayed: true, order: { id: order.id, no: order.no } });
    expect(await traces()).toEqual(before);
  });

  it('never stays sold out by mistake: what a refused freeze gives back is sold to the next who knocks', async () => {
    const listing = await world.listing();
    const [anna, bert] = await world.customers(2);
    const door = new Admission(world.db.work);
    world.bank.rule = ({ from }) => (from === anna!.accountNo ? { refused: 'LIMIT_EXCEEDED' } : 'done');
    await door.admit(wish(listing, anna!, 1_000_000n));
    await expect(door.admit(wish(listing, bert!, 10_000n))).rejects.toMatchObject({ code: 'LISTING_SOLD_OUT' });
    await world.live();
    await expect(door.admit(wish(listing, bert!, 1_000_000n))).resolves.toMatchObject({ replayed: false });
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
  });

  it('follows the listing, whoever moves it: it is open while the listing is raising, and at no other time', async () => {
    const listing = await world.listing();
    const isOpen = async (): Promise<boolean> =>
      (await world.rows<{ is_open: boolean }>('SELECT is_open FROM listing_quota WHERE listing_id = $1', [listing.id]))[0]!.is_open;
    const [anna, bert] = await world.customers(2);
    expect(await isOpen()).toBe(true);
    await world.invest(listing, anna!, 1_000_000n);
    await world.live();
    expect(await isOpen()).toBe(false);
    await expect(world.invest(listing, bert!, 10_000n)).rejects.toMatchObject({ code: 'LISTING_DOOR_CLOSED' });
  });

  it('lets nobody use one key for an order and for another command, not even in the same moment', async () => {
    const listing = await world.listing();
    const people = await world.customers(20);
    const ends = await Promise.all(
      people.map(async (customer) => {
        const key = newId();
        const command = { key, route: 'POST /mandates', body: {}, actor: customer.id };
        const both = await Promise.allSettled([
          new Admission(world.db.work).admit(wish(listing, customer, 10_000n, key)),
          runCommand(world.db.work, command, async (tx) => {
            await refuseKeyOfOrder(tx, customer.id, key);
            return { done: true };
          }),
        ]);
        return both.map(({ status }) => status).sort();
      }),
    );
    expect(ends).toEqual(people.map(() => ['fulfilled', 'rejected']));
  });
});

describe('a listing that is meant for some', () => {
  let world: RaiseWorld;
  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterAll(() => world.close());

  it('for newcomers admits who has no live order anywhere else, also again, and nobody else', async () => {
    const first = await world.listing();
    const newcomers = await world.listing({ audience: 'newcomers' });
    const [old, fresh] = await world.customers(2);
    await world.invest(first, old!, 10_000n);
    await expect(world.invest(newcomers, old!, 10_000n)).rejects.toMatchObject({ code: 'LISTING_FOR_NEWCOMERS' });
    await world.invest(newcomers, fresh!, 10_000n);
    await world.invest(newcomers, fresh!, 10_000n);
  });

  it('for named customers is seen by them, admits them, and nobody else', async () => {
    const [named, other] = await world.customers(2);
    const listing = await world.listing({ audience: 'named', guests: [named!] });
    await world.invest(listing, named!, 10_000n);
    await expect(world.invest(listing, other!, 10_000n)).rejects.toMatchObject({ code: 'LISTING_FOR_NAMED' });
    const seenBy = (customer: Customer) => world.db.work.read((tx) => listingForCustomer(tx, listing.id, customer.id));
    await expect(seenBy(named!)).resolves.toMatchObject({ id: listing.id });
    await expect(seenBy(listing.borrower)).resolves.toMatchObject({ id: listing.id });
    await expect(seenBy(other!)).rejects.toMatchObject({ code: 'LISTING_NOT_FOUND' });
  });

  it('and a channel with a cap on the whole: two listings at once do not both see the same room', async () => {
    const listings = [await world.listing(), await world.listing()];
    const people = await world.customers(10);
    const doors = listings.map(() => new Admission(world.db.work, { total: 30_000n }));
    const ends = await Promise.allSettled(
      people.flatMap((customer) => listings.map((listing, at) => doors[at]!.admit(wishOf(listing.id, customer, 20_000n)))),
    );
    const codes = ends.map((end) => (end.status === 'fulfilled' ? 'admitted' : (end.reason as { code: string }).code));
    expect(codes.filter((code) => code === 'admitted')).toHaveLength(10);
    expect(codes.filter((code) => code === 'ORDER_ABOVE_TOTAL_CAP')).toHaveLength(10);
  });

  const wishOf = (listingId: Uuid, customer: Customer, amount: bigint) => ({
    listingId,
    customerId: customer.id,
    amount: fen(amount),
    acceptsPart: false,
    key: newId(),
    digest: String(amount),
  });
});
