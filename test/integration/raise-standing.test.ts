import { raiseStanding } from '#journey/investment';
import type { RaiseStanding } from '#journey/investment';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

describe('how a raise stands', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let bert: Customer;
  let carl: Customer;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    [anna, bert, carl] = (await world.customers(3)) as [Customer, Customer, Customer];
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const standing = (listing: { readonly id: Uuid }): Promise<RaiseStanding> => world.db.work.read((tx) => raiseStanding(tx, listing.id));
  const overbooked = (): Promise<{ readonly id: Uuid }> => world.listing({ overbooking_ppm: 60_000n });

  it('counts orders by state, and names what is frozen, what is missing and how many the bank has not decided', async () => {
    const listing = await overbooked();
    await world.invest(listing, anna, 400_000n);
    await world.live();
    world.bank.rule = ({ from }) => (from === bert.accountNo ? { refused: 'INSUFFICIENT_FUNDS' } : 'later');
    await world.invest(listing, bert, 300_000n);
    await world.invest(listing, carl, 100_000n);
    await world.live();
    await world.invest(listing, anna, 20_000n);
    const none = { accepted_fen: 0n, collected_fen: 0n };
    expect(await standing(listing)).toEqual({
      state: 'raising',
      amount_fen: 1_000_000n,
      quota_fen: 1_060_000n,
      taken_fen: 520_000n,
      frozen_fen: 400_000n,
      missing_fen: 600_000n,
      open_orders: 2n,
      orders: [
        { state: 'admitted', orders: 1n, amount_fen: 20_000n, ...none },
        { state: 'freezing', orders: 1n, amount_fen: 100_000n, ...none },
        { state: 'frozen', orders: 1n, amount_fen: 400_000n, ...none },
        { state: 'refused', orders: 1n, amount_fen: 300_000n, ...none },
      ],
      returns: [],
    });
  });

  it('shows that a skipped order keeps its place while what it leaves is sold again, and what goes back in the end', async () => {
    const listing = await overbooked();
    await world.invest(listing, anna, 990_000n);
    await world.live();
    await world.invest(listing, bert, 20_000n);
    await world.live();
    expect(await standing(listing)).toMatchObject({ state: 'raising', frozen_fen: 1_010_000n, missing_fen: 10_000n, open_orders: 0n });
    await world.invest(listing, carl, 10_000n);
    await world.live();
    expect(await standing(listing)).toMatchObject({
      state: 'repaying',
      missing_fen: 0n,
      orders: [
        { state: 'left_out', orders: 1n, amount_fen: 20_000n, accepted_fen: 0n, collected_fen: 0n },
        { state: 'lent', orders: 2n, amount_fen: 1_000_000n, accepted_fen: 1_000_000n, collected_fen: 1_000_000n },
      ],
      returns: [{ cause: 'oversubscription', state: 'done', returns: 1n, amount_fen: 20_000n }],
    });
  });

  it('is asked for in vain of a listing that is none', async () => {
    await expect(standing({ id: newId() })).rejects.toMatchObject({ code: 'LISTING_NOT_FOUND' });
  });
});
