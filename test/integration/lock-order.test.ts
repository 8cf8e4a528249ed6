import type { Client } from 'pg';
import { withClient } from '#platform/database';
import { RaiseWorld } from '../support/raise-world';
import { until } from '../support/until';

jest.setTimeout(120_000);

/** Locks are taken in one order everywhere: day, listing, then what belongs to it. Whoever takes an order back has the listing first. */
describe('the bank’s word about a hold', () => {
  let world: RaiseWorld;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const waiting = async (): Promise<number> => {
    const [row] = await world.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row!.n;
  };
  const takes = (client: Client, table: 'listing' | 'investment_order', id: string): Promise<unknown> =>
    client.query(`SELECT 1 FROM ${table} WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, [id]);

  it.each(['frozen', 'refused'])('locks the listing before its order, as a cancellation does (%s)', async (end) => {
    const listing = await world.listing();
    const order = await world.invest(listing, await world.customer(), 500_000n);
    world.bank.rule = ({ kind }) => (kind === 'HOLD' && end === 'refused' ? { refused: 'INSUFFICIENT_FUNDS' } : 'done');
    await world.turns.runOne('investment.freeze');
    await withClient(world.db.superuserUrl, async (client) => {
      await client.query('BEGIN');
      await takes(client, 'listing', listing.id);
      const sending = world.turns.runOne('bank.send');
      await until('the word of the bank waits for the listing', async () => (await waiting()) === 1);
      // Whoever has the listing gets the order as well: nobody who waits for the listing holds it.
      await expect(takes(client, 'investment_order', order.id)).resolves.toBeDefined();
      await client.query('COMMIT');
      await sending;
    });
    expect(await world.stateOf('investment_order', order.id)).toBe(end);
  });
});
