import { cancelOrder } from '#journey/investment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { addDays } from '#kernel/time';
import { withClient } from '#platform/database';
import { CustomerDoor } from '../support/customer-door';
import type { Door } from '../support/door';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly sale: string;
  readonly boughtPpm: number;
  readonly soldFen: number;
  readonly remainingFen: number;
  readonly opensAt: string;
}

describe('a listing, as customers see it', () => {
  let world: RaiseWorld;
  let api: CustomerDoor;
  let anna: Customer;
  let door: Door;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    api = await CustomerDoor.open(world);
    anna = await world.customer();
    door = await api.as(anna);
  });
  afterEach(() => api.close());
  afterAll(() => world.close());

  const one = ({ id }: { readonly id: Uuid }): Promise<Shown> => door.get(`/listings/${publicId('lst', id)}`);
  const listed = async (query = ''): Promise<string[]> =>
    (await door.get<{ items: Shown[] }>(`/listings${query}`)).items.map(({ id }) => id);

  it('says how much is bought, what remains, and when it opened, in the list as by itself', async () => {
    const listing = await world.listing();
    await world.invest(listing, anna, 333_400n);
    const shown = { state: 'raising', sale: 'open', boughtPpm: 333_400, soldFen: 333_400, remainingFen: 666_600 };
    expect(await one(listing)).toMatchObject({ ...shown, opensAt: `${world.today}T00:00:00.000+08:00` });
    expect((await door.get<{ items: Shown[] }>('/listings')).items).toMatchObject([shown]);
  });

  it('shows as sold out from the answer to its last order on, and not among what is open (defect 21)', async () => {
    const listing = await world.listing();
    const other = await world.listing();
    const first = await door.post<{ id: string }>(`/listings/${publicId('lst', listing.id)}/orders`, { amountFen: 400_000 });
    expect(first.id).toMatch(/^ord_/);
    await door.post(`/listings/${publicId('lst', listing.id)}/orders`, { amountFen: 600_000 });
    // Nothing has happened since the answer: no job has run, the listing is still raising.
    expect(await one(listing)).toMatchObject({ state: 'raising', sale: 'sold_out', boughtPpm: 1_000_000, remainingFen: 0 });
    expect(await listed()).toEqual([other, listing].map(({ id }) => publicId('lst', id)));
    expect(await listed('?sale=open')).toEqual([publicId('lst', other.id)]);
    expect(await listed('?sale=open&state=raised')).toEqual([]);
  });

  it('is open again when an order goes, and ended when its raise has ended', async () => {
    const listing = await world.listing({ overbooking_ppm: 100_000n });
    const order = await world.invest(listing, anna, 900_000n);
    await world.live();
    const last = await world.invest(listing, anna, 200_000n);
    expect(await one(listing)).toMatchObject({ sale: 'sold_out', boughtPpm: 1_100_000 });
    await world.db.work.run((tx) => cancelOrder(tx, order.id, anna.id));
    expect(await one(listing)).toMatchObject({ sale: 'open', remainingFen: 900_000, boughtPpm: 200_000 });
    await world.invest(listing, anna, 900_000n, { acceptsPart: true });
    await world.live();
    expect(await world.stateOf('investment_order', last.id)).toBe('lent');
    expect(await one(listing)).toMatchObject({ state: 'repaying', sale: 'ended', remainingFen: 0 });
    expect(await listed('?sale=open')).toEqual([]);
  });

  it('takes no orders any more on the day after its deadline, and shows it before the door is shut', async () => {
    const listing = await world.listing({ lastDay: 2 });
    await world.rows('UPDATE business_clock SET business_date = $1', [addDays(world.today, 3)]);
    expect(await one(listing)).toMatchObject({ state: 'raising', sale: 'ended', remainingFen: 0 });
    expect(await listed('?sale=open')).toEqual([]);
  });

  it('is shown to its borrower in any state, and to others when it may be seen', async () => {
    const listing = await world.listing();
    await withClient(world.db.superuserUrl, (client) => client.query(`UPDATE listing SET state = 'in_review' WHERE id = '${listing.id}'`));
    expect(await door.ask('GET', `/listings/${publicId('lst', listing.id)}`)).toMatchObject({
      status: 404,
      body: { code: 'LISTING_NOT_FOUND' },
    });
    expect(await listed()).toEqual([]);
    door = await api.as(listing.borrower);
    expect(await one(listing)).toMatchObject({ state: 'in_review', sale: 'not_open' });
    expect(await listed()).toEqual([]);
    expect((await door.get<{ items: Shown[] }>('/applications')).items).toHaveLength(1);
  });

  it('comes in pages, newest first', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift(publicId('lst', (await world.listing()).id));
    const { items, next } = await door.get<{ items: Shown[]; next: string }>('/listings?limit=2&sale=open');
    expect(items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(await listed(`?limit=2&sale=open&after=${next}`)).toEqual(ids.slice(2));
    expect((await door.ask('GET', '/listings?sale=closed')).status).toBe(400);
    const forged = Buffer.from('["1; or more"]').toString('base64url');
    expect(await door.ask('GET', `/listings?after=${forged}`)).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  });
});
