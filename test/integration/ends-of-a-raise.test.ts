import { withdrawListing, withdrawRaise } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { addDays, instantOn } from '#kernel/time';
import { settle } from '#registers/bank-order';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

const MODES = ['freeze', 'debit'] as const;

describe('a raise ends', () => {
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

  const states = async (): Promise<string[]> =>
    (await world.rows<{ state: string }>('SELECT state FROM investment_order ORDER BY no')).map(({ state }) => state);
  const returns = (): Promise<Record<string, unknown>[]> =>
    world.rows('SELECT cause, amount_fen, state FROM investment_return ORDER BY amount_fen');
  const door = async (): Promise<unknown> => (await world.rows('SELECT quota_fen, taken_fen, frozen_fen FROM listing_quota'))[0];
  const nothingLeft = (): void => {
    expect([...world.bank.holds.values()].reduce((sum, hold) => sum + hold.left + hold.used, 0n)).toBe(0n);
    expect(world.bank.nets()).toEqual({});
  };
  const withdraw = (id: Uuid): Promise<void> =>
    world.db.work.run((tx) => withdrawRaise(tx, id, '融资人申请撤回', { cause: 'prp_1', who: 'checker' }));
  const told = (status: string): number =>
    world.bank.tries.filter(({ kind, body }) => kind === 'update_listing' && body.includes(`"${status}"`)).length;

  describe('for an order that is taken back', () => {
    it.each(MODES)('with its quota free at once, for somebody else, and its money back (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode, lastDay: 0 });
      const order = await world.invest(listing, anna, 1_000_000n - 10_000n);
      await world.live();
      await expect(world.invest(listing, bert, 600_000n)).rejects.toMatchObject({ code: 'ORDER_ABOVE_REMAINDER' });
      await world.cancel(order, anna);
      expect(await door()).toEqual({ quota_fen: 1_000_000n, taken_fen: 0n, frozen_fen: 0n });
      await world.invest(listing, bert, 600_000n);
      await world.live();
      expect(await states()).toEqual(['cancelled', 'frozen']);
      expect(await returns()).toEqual([{ cause: 'cancelled', amount_fen: 990_000n, state: 'done' }]);
      await world.nextDay();
      expect(await world.stateOf('listing', listing.id)).toBe('failed');
      nothingLeft();
    });

    it.each(MODES)('only once the bank has said that the money is held, and says so until then (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode });
      const order = await world.invest(listing, anna, 600_000n);
      const tooEarly = (state: string) => ({
        code: 'ORDER_STATE',
        details: { state, reason: expect.stringMatching(/银行尚未答复.*bank has not said yet/) as string },
      });
      await expect(world.cancel(order, anna)).rejects.toMatchObject(tooEarly('admitted'));
      world.bank.rule = ({ kind }) => (kind === 'HOLD' || kind === 'DEBIT' ? 'later' : 'done');
      await world.live();
      await expect(world.cancel(order, anna)).rejects.toMatchObject(tooEarly('freezing'));
      expect(await returns()).toEqual([]);
      world.bank.rule = () => 'done';
      await world.live();
      await world.cancel(order, anna);
      await expect(world.cancel(order, anna)).rejects.toMatchObject({
        code: 'ORDER_STATE',
        details: { state: 'cancelled', reason: expect.stringContaining('the order has ended') as string },
      });
      await world.live();
      nothingLeft();
    });

    it('not any more when the raise is over, or is being allocated', async () => {
      const listing = await world.listing({ overbooking_ppm: 500_000n });
      world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === bert.accountNo ? 'later' : 'done');
      await world.invest(listing, bert, 400_000n);
      const order = await world.invest(listing, anna, 1_000_000n);
      await world.live();
      const late = (state: string, reason: string) => ({
        code: 'ORDER_STATE',
        details: { state, reason: expect.stringContaining(reason) as string },
      });
      await expect(world.cancel(order, anna)).rejects.toMatchObject(late('frozen', '正在分配'));
      world.bank.rule = () => 'done';
      await world.live();
      const isIn = await world.stateOf('investment_order', order.id);
      await expect(world.cancel(order, anna)).rejects.toMatchObject(late(isIn, 'the raise is over'));
    });
  });

  describe('at its deadline', () => {
    it.each(MODES)('with what is there, when that is the minimum raise (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode, lastDay: 0, minimum_raise_ppm: 600_000n });
      await world.invest(listing, anna, 600_000n);
      await world.live();
      await world.nextDay();
      expect(await world.stateOf('listing', listing.id)).toBe('repaying');
      expect(world.bank.nets()).toEqual({ [anna.accountNo]: -600_000n, [listing.borrower.accountNo]: 600_000n });
      expect(told('REPAYING')).toBe(1);
    });

    it.each(MODES)('in failure, one fen below it: everything back, and the bank told only then (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode, lastDay: 0, minimum_raise_ppm: 600_001n, step_fen: 1n });
      await world.invest(listing, anna, 600_000n);
      await world.live();
      world.bank.rule = ({ kind }) => (kind === 'RELEASE' || kind === 'REFUND' ? 'later' : 'done');
      await world.nextDay();
      expect([await world.stateOf('listing', listing.id), told('FAILED')]).toEqual(['failing', 0]);
      world.bank.rule = () => 'done';
      await world.live();
      expect([await world.stateOf('listing', listing.id), told('FAILED')]).toEqual(['failed', 1]);
      expect(await returns()).toEqual([{ cause: 'failed', amount_fen: 600_000n, state: 'done' }]);
      nothingLeft();
    });
  });

  describe('because an operator takes the listing back', () => {
    it('before it opens: by himself, with a reason, and the bank is told', async () => {
      const listing = await world.listing({ opensIn: 1 });
      await world.db.work.run((tx) => withdrawListing(tx, listing.id, '融资人申请撤回', 'opr_0'));
      await world.live();
      expect(await world.stateOf('listing', listing.id)).toBe('withdrawn');
      expect(await world.rows('SELECT withdrawn_reason FROM listing')).toEqual([{ withdrawn_reason: '融资人申请撤回' }]);
      expect(told('FAILED')).toBe(1);
    });

    it('before the bank knows it: the bank is told when it does', async () => {
      world.bank.rule = ({ kind }) => (kind === 'register_listing' ? 'later' : 'done');
      const listing = await world.listing();
      expect(await world.stateOf('listing', listing.id)).toBe('approved');
      await world.db.work.run((tx) => withdrawListing(tx, listing.id, 'not wanted', 'opr_0'));
      await world.live();
      expect(told('FAILED')).toBe(0);
      world.bank.rule = () => 'done';
      await world.live();
      expect([await world.stateOf('listing', listing.id), told('FAILED')]).toEqual(['withdrawn', 1]);
    });

    it.each(MODES)('while it raises: not by himself; by two, and everything goes back (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode });
      await world.invest(listing, anna, 300_000n);
      await world.invest(listing, bert, 200_000n);
      await world.live();
      await expect(world.db.work.run((tx) => withdrawListing(tx, listing.id, 'alone', 'opr_0'))).rejects.toMatchObject({
        code: 'LISTING_WITHDRAWAL_NEEDS_TWO',
      });
      // One more is on its way to the bank when the listing is withdrawn: it goes back when the bank has answered.
      world.bank.rule = ({ kind }) => (kind === 'HOLD' || kind === 'DEBIT' ? 'later' : 'done');
      await world.invest(listing, carl, 100_000n);
      await world.live();
      await withdraw(listing.id);
      await expect(world.invest(listing, carl, 100_000n)).rejects.toMatchObject({ code: 'LISTING_DOOR_CLOSED' });
      await world.live();
      expect(await world.stateOf('listing', listing.id)).toBe('failing');
      expect(await states()).toEqual(['left_out', 'left_out', 'freezing']);
      world.bank.rule = () => 'done';
      await world.live();
      expect(await returns()).toEqual([
        { cause: 'late_freeze', amount_fen: 100_000n, state: 'done' },
        { cause: 'withdrawn', amount_fen: 200_000n, state: 'done' },
        { cause: 'withdrawn', amount_fen: 300_000n, state: 'done' },
      ]);
      expect([await world.stateOf('listing', listing.id), told('FAILED')]).toEqual(['failed', 1]);
      expect(await world.rows('SELECT 1 FROM allocation')).toEqual([]);
      nothingLeft();
    });

    it('while it waits for its allocation, and not any more when it settles', async () => {
      const listing = await world.listing({ overbooking_ppm: 500_000n });
      world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === bert.accountNo ? 'later' : 'done');
      await world.invest(listing, bert, 400_000n);
      await world.invest(listing, anna, 1_000_000n);
      await world.live();
      expect(await world.stateOf('listing', listing.id)).toBe('raised');
      await withdraw(listing.id);
      world.bank.rule = () => 'done';
      await world.live();
      expect(await world.stateOf('listing', listing.id)).toBe('failed');
      nothingLeft();
      const other = await world.listing();
      await world.invest(other, carl, 1_000_000n);
      await world.live();
      await expect(withdraw(other.id)).rejects.toMatchObject({ code: 'LISTING_STATE', details: { state: 'repaying' } });
    });
  });

  describe('with an overbooking allowance', () => {
    it('sells the amount and the allowance, to the fen, and gives back what the amount does not need', async () => {
      const listing = await world.listing({ overbooking_ppm: 333_333n, step_fen: 1n });
      expect(await door()).toEqual({ quota_fen: 1_333_333n, taken_fen: 0n, frozen_fen: 0n });
      await world.invest(listing, anna, 700_000n);
      await expect(world.invest(listing, bert, 633_334n)).rejects.toMatchObject({ details: { remainingFen: 633_333 } });
      await world.invest(listing, bert, 633_333n, { acceptsPart: true });
      await expect(world.invest(listing, carl, 10_000n)).rejects.toMatchObject({ code: 'LISTING_SOLD_OUT' });
      await world.live();
      expect(world.bank.net(listing.borrower.accountNo)).toBe(1_000_000n);
      expect(await returns()).toEqual([{ cause: 'oversubscription', amount_fen: 333_333n, state: 'done' }]);
    });

    it.each(MODES)('leaves no gap when a freeze is refused: nothing has to be sold again (hold mode %s)', async (holdMode) => {
      const listing = await world.listing({ hold_mode: holdMode, overbooking_ppm: 500_000n });
      world.bank.rule = ({ kind, from }) =>
        (kind === 'HOLD' || kind === 'DEBIT') && from === bert.accountNo ? { refused: 'INSUFFICIENT_FUNDS' } : 'done';
      await world.invest(listing, anna, 500_000n);
      await world.invest(listing, bert, 500_000n);
      await world.invest(listing, carl, 500_000n);
      await world.live();
      expect(await states()).toEqual(['lent', 'refused', 'lent']);
      expect(await world.rows('SELECT round, outcome, gap_fen FROM allocation')).toEqual([{ round: 1, outcome: 'allocated', gap_fen: 0n }]);
      expect(world.bank.net(listing.borrower.accountNo)).toBe(1_000_000n);
    });
  });

  describe('before a freeze is known that has succeeded all the same', () => {
    /** Anna's freeze is not known when Bert's order is allocated. */
    const withLateFreeze = async (holdMode: 'freeze' | 'debit') => {
      const listing = await world.listing({ hold_mode: holdMode, overbooking_ppm: 500_000n });
      world.bank.rule = ({ kind, from }) => ((kind === 'HOLD' || kind === 'DEBIT') && from === anna.accountNo ? 'later' : 'done');
      const late = await world.invest(listing, anna, 500_000n);
      await world.invest(listing, bert, 1_000_000n);
      await world.live();
      world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
      await world.live();
      expect(await world.stateOf('listing', listing.id)).toBe('repaying');
      expect(await world.stateOf('investment_order', late.id)).toBe('freezing');
      return { listing, late };
    };

    it.each(MODES)('it is given back, however early the bank had held it (hold mode %s)', async (holdMode) => {
      const { listing, late } = await withLateFreeze(holdMode);
      world.bank.today = addDays(world.today, -1); // the bank says: held yesterday, before everybody else
      world.bank.rule = () => 'done';
      await world.live();
      world.bank.today = world.today;
      await world.live();
      expect(
        await world.rows(
          'SELECT state, held_at < (SELECT held_at FROM investment_order WHERE customer_id = $2) AS first FROM investment_order WHERE id = $1',
          [late.id, bert.id],
        ),
      ).toEqual([{ state: 'left_out', first: true }]);
      expect(await returns()).toEqual([{ cause: 'late_freeze', amount_fen: 500_000n, state: 'done' }]);
      expect(world.bank.nets()).toEqual({ [bert.accountNo]: -1_000_000n, [listing.borrower.accountNo]: 1_000_000n });
    });

    it('it is given back also when only the statement tells of it', async () => {
      const { late } = await withLateFreeze('freeze');
      const [hold] = await world.rows<{ id: Uuid }>(`SELECT id FROM bank_order WHERE subject_id = $1 AND kind = 'HOLD'`, [late.id]);
      world.bank.holds.set('H_LATE', { accountNo: anna.accountNo, left: 500_000n, used: 0n });
      const heldAt = instantOn(world.today, '00:00:01');
      const data = { holdNo: 'H_LATE', heldAt, heldSeq: '1' };
      const word = { kind: 'done', data, serial: 'BS_LATE', bankDate: world.today, bankTime: heldAt } as const;
      await world.db.work.run((tx) => settle(tx, [{ id: hold!.id, outcome: word }], 'statement', 'system'));
      world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === anna.accountNo ? 'later' : 'done');
      await world.live();
      expect(await world.stateOf('investment_order', late.id)).toBe('left_out');
      expect(await returns()).toEqual([{ cause: 'late_freeze', amount_fen: 500_000n, state: 'done' }]);
      expect(world.bank.holds.get('H_LATE')!.left).toBe(0n);
    });
  });
});
