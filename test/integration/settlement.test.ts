import { readSettlement } from '../support/settlement-view';
import { decideByOperator, previewDecision } from '#journey/settlement';
import { readListing } from '#journey/listing';
import { RaiseWorld } from '../support/raise-world';
import type { Customer, ListingDraft } from '../support/raise-world';
import type { Rule } from '../support/scripted-bank';

jest.setTimeout(120_000);

describe('a settlement', () => {
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

  /** Anna puts in ¥9,000.00 and Bert ¥1,000.00; then everything happens that the bank lets happen. */
  const raise = async (draft: ListingDraft = {}, rule: Rule = () => 'done') => {
    const listing = await world.listing(draft);
    world.bank.rule = rule;
    await world.invest(listing, anna, 900_000n);
    await world.invest(listing, bert, 100_000n);
    await world.live();
    return { ...listing, state: () => world.stateOf('listing', listing.id), settlement: () => readSettlement(world, listing.id) };
  };
  const failing =
    (who: Customer): Rule =>
    ({ kind, from }) =>
      kind === 'COLLECT' && from === who.accountNo ? { refused: 'JUDICIAL_FREEZE' } : 'done';
  const orders = (): Promise<unknown[]> => world.rows('SELECT state, collected_fen, refusal_code FROM investment_order ORDER BY no');
  const holdsLeft = (): bigint => [...world.bank.holds.values()].reduce((sum, hold) => sum + hold.left, 0n);

  it('collects, pays premium and fee, and lends the rest; the loan runs from the day of the bank', async () => {
    const insurer = await world.insurer();
    const listing = await raise({ guarantee_mode: 'insured', institution_id: insurer.id, premium_ppm: 10_000n, service_fee_ppm: 5_000n });
    expect(world.bank.nets()).toEqual({
      [anna.accountNo]: -900_000n,
      [bert.accountNo]: -100_000n,
      [insurer.accountNo]: 10_000n,
      F1: 5_000n,
      [listing.borrower.accountNo]: 985_000n,
    });
    expect(await listing.settlement()).toMatchObject({
      state: 'settled',
      collected_fen: 1_000_000n,
      disbursed_fen: 985_000n,
      value_date: '2024-01-02',
    });
    expect(
      await world.rows('SELECT mode, premium_fen, policy_no IS NOT NULL AS insured, cover_fen > 1000000 AS covers FROM guarantee'),
    ).toEqual([{ mode: 'insured', premium_fen: 10_000n, insured: true, covers: true }]);
    expect(await world.rows('SELECT principal_fen, value_date FROM loan')).toEqual([
      { principal_fen: 1_000_000n, value_date: '2024-01-02' },
    ]);
    expect(world.bank.tries.filter(({ body }) => body.includes('REPAYING'))).toHaveLength(1);
  });

  it('starts no interest before the money has moved, and then from the day on which it moved (defect 3)', async () => {
    const listing = await raise({}, ({ kind }) => (kind === 'DISBURSE' ? 'later' : 'done'));
    expect(await listing.settlement()).toMatchObject({ state: 'disbursing', value_date: null });
    expect(await world.rows('SELECT 1 FROM loan')).toEqual([]);
    await world.nextDay(2);
    expect(await world.rows('SELECT 1 FROM loan')).toEqual([]);
    world.bank.rule = () => 'done';
    await world.live();
    expect(await listing.settlement()).toMatchObject({ state: 'settled', value_date: '2024-01-04' });
    expect(await world.rows('SELECT value_date FROM loan')).toEqual([{ value_date: '2024-01-04' }]);
    expect(await world.rows('SELECT min(due_date)::text AS first FROM instalment')).toEqual([{ first: '2024-02-04' }]);
  });

  it('pays the borrower once when the answer about it is lost', async () => {
    const listing = await world.listing();
    world.bank.mishap = ({ kind }) => (kind === 'DISBURSE' ? 'answer_lost' : undefined);
    await world.invest(listing, anna, 1_000_000n);
    await world.live();
    expect(world.bank.net(listing.borrower.accountNo)).toBe(1_000_000n);
    expect(world.bank.tries.filter(({ kind }) => kind === 'DISBURSE')).toHaveLength(1);
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
  });

  describe('of which a collection fails', () => {
    it('drops the order where the listing says so: it shrinks, premium and fee with it, and the hold goes back', async () => {
      const insurer = await world.insurer();
      const terms = { guarantee_mode: 'insured', institution_id: insurer.id, premium_ppm: 10_000n, service_fee_ppm: 5_000n } as const;
      const listing = await raise({ ...terms, drop_policy: 'drop' }, failing(bert));
      expect(await orders()).toEqual([
        { state: 'lent', collected_fen: 900_000n, refusal_code: null },
        { state: 'dropped', collected_fen: null, refusal_code: 'JUDICIAL_FREEZE' },
      ]);
      expect(holdsLeft()).toBe(0n);
      expect(world.bank.nets()).toEqual({
        [anna.accountNo]: -900_000n,
        [insurer.accountNo]: 9_000n,
        F1: 4_500n,
        [listing.borrower.accountNo]: 886_500n,
      });
      expect(await world.rows('SELECT amount_fen FROM listing WHERE id = $1', [listing.id])).toEqual([{ amount_fen: 900_000n }]);
      expect(world.bank.tries.filter(({ kind, body }) => kind === 'update_listing' && body.includes('"900000"'))).toHaveLength(1);
    });

    it('gives everything back where too little would remain', async () => {
      const listing = await raise({ drop_policy: 'drop' }, failing(anna));
      expect(await listing.state()).toBe('failed');
      expect(await listing.settlement()).toMatchObject({ state: 'unwound', value_date: null });
      expect([world.bank.nets(), holdsLeft()]).toEqual([{}, 0n]);
      expect(await world.rows('SELECT 1 FROM loan')).toEqual([]);
    });

    it('gives everything back where the listing is to fail', async () => {
      const listing = await raise({ drop_policy: 'fail' }, failing(bert));
      expect(await listing.state()).toBe('failed');
      expect([world.bank.nets(), holdsLeft()]).toEqual([{}, 0n]);
      expect(await world.rows('SELECT source, cause, amount_fen, state FROM investment_return ORDER BY amount_fen')).toEqual([
        { source: 'hold', cause: 'unwound', amount_fen: 100_000n, state: 'done' },
        { source: 'disbursement', cause: 'unwound', amount_fen: 900_000n, state: 'done' },
      ]);
    });

    it('collects again on the next working day under a new number, and lends all when that succeeds', async () => {
      const listing = await raise({ drop_policy: 'retry_then_fail' }, failing(bert));
      expect(await listing.settlement()).toMatchObject({ state: 'deciding', retry_until: '2024-01-03' });
      world.bank.rule = () => 'done';
      await world.nextDay();
      expect(await listing.state()).toBe('repaying');
      expect(world.bank.net(listing.borrower.accountNo)).toBe(1_000_000n);
      expect(await world.rows(`SELECT count(DISTINCT item_no)::int AS numbers FROM bank_order WHERE kind = 'COLLECT'`)).toEqual([
        { numbers: 3 },
      ]);
    });

    it.each([
      ['retry_then_drop', 'repaying', 900_000n],
      ['retry_then_fail', 'failed', 0n],
    ] as const)('ends %s by the last try of the next working day', async (policy, state, lent) => {
      const listing = await raise({ drop_policy: policy }, failing(bert));
      await world.nextDay();
      expect(await listing.state()).toBe(state);
      expect(world.bank.net(listing.borrower.accountNo)).toBe(lent);
      expect(holdsLeft()).toBe(0n);
    });

    it.each([
      ['drop', 'repaying', 900_000n],
      ['fail', 'failed', 0n],
    ] as const)(
      'waits for a person where the listing says so, who sees before what %s does, and does it once',
      async (chosen, state, lent) => {
        const listing = await raise({ drop_policy: 'ask' }, failing(bert));
        await world.nextDay();
        expect(await listing.settlement()).toMatchObject({ state: 'deciding' });
        const settlement = (await listing.settlement())!;
        const preview = await world.db.work.run(async (tx) => previewDecision(tx, await readListing(tx, listing.id), settlement));
        expect(preview).toEqual({ drop: { decision: 'drop', lentFen: 900_000n }, fail: { decision: 'unwind', lentFen: 0n } });
        const decide = (): Promise<void> => world.db.work.run((tx) => decideByOperator(tx, listing.id, chosen, 'opr_1'));
        const ends = await Promise.allSettled([decide(), decide()]);
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        await expect(decide()).rejects.toMatchObject({ code: 'SETTLEMENT_STATE' });
        await world.live();
        expect(await listing.state()).toBe(state);
        expect(world.bank.net(listing.borrower.accountNo)).toBe(preview[chosen].lentFen);
        expect(lent).toBe(preview[chosen].lentFen);
      },
    );

    it('decides only when every item is known', async () => {
      const listing = await raise({}, ({ kind, from }) => (kind === 'COLLECT' && from === bert.accountNo ? 'later' : 'done'));
      await world.nextDay();
      expect(await listing.settlement()).toMatchObject({ state: 'collecting' });
      world.bank.rule = () => 'done';
      await world.live();
      expect(await listing.state()).toBe('repaying');
    });

    it('gives everything back when the whole batch was rejected', async () => {
      const listing = await raise({}, ({ kind }) => (kind === 'BATCH' ? { refused: 'LISTING_STATE' } : 'done'));
      world.bank.rule = () => 'done';
      await world.nextDay();
      expect(await listing.state()).toBe('failed');
      expect([world.bank.nets(), holdsLeft()]).toEqual([{}, 0n]);
    });
  });
});
