import { payDisbursementAgain } from '#journey/settlement';
import type { Uuid } from '#kernel/ids';
import { receiveNotice } from '#registers/bank-order';
import { refreshEAccount } from '#registers/identity';
import { insuredBy } from '../support/insured-sale';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import { refusing } from '../support/scripted-bank';
import type { Rule } from '../support/scripted-bank';
import { readSettlement } from '../support/settlement-view';

jest.setTimeout(120_000);

describe('money that does not reach the borrower', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let insurer: { readonly id: Uuid; readonly accountNo: string };

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    anna = await world.customer();
    insurer = await world.insurer();
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const raise = async (rule: Rule, holdMode: 'freeze' | 'debit' = 'freeze') => {
    const listing = await world.listing({ ...insuredBy(insurer), hold_mode: holdMode });
    world.bank.rule = rule;
    await world.invest(listing, anna, 1_000_000n);
    await world.live();
    return { ...listing, state: () => world.stateOf('listing', listing.id), settlement: () => readSettlement(world, listing.id) };
  };
  const ordersOf = (kind: string): Promise<{ request_no: string; state: string; amount_fen: bigint }[]> =>
    world.rows('SELECT request_no, state, amount_fen FROM bank_order WHERE kind = $1 ORDER BY id', [kind]);

  describe.each(['freeze', 'debit'] as const)('in hold mode %s', (holdMode) => {
    it.each([
      ['PREMIUM', []],
      ['FEE', ['PREMIUM_RETURN']],
      ['DISBURSE', ['PREMIUM_RETURN', 'FEE_RETURN']],
    ] as const)('because %s is refused goes back to where it came from: every investor has all of it again', async (kind, returned) => {
      const listing = await raise(refusing('ACCOUNT_FROZEN', kind), holdMode);
      expect(await listing.state()).toBe('failed');
      expect(await listing.settlement()).toMatchObject({ state: 'unwound', premium_paid_fen: 0n, fee_paid_fen: 0n, value_date: null });
      expect(world.bank.nets()).toEqual({});
      expect(world.bank.tries.map(({ kind: tried }) => tried).filter((tried) => tried.endsWith('_RETURN'))).toEqual(returned);
      expect(await world.rows('SELECT amount_fen, state FROM investment_return')).toEqual([{ amount_fen: 1_000_000n, state: 'done' }]);
      expect(await world.rows('SELECT 1 FROM loan UNION ALL SELECT 1 FROM guarantee')).toEqual([]);
    });
  });

  describe('while whoever was paid does not give it back', () => {
    const reclaims = (): Promise<{ source: string; state: string }[]> =>
      world.rows('SELECT source, state FROM reclaim ORDER BY source DESC');
    const investorHasAll = async (listing: { state: () => Promise<string> }): Promise<void> => {
      expect([await listing.state(), world.bank.net(anna.accountNo)]).toEqual(['failed', 0n]);
    };

    it('is paid by the bank on the next working day: the investors have all of it, and the bank gets it back later', async () => {
      const listing = await raise(refusing('ACCOUNT_FROZEN', 'DISBURSE', 'PREMIUM_RETURN'));
      expect(await listing.settlement()).toMatchObject({ state: 'unwinding', premium_paid_fen: 10_000n, fee_paid_fen: 0n });
      expect([await ordersOf('REFUND'), await ordersOf('ADVANCE')]).toEqual([[], []]);
      world.bank.rule = refusing('ACCOUNT_FROZEN', 'PREMIUM_RETURN', 'RECOVER');
      await world.nextDay();
      await investorHasAll(listing);
      expect(await ordersOf('ADVANCE')).toMatchObject([{ state: 'done', amount_fen: 10_000n }]);
      expect(world.bank.nets()).toEqual({ B1: -10_000n, [insurer.accountNo]: 10_000n });
      expect(await reclaims()).toEqual([
        { source: 'premium', state: 'bridged' },
        { source: 'fee', state: 'back' },
      ]);
      await world.nextDay(2);
      expect((await ordersOf('RECOVER')).map(({ state }) => state)).toEqual(['refused', 'refused']);
      world.bank.rule = () => 'done';
      await world.nextDay();
      expect(world.bank.nets()).toEqual({});
      expect(await reclaims()).toMatchObject([{ state: 'recovered' }, { state: 'back' }]);
      expect(await listing.settlement()).toMatchObject({ state: 'unwound', premium_paid_fen: 0n, fee_paid_fen: 0n });
      const returns = await ordersOf('PREMIUM_RETURN');
      expect(new Set(returns.map(({ request_no: no }) => no)).size).toBe(2);
    });

    it('needs no bank when it is given back on the next working day, before the bank is asked', async () => {
      const listing = await raise(refusing('ACCOUNT_FROZEN', 'DISBURSE', 'FEE_RETURN'));
      world.bank.rule = () => 'done';
      await world.nextDay();
      await investorHasAll(listing);
      expect([world.bank.nets(), await ordersOf('ADVANCE')]).toEqual([{}, []]);
    });

    it('waits over the weekend: the bank pays on the next working day and not before', async () => {
      await world.nextDay(3);
      const listing = await raise(refusing('ACCOUNT_FROZEN', 'DISBURSE', 'FEE_RETURN'));
      expect(world.today).toBe('2024-01-05');
      await world.nextDay(2);
      expect([await listing.state(), await ordersOf('ADVANCE')]).toEqual(['settling', []]);
      await world.nextDay();
      await investorHasAll(listing);
    });

    it('asks both of them once a day while the bank does not pay either', async () => {
      const listing = await raise(refusing('ACCOUNT_FROZEN', 'DISBURSE', 'PREMIUM_RETURN', 'ADVANCE'));
      await world.nextDay(3);
      expect((await ordersOf('PREMIUM_RETURN')).map(({ state }) => state)).toEqual(Array(4).fill('refused'));
      expect((await ordersOf('ADVANCE')).map(({ state }) => state)).toEqual(Array(3).fill('refused'));
      world.bank.rule = () => 'done';
      await world.nextDay();
      await investorHasAll(listing);
      expect(world.bank.nets()).toEqual({});
    });

    it('closes the number of a return that nobody knows about before the bank pays in its place: the money cannot come twice', async () => {
      world.bank.mishap = ({ kind }) => (kind === 'PREMIUM_RETURN' ? 'request_lost' : undefined);
      const listing = await raise(refusing('ACCOUNT_FROZEN', 'DISBURSE'));
      expect((await ordersOf('PREMIUM_RETURN')).map(({ state }) => state)).toEqual(['unknown']);
      await world.nextDay();
      await investorHasAll(listing);
      expect((await ordersOf('PREMIUM_RETURN')).map(({ state }) => state)).toEqual(['closed']);
      expect(world.bank.nets()).toEqual({ B1: -10_000n, [insurer.accountNo]: 10_000n });
      await world.nextDay();
      expect(world.bank.nets()).toEqual({});
    });

    it('does not let the bank pay while a return may still be done', async () => {
      const listing = await raise(({ kind }) =>
        kind === 'PREMIUM_RETURN' ? 'later' : kind === 'DISBURSE' ? { refused: 'ACCOUNT_FROZEN' } : 'done',
      );
      await world.nextDay(2);
      expect([await listing.state(), await ordersOf('ADVANCE')]).toEqual(['settling', []]);
      world.bank.rule = () => 'done';
      await world.live();
      await investorHasAll(listing);
      expect([world.bank.nets(), await ordersOf('ADVANCE')]).toEqual([{}, []]);
    });
  });

  it('is not taken back while nobody knows whether the borrower has it', async () => {
    const listing = await raise(({ kind }) => (kind === 'DISBURSE' ? 'later' : 'done'));
    await world.nextDay(3);
    expect(await listing.settlement()).toMatchObject({ state: 'disbursing' });
    expect(await ordersOf('PREMIUM_RETURN')).toEqual([]);
    world.bank.rule = refusing('ACCOUNT_FROZEN', 'DISBURSE');
    await world.live();
    expect(await listing.state()).toBe('failed');
    expect(world.bank.nets()).toEqual({});
  });

  describe('when it comes back days later (defect 31)', () => {
    const comesBack = async () => {
      const listing = await raise(() => 'done');
      await world.nextDay(2);
      const [paid] = await ordersOf('DISBURSE');
      world.bank.sendBack(paid!.request_no);
      await world.db.work.run((tx) =>
        receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo: paid!.request_no } }),
      );
      await world.live();
      return listing;
    };
    const again = (listingId: Uuid): Promise<void> => world.db.work.run((tx) => payDisbursementAgain(tx, listingId, 'opr_1'));

    it('lies on the listing again, the loan runs on, and five working days are left', async () => {
      const listing = await comesBack();
      expect(await listing.settlement()).toMatchObject({
        state: 'returned',
        value_date: '2024-01-02',
        returned_on: '2024-01-04',
        end_on: '2024-01-11',
      });
      expect(await listing.state()).toBe('repaying');
      const [row] = await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing WHERE id = $1', [listing.id]);
      expect(world.bank.net(`D1/${row!.no}`)).toBe(985_000n);
    });

    it('is paid again to the account as it is now, under a new number, and the value date stays', async () => {
      const listing = await comesBack();
      const another = { accountNo: 'E-new', status: 'ACTIVE', boundCard: null } as const;
      await world.db.work.run((tx) => refreshEAccount(tx, listing.borrower.id, another));
      await world.live();
      await again(listing.id);
      await expect(again(listing.id)).rejects.toMatchObject({ code: 'SETTLEMENT_STATE' });
      await world.live();
      expect(await listing.settlement()).toMatchObject({
        state: 'settled',
        value_date: '2024-01-02',
        disbursed_fen: 985_000n,
        end_on: null,
      });
      const paid = await ordersOf('DISBURSE');
      expect(paid.map(({ state }) => state)).toEqual(['returned', 'done']);
      expect(new Set(paid.map(({ request_no: no }) => no)).size).toBe(2);
      expect(world.bank.net('E-new')).toBe(985_000n);
      expect(world.bank.net(listing.borrower.accountNo)).toBe(0n);
      expect(await world.rows('SELECT value_date FROM loan')).toEqual([{ value_date: '2024-01-02' }]);
      expect(await world.rows('SELECT count(*)::int AS n FROM guarantee')).toEqual([{ n: 1 }]);
    });

    it('waits for another account when the second payment is refused, and the moves do not say that it was paid', async () => {
      const listing = await comesBack();
      world.bank.rule = refusing('ACCOUNT_FROZEN', 'DISBURSE');
      await again(listing.id);
      await world.live();
      expect(await listing.settlement()).toMatchObject({ state: 'returned', end_on: '2024-01-11', disbursed_fen: 0n });
      const moves = await world.rows<{ event: string }>(`SELECT event FROM move WHERE noun = 'settlement' ORDER BY id`);
      expect(moves.slice(-4).map(({ event }) => event)).toEqual(['settle', 'come_back', 'pay_again', 'refuse_again']);
      world.bank.rule = () => 'done';
      await again(listing.id);
      await world.live();
      expect(await listing.settlement()).toMatchObject({ state: 'settled', value_date: '2024-01-02' });
    });
  });
});
