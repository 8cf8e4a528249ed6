import { applyOnline, enterListing, reviewListing, setTerms, withdrawListing } from '#journey/listing';
import type { ListingTerms, Review } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays, instantOn, instantToDate } from '#kernel/time';
import { withClient } from '#platform/database';
import { receiveNotice } from '#registers/bank-order';
import { readLine } from '../support/credit-line-view';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

describe('a listing before its sale', () => {
  let world: RaiseWorld;
  let borrower: Customer;
  let notices = 0;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    borrower = await world.customer();
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const application = () =>
    ({
      borrowerId: borrower.id,
      kind: 'credit',
      amount: fen(1_000_000n),
      annualRatePpm: 70_000,
      term: { months: 3 },
      method: 'equal_instalments',
      purpose: '3n',
    }) as const;
  const enter = (): Promise<Uuid> => world.db.work.run((tx) => enterListing(tx, { ...application(), source: 'bank_offline' }, 'opr_0'));
  const terms = (id: Uuid, more: Partial<ListingTerms> = {}, who = 'opr_0'): Promise<void> => {
    const opens = { opens_at: instantToDate(instantOn(world.today, '00:00:00')), deadline: addDays(world.today, 3) };
    return world.db.work.run((tx) => setTerms(tx, id, { ...opens, ...more }, who));
  };
  const review = (id: Uuid, level: 1 | 2, who: string, decision: Review['decision'] = 'approve'): Promise<void> =>
    world.db.work.run((tx) => reviewListing(tx, id, { level, decision, reason: 'because' }, who));
  const approved = async (id: Uuid, more: Partial<ListingTerms> = {}): Promise<Uuid> => {
    await terms(id, more);
    await review(id, 1, 'opr_1');
    await review(id, 2, 'opr_2');
    await world.live();
    return id;
  };

  it('is reviewed level by level, each by another person than the one who set the terms', async () => {
    const id = await enter();
    await expect(review(id, 1, 'opr_1')).rejects.toMatchObject({ code: 'LISTING_TERMS_MISSING' });
    await terms(id);
    await expect(review(id, 2, 'opr_1')).rejects.toMatchObject({ code: 'REVIEW_LEVEL', details: { next: 1 } });
    await expect(review(id, 1, 'opr_0')).rejects.toMatchObject({ code: 'REVIEW_SAME_PERSON' });
    await review(id, 1, 'opr_1');
    await expect(review(id, 1, 'opr_2')).rejects.toMatchObject({ code: 'REVIEW_LEVEL' });
    await expect(review(id, 2, 'opr_1')).rejects.toMatchObject({ code: 'REVIEW_SAME_PERSON' });
    await expect(terms(id)).rejects.toMatchObject({ code: 'LISTING_STATE' });
    await review(id, 2, 'opr_2');
    await expect(review(id, 2, 'opr_3')).rejects.toMatchObject({ code: 'LISTING_STATE' });
    await world.live();
    expect(await world.stateOf('listing', id)).toBe('raising');
  });

  it('is approved as it was reviewed: a row that somebody changed in between stops everything', async () => {
    const id = await enter();
    await terms(id);
    await review(id, 1, 'opr_1');
    await withClient(world.db.ownerUrl, (client) => client.query('UPDATE listing SET annual_rate_ppm = 80000'));
    await expect(review(id, 2, 'opr_2')).rejects.toThrow('is not what was reviewed before');
    expect(await world.stateOf('listing', id)).toBe('in_review');
  });

  it.each([
    ['a deadline that has passed', { deadline: '2024-01-01' as ListingTerms['deadline'] }],
    ['an insurer that nobody named', { guarantee_mode: 'insured' as const }],
    ['a minimum above the amount', { minimum_order_fen: 1_000_001n }],
    ['a premium that nobody is paid', { premium_ppm: 1_000n }],
    ['an opening after its deadline', { opens_at: instantToDate(instantOn('2024-01-20' as ListingTerms['deadline'], '00:00:00')) }],
    ['a cap per investor below the minimum', { minimum_order_fen: 10_000n, investor_cap_fen: 9_999n }],
    ['a rate that is not the application’s', { annual_rate_ppm: 60_000n }],
    ['a minimum off the step', { minimum_order_fen: 10_000n, step_fen: 3_000n }],
  ])('refuses %s', async (_what, more) => {
    const id = await enter();
    await expect(terms(id, more)).rejects.toMatchObject({ code: 'LISTING_TERMS_INVALID' });
  });

  it('refuses a hold mode that the bank does not do', async () => {
    const id = await enter();
    world.bank.capabilities = { ...world.bank.capabilities, holdModes: ['debit'] };
    await expect(terms(id, { hold_mode: 'freeze' })).rejects.toMatchObject({ code: 'LISTING_TERMS_INVALID' });
    await terms(id, { hold_mode: 'debit' });
  });

  it('is rejected without terms: nobody has to invent some for it', async () => {
    const id = await enter();
    await review(id, 1, 'opr_1', 'reject');
    expect(await world.stateOf('listing', id)).toBe('rejected');
  });

  it('is not approved for a borrower who has no account any more', async () => {
    const id = await enter();
    await terms(id);
    await world.rows(`UPDATE customer SET e_account_status = 'CLOSED' WHERE id = $1`, [borrower.id]);
    await expect(review(id, 1, 'opr_1')).rejects.toMatchObject({ code: 'BORROWER_ACCOUNT_MISSING' });
  });

  it('is not approved when it costs its borrower more than the cap, and says what and when (defect 18)', async () => {
    const id = await enter();
    const insurer = await world.insurer();
    await terms(id, { guarantee_mode: 'insured', institution_id: insurer.id, premium_ppm: 30_000n });
    await expect(review(id, 1, 'opr_1')).rejects.toMatchObject({
      code: 'LISTING_COST_ABOVE_CAP',
      details: { capPpm: 240_000, worstAprPpm: expect.any(Number), worstDate: expect.stringMatching(/^2024-/) },
    });
    expect(await world.rows('SELECT 1 FROM listing_review')).toEqual([]);
    await review(id, 1, 'opr_1', 'reject');
    expect(await world.stateOf('listing', id)).toBe('rejected');
  });

  it('opens on its day and not before', async () => {
    const opens = { opens_at: instantToDate(instantOn(addDays(world.today, 1), '00:00:00')), deadline: addDays(world.today, 3) };
    const id = await approved(await enter(), opens);
    expect(await world.stateOf('listing', id)).toBe('scheduled');
    const anna = await world.customer();
    await expect(world.invest({ id }, anna, 1_000_000n)).rejects.toMatchObject({ code: 'LISTING_NOT_OPEN' });
    await world.nextDay();
    await world.invest({ id }, anna, 1_000_000n);
  });

  it('that the bank does not register stays approved, and can be withdrawn', async () => {
    world.bank.rule = ({ kind }) => (kind === 'register_listing' ? { refused: 'ACCOUNT_CLOSED' } : 'done');
    const id = await approved(await enter());
    expect(await world.stateOf('listing', id)).toBe('approved');
    await world.db.work.run((tx) => withdrawListing(tx, id, 'the bank does not want it', 'opr_1'));
    await world.live();
    expect(await world.stateOf('listing', id)).toBe('withdrawn');
  });

  it('is not sold once it was withdrawn', async () => {
    const opens = { opens_at: instantToDate(instantOn(addDays(world.today, 1), '00:00:00')), deadline: addDays(world.today, 3) };
    const id = await approved(await enter(), opens);
    await world.db.work.run((tx) => withdrawListing(tx, id, 'a mistake', 'opr_1'));
    await world.nextDay();
    expect(await world.stateOf('listing', id)).toBe('withdrawn');
  });

  describe('that a borrower applied for', () => {
    const tell = async (kind: string, body: Record<string, string>): Promise<void> => {
      await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: `N${(notices += 1)}`, kind, body }));
      await world.live();
    };
    const apply = async (): Promise<{ id: Uuid; applicationNo: string }> => {
      world.bank.rule = ({ kind }) => (kind === 'apply_financing' ? 'later' : 'done');
      const id = await world.db.work.run((tx) => applyOnline(tx, application(), borrower.id));
      await world.live();
      const [row] = await world.rows<{ no: string }>('SELECT application_no AS no FROM listing WHERE id = $1', [id]);
      return { id, applicationNo: row!.no };
    };
    const decided = (applicationNo: string) => ({
      applicationNo,
      decision: 'APPROVED',
      freezeMoveNo: 'FZ1',
      amount: '10000.00',
      limit: '50000.00',
    });
    const line = (): ReturnType<typeof readLine> => world.db.work.run((tx) => readLine(tx, borrower.id));
    const movements = async (): Promise<string[]> =>
      (await world.rows<{ kind: string }>('SELECT kind FROM credit_movement ORDER BY recorded_at, id')).map(({ kind }) => kind);

    it.each([
      ['decision, financing', ['CREDIT_DECIDED', 'FINANCING_SUBMITTED']],
      ['financing, decision', ['FINANCING_SUBMITTED', 'CREDIT_DECIDED']],
    ])('comes to review when the credit system has said both things, in the order %s, and freezes its line once', async (_order, kinds) => {
      const { id, applicationNo } = await apply();
      expect(await world.stateOf('listing', id)).toBe('in_credit');
      for (const kind of [...kinds, ...kinds]) {
        await tell(kind, kind === 'CREDIT_DECIDED' ? decided(applicationNo) : { applicationNo, financingNo: 'FN1' });
      }
      expect(await world.stateOf('listing', id)).toBe('in_review');
      expect(await line()).toMatchObject({ limit_fen: 5_000_000n, used_fen: 0n, frozen_fen: 1_000_000n });
      expect(await movements()).toEqual(['FREEZE']);
    });

    const inReview = async (): Promise<Uuid> => {
      const { id, applicationNo } = await apply();
      await tell('CREDIT_DECIDED', decided(applicationNo));
      await tell('FINANCING_SUBMITTED', { applicationNo, financingNo: 'FN1' });
      return id;
    };

    it('ends when it is declined, and when the credit system refuses to look at it', async () => {
      const { id, applicationNo } = await apply();
      await tell('CREDIT_DECIDED', { applicationNo, decision: 'DECLINED', reason: 'too much debt' });
      expect(await world.stateOf('listing', id)).toBe('declined');
      const other = await apply();
      world.bank.rule = () => ({ refused: 'LIMIT_EXCEEDED' });
      await world.live();
      expect(await world.stateOf('listing', other.id)).toBe('declined');
    });

    it('gives its freeze back when it is rejected', async () => {
      const id = await inReview();
      await terms(id);
      await review(id, 1, 'opr_1', 'reject');
      await world.live();
      expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
      expect(await movements()).toEqual(['FREEZE', 'RELEASE']);
    });

    it('uses its line up at approval, and has it restored when it fails', async () => {
      const id = await approved(await inReview());
      expect(await line()).toMatchObject({ used_fen: 1_000_000n, frozen_fen: 0n });
      await world.nextDay(4);
      expect(await world.stateOf('listing', id)).toBe('failed');
      expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
      expect(await movements()).toEqual(['FREEZE', 'DEDUCT', 'RESTORE']);
    });

    it('is not registered, nor sold, when the bank refuses to use its freeze; its withdrawal releases what is frozen', async () => {
      const id = await inReview();
      world.bank.rule = ({ kind }) => (kind === 'move_credit_line' ? { refused: 'CREDIT_LINE_EXCEEDED' } : 'done');
      await approved(id);
      await world.nextDay();
      expect(await world.stateOf('listing', id)).toBe('approved');
      expect(world.bank.tries.filter(({ kind }) => kind === 'register_listing')).toEqual([]);
      world.bank.rule = () => 'done';
      await world.db.work.run((tx) => withdrawListing(tx, id, 'the bank does not lend', 'opr_0'));
      await world.live();
      expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
      expect(await movements()).toEqual(['FREEZE', 'RELEASE']);
    });

    it('is not approved when the credit system froze another amount than was applied for; its rejection releases what is frozen', async () => {
      const { id, applicationNo } = await apply();
      await tell('CREDIT_DECIDED', { ...decided(applicationNo), amount: '9000.00' });
      await tell('FINANCING_SUBMITTED', { applicationNo, financingNo: 'FN1' });
      await terms(id);
      await expect(review(id, 1, 'opr_1')).rejects.toMatchObject({
        code: 'LISTING_LINE_DIFFERS',
        details: { frozenFen: 900_000, appliedFen: 1_000_000 },
      });
      await review(id, 1, 'opr_1', 'reject');
      await world.live();
      expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
    });

    it('has restored what was not lent', async () => {
      const id = await approved(await inReview(), { minimum_raise_ppm: 500_000n });
      await world.invest({ id }, await world.customer(), 600_000n);
      await world.live();
      await world.nextDay(4);
      expect(await world.stateOf('listing', id)).toBe('repaying');
      expect(await line()).toMatchObject({ used_fen: 600_000n, frozen_fen: 0n });
    });
  });
});
