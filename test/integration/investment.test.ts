import { Admission, cancelOrder } from '#journey/investment';
import { fen } from '#kernel/money';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

describe('an investment', () => {
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

  const states = (): Promise<Record<string, string>[]> =>
    world.rows('SELECT c.e_account_no AS who, o.state FROM investment_order o JOIN customer c ON c.id = o.customer_id ORDER BY o.no');
  const returns = (): Promise<Record<string, unknown>[]> =>
    world.rows('SELECT source, cause, amount_fen, state FROM investment_return ORDER BY amount_fen');
  const holdsLeft = (): bigint => [...world.bank.holds.values()].reduce((sum, hold) => sum + hold.left, 0n);

  it('is frozen at the bank, and the listing that is full goes on to its borrower', async () => {
    const listing = await world.listing();
    const order = await world.invest(listing, anna, 400_000n);
    expect(await world.stateOf('investment_order', order.id)).toBe('admitted');
    await world.live();
    expect(await world.stateOf('investment_order', order.id)).toBe('frozen');
    expect(world.bank.holds.get('H1')).toEqual({ accountNo: anna.accountNo, left: 400_000n, used: 0n });
    await world.invest(listing, bert, 600_000n);
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['lent', 'lent']);
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
    expect(world.bank.nets()).toEqual({
      [anna.accountNo]: -400_000n,
      [bert.accountNo]: -600_000n,
      [listing.borrower.accountNo]: 1_000_000n,
    });
  });

  it('whose hold is refused gives its quota back, and the listing sells on', async () => {
    const listing = await world.listing();
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === anna.accountNo ? { refused: 'INSUFFICIENT_FUNDS' } : 'done');
    const refused = await world.invest(listing, anna, 1_000_000n);
    await expect(world.invest(listing, bert, 10_000n)).rejects.toMatchObject({ code: 'LISTING_SOLD_OUT' });
    await world.live();
    expect(await world.rows('SELECT state, refusal_code FROM investment_order WHERE id = $1', [refused.id])).toEqual([
      { state: 'refused', refusal_code: 'INSUFFICIENT_FUNDS' },
    ]);
    await world.invest(listing, bert, 1_000_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
  });

  it('keeps its quota while nobody knows whether the money is frozen', async () => {
    const listing = await world.listing();
    world.bank.mishap = ({ kind }) => (kind === 'HOLD' ? 'answer_lost' : undefined);
    world.bank.rule = () => 'later';
    const order = await world.invest(listing, anna, 1_000_000n);
    await world.live();
    expect(await world.stateOf('investment_order', order.id)).toBe('freezing');
    await expect(world.invest(listing, bert, 10_000n)).rejects.toMatchObject({ code: 'LISTING_SOLD_OUT' });
  });

  it('can be cancelled while the listing is raising: its quota is free, its money comes back', async () => {
    const listing = await world.listing();
    const order = await world.invest(listing, anna, 600_000n);
    await world.live();
    await world.db.work.run((tx) => cancelOrder(tx, order.id, anna.id));
    await world.live();
    expect(await world.stateOf('investment_order', order.id)).toBe('cancelled');
    expect(await returns()).toEqual([{ source: 'hold', cause: 'cancelled', amount_fen: 600_000n, state: 'done' }]);
    expect(holdsLeft()).toBe(0n);
    await world.invest(listing, bert, 1_000_000n);
  });

  it('is cancelled once by two cancellations at once, and nobody but its owner cancels it', async () => {
    const listing = await world.listing();
    const order = await world.invest(listing, anna, 600_000n);
    await world.live();
    const cancel = (who: Customer): Promise<void> => world.db.work.run((tx) => cancelOrder(tx, order.id, who.id));
    await expect(cancel(bert)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    const ends = await Promise.allSettled([cancel(anna), cancel(anna), cancel(anna)]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ORDER_STATE' });
    expect(await returns()).toHaveLength(1);
  });

  it('that is frozen after the allocation, whatever its place in the queue, is given back', async () => {
    const listing = await world.listing({ overbooking_ppm: 500_000n });
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === anna.accountNo ? 'later' : 'done');
    const late = await world.invest(listing, anna, 500_000n);
    await world.invest(listing, bert, 1_000_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('raised'); // waits for the open freeze up to the settle window
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
    expect(await world.stateOf('investment_order', late.id)).toBe('freezing');
    world.bank.rule = () => 'done';
    await world.live();
    expect(await world.stateOf('investment_order', late.id)).toBe('left_out');
    expect(await returns()).toEqual([{ source: 'hold', cause: 'late_freeze', amount_fen: 500_000n, state: 'done' }]);
    expect(holdsLeft()).toBe(0n);
  });

  it('is part of a listing that fails at its deadline: every hold is released, and only then it has failed (defect 2)', async () => {
    const listing = await world.listing({ lastDay: 2 });
    await world.invest(listing, anna, 300_000n);
    await world.invest(listing, bert, 200_000n);
    await world.live();
    world.bank.rule = ({ kind, from }) => (kind === 'RELEASE' && from === anna.accountNo ? { refused: 'ACCOUNT_FROZEN' } : 'done');
    await world.nextDay(2);
    expect(await world.stateOf('listing', listing.id)).toBe('raising');
    await world.nextDay();
    expect(await world.stateOf('listing', listing.id)).toBe('failing');
    expect(await world.rows('SELECT attempts, last_code, state FROM investment_return ORDER BY amount_fen')).toEqual([
      { attempts: 1, last_code: null, state: 'done' },
      { attempts: 1, last_code: 'ACCOUNT_FROZEN', state: 'due' },
    ]);
    world.bank.rule = () => 'done';
    await world.nextDay();
    expect(await world.stateOf('listing', listing.id)).toBe('failed');
    expect(holdsLeft()).toBe(0n);
    expect(await world.rows(`SELECT count(DISTINCT item_no)::int AS numbers FROM bank_order WHERE kind = 'RELEASE'`)).toEqual([
      { numbers: 3 },
    ]);
  });

  it('that was never frozen does not keep a failing listing from its end', async () => {
    const listing = await world.listing({ lastDay: 0 });
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
    world.bank.rule = ({ kind }) => (kind === 'HOLD' ? 'later' : 'done');
    await world.invest(listing, anna, 300_000n);
    await world.live();
    await world.nextDay();
    expect(await world.stateOf('listing', listing.id)).toBe('failing');
    world.bank.rule = ({ kind }) => (kind === 'HOLD' ? { refused: 'ACCOUNT_CLOSED' } : 'done');
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('failed');
  });

  it('settles with what is there when the minimum is reached at the deadline', async () => {
    const listing = await world.listing({ lastDay: 0, minimum_raise_ppm: 500_000n });
    await world.invest(listing, anna, 500_000n);
    await world.live();
    await world.nextDay();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
    expect(await world.rows('SELECT amount_fen, applied_fen FROM listing WHERE id = $1', [listing.id])).toEqual([
      { amount_fen: 500_000n, applied_fen: 1_000_000n },
    ]);
  });

  it('beyond the amount comes back by itself, and the order that crosses the line is accepted in part (defect 6)', async () => {
    const listing = await world.listing({ overbooking_ppm: 800_000n });
    await world.invest(listing, anna, 600_000n);
    await world.invest(listing, bert, 600_000n, { acceptsPart: true });
    await world.invest(listing, carl, 600_000n, { acceptsPart: true });
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['lent', 'lent', 'left_out']);
    expect(await returns()).toEqual([
      { source: 'hold', cause: 'oversubscription', amount_fen: 200_000n, state: 'done' },
      { source: 'hold', cause: 'oversubscription', amount_fen: 600_000n, state: 'done' },
    ]);
    expect(holdsLeft()).toBe(0n);
    expect(world.bank.nets()).toEqual({
      [anna.accountNo]: -600_000n,
      [bert.accountNo]: -400_000n,
      [listing.borrower.accountNo]: 1_000_000n,
    });
    expect(await world.rows('SELECT round, accepted_fen, digest ~ $1 AS signed FROM allocation', ['^[0-9a-f]{64}$'])).toEqual([
      { round: 1, accepted_fen: 1_000_000n, signed: true },
    ]);
  });

  it('that came back, whole or in part, leaves room below a cap on the whole', async () => {
    const first = await world.listing({ overbooking_ppm: 800_000n });
    await world.invest(first, anna, 600_000n);
    await world.invest(first, bert, 600_000n, { acceptsPart: true });
    await world.invest(first, carl, 600_000n);
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['lent', 'lent', 'left_out']);
    const second = await world.listing({ amount: 3_000_000n });
    const capped = new Admission(world.db.work, { total: 600_000n });
    const wish = (who: Customer, amount: bigint) =>
      capped.admit({
        listingId: second.id,
        customerId: who.id,
        amount: fen(amount),
        acceptsPart: false,
        key: `${who.accountNo}/${amount}`,
        digest: String(amount),
      });
    await expect(wish(anna, 10_000n)).rejects.toMatchObject({ code: 'ORDER_ABOVE_TOTAL_CAP' });
    await wish(bert, 200_000n);
    await expect(wish(bert, 10_000n)).rejects.toMatchObject({ code: 'ORDER_ABOVE_TOTAL_CAP', details: { investedFen: 600_000 } });
    await wish(carl, 600_000n);
  });

  it('whose collection fails leaves room as well', async () => {
    const first = await world.listing({ minimum_after_drops_ppm: 400_000n });
    world.bank.rule = ({ kind, from }) => (kind === 'COLLECT' && from === anna.accountNo ? { refused: 'JUDICIAL_FREEZE' } : 'done');
    await world.invest(first, anna, 500_000n);
    await world.invest(first, bert, 500_000n);
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['dropped', 'lent']);
    expect(await world.rows('SELECT amount_fen FROM listing_exposure ORDER BY amount_fen')).toEqual([
      { amount_fen: 0n },
      { amount_fen: 500_000n },
    ]);
  });

  it('that did not agree to a part is skipped, keeps its place, and the gap is sold again', async () => {
    const listing = await world.listing({ overbooking_ppm: 200_000n });
    await world.invest(listing, anna, 600_000n);
    await world.invest(listing, bert, 600_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('raising');
    await expect(world.invest(listing, carl, 400_100n)).rejects.toMatchObject({
      code: 'ORDER_ABOVE_REMAINDER',
      details: { remainingFen: 400_000 },
    });
    await world.invest(listing, carl, 400_000n);
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['lent', 'left_out', 'lent']);
    expect(holdsLeft()).toBe(0n);
  });

  it('at a bank that debits at once is in the disbursement account from the start, and comes back by a refund', async () => {
    const listing = await world.listing({ hold_mode: 'debit', overbooking_ppm: 800_000n });
    await world.invest(listing, anna, 700_000n);
    await world.live();
    const [row] = await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing WHERE id = $1', [listing.id]);
    expect(world.bank.nets()).toEqual({ [anna.accountNo]: -700_000n, [`D1/${row!.no}`]: 700_000n });
    await world.invest(listing, bert, 400_000n, { acceptsPart: true });
    await world.live();
    expect((await states()).map(({ state }) => state)).toEqual(['lent', 'lent']);
    expect(await returns()).toEqual([{ source: 'disbursement', cause: 'oversubscription', amount_fen: 100_000n, state: 'done' }]);
    expect(world.bank.tries.filter(({ body }) => body.includes('"COLLECT"'))).toEqual([]);
    expect(world.bank.nets()).toEqual({
      [anna.accountNo]: -700_000n,
      [bert.accountNo]: -300_000n,
      [listing.borrower.accountNo]: 1_000_000n,
    });
  });

  it('at a bank that debits at once is refunded in full when the listing fails', async () => {
    const listing = await world.listing({ hold_mode: 'debit', lastDay: 0 });
    await world.invest(listing, anna, 700_000n);
    await world.live();
    await world.nextDay();
    expect(await world.stateOf('listing', listing.id)).toBe('failed');
    expect(world.bank.nets()).toEqual({});
  });
});
