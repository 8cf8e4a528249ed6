import { bankFinancingIn, reviewListing, setTerms } from '#journey/listing';
import type { ListingTerms } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { addDays, instantOn, instantToDate } from '#kernel/time';
import { receiveNotice } from '#registers/bank-order';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';

jest.setTimeout(120_000);

describe('a financing of the bank’s own business', () => {
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

  const terms = (id: Uuid, more: Partial<ListingTerms> = {}): Promise<void> => {
    const opens = { opens_at: instantToDate(instantOn(world.today, '00:00:00')), deadline: addDays(world.today, 3) };
    return world.db.work.run((tx) => setTerms(tx, id, { ...opens, ...more }, 'opr_0'));
  };
  const approved = async (id: Uuid, more: Partial<ListingTerms>): Promise<Uuid> => {
    await terms(id, more);
    for (const level of [1, 2] as const)
      await world.db.work.run((tx) => reviewListing(tx, id, { level, decision: 'approve', reason: 'sound' }, `opr_${level}`));
    await world.live();
    return id;
  };
  const push = async (financing: object): Promise<void> => {
    await world.db.work.run((tx) =>
      receiveNotice(tx, { noticeNo: `N${(notices += 1)}`, kind: 'FINANCING_SUBMITTED', body: { ...financing } }),
    );
    await world.live();
  };
  const financing = (fields: object = {}) => ({
    financingNo: 'FN9',
    customerNo: `C${borrower.accountNo}`,
    terms: { kind: 'business', amount: '20000.00', term: { months: 6 }, purpose: '进货', fields },
  });
  const listings = (): Promise<Record<string, unknown>[]> =>
    world.rows(
      'SELECT id, state, source, kind, borrower_id, amount_fen, term_months, annual_rate_ppm, method, financing_no, is_price_open FROM listing ORDER BY no',
    );

  it('enters review with the terms that the bank gave, once, whatever number its notices have', async () => {
    const full = financing({ annualRate: '0.068000', method: 'equal_principal' });
    await push(full);
    await push(full);
    const [listing, ...others] = await listings();
    expect(others).toEqual([]);
    expect(listing).toMatchObject({
      state: 'in_review',
      source: 'bank_offline',
      kind: 'business',
      borrower_id: borrower.id,
      amount_fen: 2_000_000n,
      term_months: 6,
      annual_rate_ppm: 68_000n,
      method: 'equal_principal',
      financing_no: 'FN9',
      is_price_open: false,
    });
    const id = await approved(listing!['id'] as Uuid, {});
    expect(await world.stateOf('listing', id)).toBe('raising');
    expect(world.bank.tries.filter(({ kind }) => kind === 'move_credit_line')).toEqual([]);
  });

  it('gets rate and method with its terms where the bank gave none', async () => {
    await push(financing());
    const [{ id }] = (await listings()) as [{ id: Uuid }];
    await expect(terms(id)).rejects.toMatchObject({ code: 'LISTING_TERMS_INVALID' });
    await approved(id, { annual_rate_ppm: 65_000n, method: 'interest_first' });
    expect(await listings()).toMatchObject([{ state: 'raising', annual_rate_ppm: 65_000n, method: 'interest_first' }]);
  });

  it('is for somebody who has never come here: the bank is asked how he stands', async () => {
    Object.assign(world.bank, { account: () => Promise.resolve({ accountNo: 'E-fresh', status: 'ACTIVE', boundCard: null }) });
    await push({ ...financing(), customerNo: 'C-fresh' });
    expect(
      await world.rows(
        `SELECT c.customer_no, c.e_account_no, l.state FROM listing l JOIN customer c ON c.id = l.borrower_id WHERE l.financing_no = 'FN9'`,
      ),
    ).toEqual([{ customer_no: 'C-fresh', e_account_no: 'E-fresh', state: 'in_review' }]);
  });

  it.each([
    ['terms.kind', { kind: 'a yacht' }],
    ['terms.amount', { amount: '20000' }],
    ['terms.term', { term: { months: 6, days: 1 } }],
    ['terms.fields.annualRate', { fields: { annualRate: '6.8', method: 'bullet' } }],
    ['terms.fields.method', { fields: { annualRate: '0.068000' } }],
  ])('is refused where it cannot be read: %s', (field, wrong) => {
    const told = financing();
    const read = (): unknown => bankFinancingIn({ ...told, terms: { ...told.terms, ...wrong } });
    expect(read).toThrow(expect.objectContaining({ code: 'FINANCING_UNREADABLE', details: { field } }));
  });
});
