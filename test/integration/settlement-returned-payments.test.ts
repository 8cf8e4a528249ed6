import { handOn } from '#journey/repayment';
import { payReturnedAgain } from '#journey/settlement';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { receiveNotice } from '#registers/bank-order';
import { insuredBy } from '../support/insured-sale';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import { refusing, yes } from '../support/scripted-bank';
import type { Rule } from '../support/scripted-bank';
import { readSettlement } from '../support/settlement-view';

jest.setTimeout(120_000);

describe('a premium or fee that the bank sends back', () => {
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

  const lend = async (rule: Rule = yes) => {
    const listing = await world.listing(insuredBy(insurer));
    world.bank.rule = rule;
    await world.invest(listing, anna, 1_000_000n);
    await world.live();
    const [row] = await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing WHERE id = $1', [listing.id]);
    return { ...listing, settlement: () => readSettlement(world, listing.id), left: () => world.bank.net(`D1/${row!.no}`) };
  };
  const comesBack = async (kind: 'PREMIUM' | 'FEE'): Promise<void> => {
    const [paid] = await ordersOf(kind);
    world.bank.sendBack(paid!.request_no);
    const body = { requestNo: paid!.request_no };
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: `N-${paid!.request_no}`, kind: 'TRANSFER_RETURNED', body }));
    await world.live();
  };
  const ordersOf = (kind: string): Promise<{ request_no: string; state: string; amount_fen: bigint }[]> =>
    world.rows('SELECT request_no, state, amount_fen FROM bank_order WHERE kind = $1 ORDER BY id', [kind]);
  const payAgain = (listing: { id: Uuid }, source: 'premium' | 'fee'): Promise<void> =>
    world.db.work.run((tx) => payReturnedAgain(tx, listing.id, source));
  const hand = (listing: { id: Uuid }, amount: bigint): Promise<void> => world.db.work.run((tx) => handOn(tx, listing.id, fen(amount)));

  it.each([
    ['PREMIUM', 'premium', 10_000n],
    ['FEE', 'fee', 5_000n],
  ] as const)(
    'after the loan has begun lies in D (%s), the loan runs on, and it can be paid again under a new number',
    async (kind, source, amount) => {
      const listing = await lend();
      await world.nextDay();
      await comesBack(kind);
      expect(await listing.settlement()).toMatchObject({ state: 'settled', [`${source}_fen`]: amount, [`${source}_paid_fen`]: 0n });
      expect([listing.left(), await world.stateOf('listing', listing.id)]).toEqual([amount, 'repaying']);
      await payAgain(listing, source);
      await expect(payAgain(listing, source)).rejects.toMatchObject({ code: 'SETTLEMENT_BANK_ORDER_OPEN' });
      await world.live();
      expect(await listing.settlement()).toMatchObject({ state: 'settled', [`${source}_paid_fen`]: amount });
      expect((await ordersOf(kind)).map(({ state }) => state)).toEqual(['returned', 'done']);
      expect(listing.left()).toBe(0n);
      await expect(payAgain(listing, source)).rejects.toMatchObject({ code: 'NOTHING_CAME_BACK' });
    },
  );

  it('is handed on without what an investor is still to have back: that is not the borrower’s', async () => {
    const bert = await world.customer();
    const listing = await world.listing({ hold_mode: 'debit', overbooking_ppm: 200_000n, service_fee_ppm: 5_000n });
    world.bank.rule = refusing('LISTING_STATE', 'REFUND');
    await world.invest(listing, anna, 1_000_000n);
    await world.invest(listing, bert, 100_000n);
    await world.live();
    await comesBack('FEE');
    await expect(hand(listing, 5_001n)).rejects.toMatchObject({ code: 'LEDGER_FUNDS_MISSING' });
    await hand(listing, 5_000n);
    world.bank.rule = yes;
    await world.nextDay(1);
    expect(world.bank.net(bert.accountNo)).toBe(0n);
  });

  it('is handed on to the borrower when the bank does not pay it again: it is his money', async () => {
    const listing = await lend();
    await comesBack('FEE');
    world.bank.rule = refusing('LISTING_STATE', 'FEE');
    await payAgain(listing, 'fee');
    await world.live();
    expect(await listing.settlement()).toMatchObject({ state: 'settled', fee_paid_fen: 0n });
    await expect(hand(listing, 5_001n)).rejects.toMatchObject({ code: 'LEDGER_FUNDS_MISSING' });
    await expect(hand(listing, 0n)).rejects.toMatchObject({ code: 'PAYMENT_AMOUNT_INVALID' });
    await hand(listing, 5_000n);
    await expect(hand(listing, 5_000n)).rejects.toMatchObject({ code: 'PAYMENT_IN_PROGRESS' });
    await world.live();
    expect([listing.left(), world.bank.net(listing.borrower.accountNo)]).toEqual([0n, 990_000n]);
    expect(await world.rows('SELECT state, amount_fen FROM payout')).toEqual([{ state: 'paid', amount_fen: 5_000n }]);
  });

  it('pays what the borrower owes before he gets the rest', async () => {
    const listing = await lend(refusing('LISTING_STATE', 'REPAY'));
    await world.nextDay(31);
    expect(await world.rows('SELECT state FROM instalment WHERE no = 1')).toEqual([{ state: 'in_grace' }]);
    await comesBack('PREMIUM');
    await hand(listing, 10_000n);
    await world.live();
    expect(await world.rows('SELECT state, paid_fen, distributed_fen FROM instalment WHERE no = 1')).toEqual([
      { state: 'in_grace', paid_fen: 10_000n, distributed_fen: 10_000n },
    ]);
    expect(world.bank.net(anna.accountNo)).toBe(-990_000n);
  });

  it('keeps the bank’s listing open until it has gone somewhere', async () => {
    const listing = await lend();
    world.bank.rule = ({ kind }) => (kind === 'update_listing' && listing.left() !== 0n ? { refused: 'LISTING_STATE' } : 'done');
    await comesBack('PREMIUM');
    await world.nextDay(92);
    expect(await world.stateOf('listing', listing.id)).toBe('closed');
    const told = async (): Promise<string[]> =>
      (
        await world.rows<{ state: string }>(
          `SELECT state FROM bank_order WHERE kind = 'LISTING_UPDATE' AND instruction->>'status' = 'FINISHED' ORDER BY id`,
        )
      ).map(({ state }) => state);
    expect(await told()).toContain('refused');
    await hand(listing, 10_000n);
    await world.live();
    await world.nextDay();
    expect((await told()).at(-1)).toBe('done');
    const before = (await told()).length;
    await world.nextDay(2);
    expect(await told()).toHaveLength(before);
  });

  it('ends the settlement when nothing was sent to the borrower yet: nobody would stand behind the loan', async () => {
    const listing = await lend(({ kind }) => (kind === 'FEE' ? 'later' : 'done'));
    expect(await listing.settlement()).toMatchObject({ state: 'paying_fee' });
    await comesBack('PREMIUM');
    expect(await listing.settlement()).toMatchObject({ state: 'unwinding', premium_paid_fen: 0n });
    expect(await ordersOf('REFUND')).toEqual([]);
    world.bank.rule = yes;
    await world.live();
    expect([await world.stateOf('listing', listing.id), world.bank.nets()]).toEqual(['failed', {}]);
    expect([await ordersOf('PREMIUM_RETURN'), await ordersOf('FEE_RETURN')]).toMatchObject([[], [{ state: 'done' }]]);
    await expect(payAgain(listing, 'premium')).rejects.toMatchObject({ code: 'SETTLEMENT_STATE' });
  });

  it('ends the settlement on the day on which a fee that was still open is refused: nobody waits for the next one', async () => {
    const listing = await lend(({ kind }) => (kind === 'FEE' ? 'later' : 'done'));
    await comesBack('PREMIUM');
    expect(await listing.settlement()).toMatchObject({ state: 'unwinding' });
    world.bank.rule = refusing('LISTING_STATE', 'FEE');
    await world.live();
    expect([await world.stateOf('listing', listing.id), world.bank.nets()]).toEqual(['failed', {}]);
    expect(await ordersOf('FEE_RETURN')).toEqual([]);
  });

  it('is not asked for any more when it comes back while it is being asked for', async () => {
    const listing = await lend(refusing('LISTING_STATE', 'DISBURSE', 'PREMIUM_RETURN'));
    expect(await listing.settlement()).toMatchObject({ state: 'unwinding' });
    await comesBack('PREMIUM');
    expect([await world.stateOf('listing', listing.id), world.bank.nets()]).toEqual(['failed', {}]);
    expect(await world.rows('SELECT source, state FROM reclaim ORDER BY source')).toEqual([
      { source: 'fee', state: 'back' },
      { source: 'premium', state: 'back' },
    ]);
  });

  it('goes with the returned disbursement when that ends the loan', async () => {
    const listing = await lend();
    await comesBack('PREMIUM');
    const [paid] = await ordersOf('DISBURSE');
    world.bank.sendBack(paid!.request_no);
    await world.db.work.run((tx) =>
      receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo: paid!.request_no } }),
    );
    await world.live();
    await world.nextDay(8);
    expect(await ordersOf('MOVE')).toMatchObject([{ state: 'done', amount_fen: 995_000n }]);
    expect([await world.stateOf('listing', listing.id), listing.left(), world.bank.net(insurer.accountNo)]).toEqual(['closed', 0n, 0n]);
  });
});
