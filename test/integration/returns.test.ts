import { listReturns, retryReturn, countOpenReturns } from '#journey/investment';
import type { ReturnSeen } from '#journey/investment';
import { suspenseAccountNo } from '#bank/wire';
import type { Uuid } from '#kernel/ids';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import type { Rule } from '../support/scripted-bank';

jest.setTimeout(120_000);

/** The bank refuses what goes back to this customer. */
const refusing =
  (who: Customer, code = 'ACCOUNT_CLOSED'): Rule =>
  ({ kind, from, to }) =>
    (kind === 'RELEASE' && from === who.accountNo) || (kind === 'REFUND' && to === who.accountNo) ? { refused: code } : 'done';

describe('what goes back to an investor', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let bert: Customer;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    [anna, bert] = (await world.customers(2)) as [Customer, Customer];
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const returns = (more: Partial<Parameters<typeof listReturns>[1]> = {}): Promise<ReturnSeen[]> =>
    world.db.work.read((tx) => listReturns(tx, { limit: 20, ...more }));
  const retry = (id: Uuid): Promise<unknown> => world.db.work.run((tx) => retryReturn(tx, id));
  const holdsLeft = (): bigint => [...world.bank.holds.values()].reduce((sum, hold) => sum + hold.left, 0n);
  const batches = (): number => world.bank.tries.filter(({ kind, body }) => kind === 'BATCH' && /"(RELEASE|REFUND)"/.test(body)).length;

  /** Anna's order of ¥6,000.00 is taken back, and the bank refuses to give the money back. */
  const refused = async (holdMode: 'freeze' | 'debit') => {
    const listing = await world.listing({ hold_mode: holdMode, lastDay: 20 });
    const order = await world.invest(listing, anna, 600_000n);
    await world.live();
    world.bank.rule = refusing(anna);
    await world.cancel(order, anna);
    await world.live();
    return { listing, order, back: (await returns())[0]! };
  };

  it.each(['freeze', 'debit'] as const)(
    'is due again when the bank refuses it, on the next day and not before (hold mode %s)',
    async (holdMode) => {
      const { listing, back } = await refused(holdMode);
      expect(back).toMatchObject({
        state: 'due',
        attempts: 1,
        last_code: 'ACCOUNT_CLOSED',
        age_working_days: 0,
        alarm: false,
        try_on: '2024-01-03',
      });
      // Somebody else's money goes back meanwhile: that is no reason to ask again for hers.
      const other = await world.invest(listing, bert, 100_000n);
      await world.live();
      await world.cancel(other, bert);
      await world.live();
      expect((await returns()).map(({ attempts }) => attempts)).toEqual([1]);
      world.bank.rule = () => 'done';
      await world.nextDay();
      expect(await returns()).toEqual([]);
      expect(await returns({ state: 'done' })).toMatchObject([{ attempts: 2, age_working_days: null, alarm: false }, { attempts: 1 }]);
      expect([holdsLeft(), world.bank.nets()]).toEqual([0n, {}]);
    },
  );

  it('is tried at once when an operator says so, under a new number, and never while the bank is at it', async () => {
    const { back } = await refused('freeze');
    const before = batches();
    await retry(back.id);
    await world.live();
    expect(batches()).toBe(before + 1);
    expect(await returns()).toMatchObject([{ state: 'due', attempts: 2 }]);
    world.bank.rule = ({ kind }) => (kind === 'RELEASE' ? 'later' : 'done');
    await retry(back.id);
    await world.live();
    await expect(retry(back.id)).rejects.toMatchObject({ code: 'RETURN_STATE', details: { state: 'sent' } });
    world.bank.rule = () => 'done';
    await world.live();
    await expect(retry(back.id)).rejects.toMatchObject({ code: 'RETURN_STATE', details: { state: 'done' } });
    await expect(retry(anna.id)).rejects.toMatchObject({ code: 'RETURN_NOT_FOUND' });
    expect(holdsLeft()).toBe(0n);
  });

  it('carries an alarm from its second working day on, which is logged, counted and listed', async () => {
    const { listing } = await refused('freeze'); // on a Tuesday
    await world.nextDay();
    expect((await returns())[0]).toMatchObject({ age_working_days: 1, alarm: false });
    expect(await world.db.work.read((tx) => countOpenReturns(tx))).toMatchObject({ returns: 1n, alarms: 0n });
    await world.nextDay();
    expect((await returns({ alarm: true, listingId: listing.id }))[0]).toMatchObject({ age_working_days: 2, alarm: true, attempts: 3 });
    expect(await world.db.work.read((tx) => countOpenReturns(tx))).toMatchObject({
      alarms: 1n,
      alarm_fen: 600_000n,
      oldest_due_on: '2024-01-02',
    });
    expect(world.turns.log.lines.filter(({ message }) => message.startsWith('returns are not back'))).toHaveLength(1);
    await world.nextDay(3); // over the weekend, to Sunday
    expect((await returns())[0]).toMatchObject({ age_working_days: 3, attempts: 6, state: 'due' });
  });

  it('is listed in pages, by state and listing', async () => {
    const { listing } = await refused('freeze');
    const other = await world.listing();
    const order = await world.invest(other, anna, 200_000n);
    await world.live();
    await world.cancel(order, anna);
    await world.live();
    const [first, second] = await returns();
    expect(await returns({ limit: 1 })).toHaveLength(2); // one more than the page, which says that there is another
    expect((await returns({ limit: 1, after: first!.id })).map(({ id }) => id)).toEqual([second!.id]);
    expect((await returns({ listingId: listing.id })).map(({ amount_fen }) => amount_fen)).toEqual([600_000n]);
    expect(await returns({ state: 'sent' })).toEqual([]);
    expect(first).toMatchObject({
      customer_id: anna.id,
      customer_masked: null,
      order_no: expect.any(BigInt) as bigint,
      cause: 'cancelled',
    });
  });

  it('is parked in suspense after three working days when it is a refund, and waits there for an account', async () => {
    const { listing } = await refused('debit'); // on a Tuesday
    const [row] = await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing WHERE id = $1', [listing.id]);
    await world.rows(`UPDATE customer SET e_account_status = 'CLOSED' WHERE id = $1`, [anna.id]);
    await world.nextDay(2);
    expect((await returns())[0]).toMatchObject({ state: 'due', first_refused_on: '2024-01-02', attempts: 3 });
    await world.nextDay();
    const [parked] = await returns();
    expect(parked).toMatchObject({ state: 'parked', attempts: 3, alarm: false });
    expect(world.bank.net(`D1/${row!.no}`)).toBe(0n);
    expect(world.bank.nets()).toEqual({ [anna.accountNo]: -600_000n, [suspenseAccountNo('S1', `C${anna.accountNo}`)]: 600_000n });
    await world.nextDay();
    expect((await returns())[0]!.state).toBe('parked');
    // She opens another account.
    await world.rows(`UPDATE customer SET e_account_status = 'ACTIVE', e_account_no = 'E_NEW' WHERE id = $1`, [anna.id]);
    await retry(parked!.id);
    await world.live();
    expect(await returns()).toEqual([]);
    expect(world.bank.nets()).toEqual({ [anna.accountNo]: -600_000n, E_NEW: 600_000n });
  });

  it('waits for another day when the bank will not take it into suspense, or not out of it', async () => {
    await refused('debit');
    world.bank.rule = (asked) => (asked.kind === 'PARK' ? { refused: 'LIMIT_EXCEEDED' } : refusing(anna)(asked));
    await world.nextDay(3);
    expect((await returns())[0]).toMatchObject({ state: 'due', last_code: 'LIMIT_EXCEEDED', try_on: '2024-01-06' });
    world.bank.rule = (asked) => (asked.kind === 'UNPARK' ? { refused: 'ACCOUNT_CLOSED' } : refusing(anna)(asked));
    await world.nextDay(2);
    expect((await returns())[0]).toMatchObject({ state: 'parked' });
    expect(world.bank.tries.filter(({ kind }) => kind === 'UNPARK')).toHaveLength(1);
    world.bank.rule = () => 'done';
    await world.nextDay();
    expect([await returns(), world.bank.nets()]).toEqual([[], {}]);
  });

  it('is tried again each time that an operator says so, also when the bank will not take it into suspense time after time', async () => {
    const { back } = await refused('debit');
    world.bank.rule = (asked) => (asked.kind === 'PARK' ? { refused: 'LIMIT_EXCEEDED' } : refusing(anna)(asked));
    await world.nextDay(3);
    const parkings = (): number => world.bank.tries.filter(({ kind }) => kind === 'PARK').length;
    const before = parkings();
    for (const time of [1, 2, 3]) {
      await retry(back.id);
      await world.live();
      expect(parkings()).toBe(before + time);
    }
    world.bank.rule = (asked) => (asked.kind === 'PARK' ? 'done' : refusing(anna)(asked));
    await retry(back.id);
    await world.live();
    expect((await returns())[0]).toMatchObject({ state: 'parked' });
  });

  it('goes to the account that the customer has now once the old one refuses it', async () => {
    await refused('debit');
    await world.rows(`UPDATE customer SET e_account_no = 'E_NEW' WHERE id = $1`, [anna.id]);
    await world.nextDay();
    expect(await returns()).toEqual([]);
    expect(world.bank.nets()).toEqual({ [anna.accountNo]: -600_000n, E_NEW: 600_000n });
  });

  it('keeps a failing listing open until it is back or in suspense (defect 32)', async () => {
    const listing = await world.listing({ hold_mode: 'debit', lastDay: 0 });
    await world.invest(listing, anna, 300_000n);
    await world.invest(listing, bert, 300_000n);
    await world.live();
    world.bank.rule = refusing(anna);
    await world.nextDay(3);
    expect(await world.stateOf('listing', listing.id)).toBe('failing');
    await world.rows(`UPDATE customer SET e_account_status = 'CLOSED' WHERE id = $1`, [anna.id]);
    await world.nextDay(3);
    expect(await world.stateOf('listing', listing.id)).toBe('failed');
    expect((await returns()).map(({ state }) => state)).toEqual(['parked']);
  });

  it('of a release that the bank refuses for days stays due and never lies in suspense', async () => {
    await refused('freeze');
    await world.nextDay(10);
    expect((await returns())[0]).toMatchObject({ state: 'due', source: 'hold', alarm: true });
    expect(await world.rows(`SELECT 1 FROM bank_order WHERE kind = 'PARK'`)).toEqual([]);
  });
});
