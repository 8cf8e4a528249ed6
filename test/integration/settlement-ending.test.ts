import { payByBorrower } from '#journey/repayment';
import { payDisbursementAgain } from '#journey/settlement';
import { fen } from '#kernel/money';
import type { Uuid } from '#kernel/ids';
import { checkOwners, receiveNotice } from '#registers/bank-order';
import { soldToTwo } from '../support/insured-sale';
import { RaiseWorld } from '../support/raise-world';
import type { Customer, ListingDraft } from '../support/raise-world';
import { refusing, yes } from '../support/scripted-bank';
import { readSettlement } from '../support/settlement-view';

jest.setTimeout(120_000);

describe('a disbursement that came back and is not paid again', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let bert: Customer;
  let insurer: { readonly id: Uuid; readonly accountNo: string };

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    [anna, bert] = (await world.customers(2)) as [Customer, Customer];
    insurer = await world.insurer();
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const lend = async (draft: ListingDraft = {}) => {
    const listing = await soldToTwo(world, insurer, [anna, bert], draft);
    await world.live();
    return listing;
  };
  /** The disbursement comes back after so many days. */
  const comesBack = async (days: number): Promise<void> => {
    await world.nextDay(days);
    const [paid] = await ordersOf('DISBURSE');
    world.bank.sendBack(paid!.request_no);
    await world.db.work.run((tx) =>
      receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo: paid!.request_no } }),
    );
    await world.live();
  };
  const again = (listing: { id: Uuid }): Promise<void> => world.db.work.run((tx) => payDisbursementAgain(tx, listing.id, 'opr_1'));
  const ordersOf = (kind: string): Promise<{ request_no: string; state: string; amount_fen: bigint; created_on: string }[]> =>
    world.rows('SELECT request_no, state, amount_fen, created_on FROM bank_order WHERE kind = $1 ORDER BY id', [kind]);
  const instalments = (): Promise<{ no: number; state: string; principal_fen: bigint; interest_fen: bigint }[]> =>
    world.rows('SELECT no, state, principal_fen, interest_fen FROM instalment ORDER BY no');
  const states = async (): Promise<string[]> => (await instalments()).map(({ state }) => state);
  const settlementOf = async ({ id }: { id: Uuid }): Promise<string> => (await readSettlement(world, id))!.state;
  const told = (status: string): number =>
    world.bank.tries.filter(({ kind, body }) => kind === 'update_listing' && body.includes(`"${status}"`)).length;

  it('ends the loan out of the returned money: investors have principal and interest, the borrower owes what it cost, nothing is left anywhere', async () => {
    const listing = await lend();
    await comesBack(2);
    await world.nextDay(7);
    expect(world.today).toBe('2024-01-11');
    expect([await settlementOf(listing), await states()]).toEqual(['returned', ['scheduled', 'scheduled', 'scheduled']]);
    await world.nextDay();
    expect(await settlementOf(listing)).toBe('ended');
    expect(await states()).toEqual(['superseded', 'superseded', 'superseded', 'paid']);
    expect((await instalments())[3]).toMatchObject({ no: 4, principal_fen: 1_000_000n, interest_fen: 1_918n });
    // Ten of ninety-one days are used; what the borrower owes is 1,918 of interest and 1,099 + 549 of premium and fee that were earned.
    expect(await world.rows('SELECT kind, amount_fen FROM loan_ending ORDER BY kind')).toEqual([
      { kind: 'FEE_RETURN', amount_fen: 4_451n },
      { kind: 'MOVE', amount_fen: 985_000n },
      { kind: 'PREMIUM_RETURN', amount_fen: 8_901n },
    ]);
    expect(world.bank.nets()).toEqual({
      [anna.accountNo]: 1_151n,
      [bert.accountNo]: 767n,
      [insurer.accountNo]: 1_099n,
      F1: 549n,
      [listing.borrower.accountNo]: -3_566n,
    });
    expect(await world.stateOf('listing', listing.id)).toBe('closed');
    expect(await world.rows('SELECT DISTINCT state FROM investment_order')).toEqual([{ state: 'settled' }]);
    expect(told('FINISHED')).toBe(1);
    expect(await world.rows('SELECT restored_fen, ended_on FROM loan')).toEqual([{ restored_fen: 1_000_000n, ended_on: '2024-01-12' }]);
  });

  it('brings one amount after the other: a loan never has two incoming orders open', async () => {
    await lend();
    await comesBack(2);
    world.bank.rule = ({ kind }) => (kind === 'MOVE' ? 'later' : 'done');
    await world.nextDay(8);
    expect([await ordersOf('MOVE'), await ordersOf('PREMIUM_RETURN'), await ordersOf('REPAY')]).toMatchObject([
      [{ amount_fen: 985_000n }],
      [],
      [],
    ]);
    world.bank.rule = yes;
    await world.live();
    expect(await states()).toEqual(['superseded', 'superseded', 'superseded', 'paid']);
  });

  it('keeps what the product keeps: nothing of premium and fee comes back where its rules say so', async () => {
    const listing = await lend({
      premium_ppm: 1_000n,
      service_fee_ppm: 500n,
      premium_return: 'none',
      fee_return: 'none',
      early_from_day: 5,
      cap_ppm: 900_000n,
    });
    await comesBack(2);
    await world.nextDay(8);
    expect(world.bank.nets()).toMatchObject({ [insurer.accountNo]: 1_000n, F1: 500n, [listing.borrower.accountNo]: -3_418n });
    expect(await world.stateOf('listing', listing.id)).toBe('closed');
  });

  it('may be paid again on the last of the five working days, and not on the day after', async () => {
    const paid = await lend();
    await comesBack(2);
    await world.nextDay(7);
    await again(paid);
    await world.live();
    expect(await settlementOf(paid)).toBe('settled');
    await world.nextDay(3);
    expect([await states(), await ordersOf('MOVE')]).toEqual([['scheduled', 'scheduled', 'scheduled'], []]);
  });

  it('cannot be paid again once it has ended the loan', async () => {
    const listing = await lend();
    await comesBack(2);
    await world.nextDay(8);
    await expect(again(listing)).rejects.toMatchObject({ code: 'SETTLEMENT_STATE' });
  });

  it('ends the loan also when the second payment was under way on the last day and is refused', async () => {
    const listing = await lend();
    await comesBack(2);
    world.bank.rule = ({ kind }) => (kind === 'DISBURSE' ? 'later' : 'done');
    await again(listing);
    await world.nextDay(10);
    expect(await settlementOf(listing)).toBe('disbursing');
    world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'DISBURSE');
    await world.live();
    expect(await settlementOf(listing)).toBe('returned');
    await world.nextDay();
    expect([await settlementOf(listing), await world.stateOf('listing', listing.id)]).toEqual(['ended', 'closed']);
  });

  describe('while it waits', () => {
    it('nobody is charged and nobody advances; paid again, the borrower has his days of grace from then on', async () => {
      const listing = await lend();
      await comesBack(30); // Thursday 1 February; the first instalment falls due on the 2nd, the last day to pay again is the 7th (Sunday the 4th is worked)
      await world.nextDay(6);
      expect([await states(), await ordersOf('REPAY'), await ordersOf('ADVANCE')]).toEqual([
        ['scheduled', 'scheduled', 'scheduled'],
        [],
        [],
      ]);
      world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'REPAY');
      await again(listing);
      await world.live();
      expect((await ordersOf('REPAY')).map(({ created_on: day }) => day)).toEqual(['2024-02-07']);
      expect(await world.rows('SELECT state, grace_until FROM instalment WHERE no = 1')).toEqual([
        { state: 'in_grace', grace_until: '2024-02-18' },
      ]);
      world.bank.rule = yes;
      await world.nextDay();
      expect(await states()).toEqual(['paid', 'scheduled', 'scheduled']);
      expect(await ordersOf('ADVANCE')).toEqual([]);
    });

    it('what fell due stays owed, and the returned money pays it before the rest', async () => {
      const listing = await lend();
      await comesBack(30);
      await world.nextDay(7);
      expect(await states()).toEqual(['paid', 'superseded', 'superseded', 'paid']);
      const [first, , , last] = await instalments();
      expect(first!.principal_fen + last!.principal_fen).toBe(1_000_000n);
      expect(last!.interest_fen).toBe(769n); // ¥6,686.05 for six days over 365
      expect(await world.stateOf('listing', listing.id)).toBe('closed');
    });

    it('waits for a charge that is under way, and ends the loan when it is decided', async () => {
      const listing = await lend();
      world.bank.rule = ({ kind }) => (kind === 'REPAY' ? 'later' : 'done');
      await comesBack(31); // the charge of 2 February is at the bank
      await world.nextDay(10);
      expect([await settlementOf(listing), await states()]).toEqual(['ended', ['charging', 'scheduled', 'scheduled']]);
      world.bank.rule = yes;
      await world.live();
      await world.nextDay();
      expect(await states()).toEqual(['paid', 'superseded', 'superseded', 'paid']);
      expect(await world.stateOf('listing', listing.id)).toBe('closed');
    });
  });

  describe('after the end', () => {
    it('investors are advanced what the borrower does not pay, and he owes it to whoever advanced', async () => {
      const listing = await lend();
      await comesBack(2);
      world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'REPAY');
      await world.nextDay(8);
      expect(await states()).toEqual(['superseded', 'superseded', 'superseded', 'in_grace']);
      await world.nextDay(4);
      expect(await states()).toEqual(['superseded', 'superseded', 'superseded', 'paid_by_advance']);
      expect(await ordersOf('ADVANCE')).toMatchObject([{ amount_fen: 3_566n, state: 'done' }]);
      expect([world.bank.net(anna.accountNo), world.bank.net(bert.accountNo)]).toEqual([1_151n, 767n]);
      expect([await world.stateOf('listing', listing.id), told('FINISHED')]).toEqual(['closed', 0]);
      world.bank.rule = yes;
      await world.nextDay(7);
      expect((await states())[3]).toBe('recovered');
      expect(told('FINISHED')).toBe(1);
    });

    it('a premium that the insurer does not give back is asked for every day, and nobody is charged for it within grace', async () => {
      const listing = await lend();
      await comesBack(2);
      world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'PREMIUM_RETURN');
      await world.nextDay(10);
      expect((await ordersOf('PREMIUM_RETURN')).map(({ created_on: day }) => day)).toEqual(['2024-01-12', '2024-01-13', '2024-01-14']);
      expect([await ordersOf('REPAY'), await ordersOf('ADVANCE')]).toEqual([[], []]);
      world.bank.rule = yes;
      await world.nextDay();
      expect(await ordersOf('REPAY')).toMatchObject([{ amount_fen: 3_566n, state: 'done' }]);
      expect(await world.stateOf('listing', listing.id)).toBe('closed');
      expect(told('FINISHED')).toBe(1);
    });

    it('a premium that comes back after grace goes to whoever paid in its place', async () => {
      const listing = await lend();
      await comesBack(2);
      world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'PREMIUM_RETURN', 'REPAY');
      await world.nextDay(13);
      expect(await ordersOf('ADVANCE')).toMatchObject([{ amount_fen: 3_566n + 8_901n, state: 'done' }]);
      expect([await states(), told('FINISHED')]).toMatchObject([{ 3: 'paid_by_advance' }, 0]);
      world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'REPAY');
      await world.nextDay();
      expect(await ordersOf('RECOVER')).toMatchObject([{ amount_fen: 8_901n, state: 'done' }]);
      world.bank.rule = yes;
      await world.nextDay(7);
      expect((await states())[3]).toBe('recovered');
      expect(world.bank.nets()).toEqual({
        [anna.accountNo]: 1_151n,
        [bert.accountNo]: 767n,
        [insurer.accountNo]: 1_099n,
        F1: 549n,
        [listing.borrower.accountNo]: -3_566n,
      });
      expect(told('FINISHED')).toBe(1);
    });

    it('money of a loan that was repaid before goes to the borrower, all of it', async () => {
      const listing = await lend();
      await world.nextDay(31 + 29 + 31);
      expect([await states(), told('FINISHED')]).toEqual([['paid', 'paid', 'paid'], 1]);
      const before = world.bank.net(listing.borrower.accountNo);
      await comesBack(1);
      await world.nextDay(9);
      expect(await settlementOf(listing)).toBe('ended');
      expect(world.bank.net(listing.borrower.accountNo)).toBe(before);
      const [row] = await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing');
      expect([
        world.bank.net(`D1/${row!.no}`),
        world.bank.net(`R1/${row!.no}`),
        world.bank.net(`S1-C${listing.borrower.accountNo}`),
      ]).toEqual([0n, 0n, 0n]);
    });
  });

  it('has, like every other end that a bank order may have, an owner in the processes that settle', () => {
    expect(() => checkOwners()).not.toThrow();
  });

  it('refuses a payment of the borrower while the end brings money in', async () => {
    const listing = await lend();
    await comesBack(2);
    world.bank.rule = ({ kind }) => (kind === 'MOVE' ? 'later' : 'done');
    await world.nextDay(8);
    const [loan] = await world.rows<{ id: Uuid }>('SELECT id FROM loan');
    const payment = { loanId: loan!.id, borrowerId: listing.borrower.id, amount: fen(1_000n), who: 'borrower' };
    await expect(world.db.work.run((tx) => payByBorrower(tx, payment))).rejects.toMatchObject({ code: 'PAYMENT_IN_PROGRESS' });
  });
});
