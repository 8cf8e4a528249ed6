import { BothBooks } from '../support/both-books';
import { Browser } from '../support/browser';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringInsurer, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

const BALANCE_FEN = 10_000_000;
const AMOUNT_FEN = 1_000_000;

let platform: TestPlatform;
let books: BothBooks;
let insurer: { id: string; accountNo: string };

beforeAll(async () => {
  platform = await startPlatform();
  books = new BothBooks(platform);
  insurer = await bringInsurer(platform);
});
afterAll(() => platform?.stop());

const bringInvestors = (count: number): Promise<Person[]> =>
  bringPeople(
    platform,
    Array.from({ length: count }, () => ({ balanceFen: BALANCE_FEN })),
  );
const totalOf = async ({ accountNo }: { accountNo: string }): Promise<number> => (await books.bankAccount(accountNo)).totalFen;
const moveAtBank = (accountNo: string, kind: 'TOP_UP' | 'WITHDRAW', amountFen: number): Promise<unknown> =>
  platform.bank.post(`/sandbox/accounts/${accountNo}/movements`, { kind, amountFen });
const lineOf = async ({ customerNo }: Person): Promise<{ usedFen: number; frozenFen: number } | undefined> => {
  const { lines } = await platform.bank.get<{ lines: { customerNo: string; usedFen: number; frozenFen: number }[] }>('/sandbox/credit');
  return lines.find((line) => line.customerNo === customerNo);
};
/** Lets days pass, one at a time, until a state has come. */
async function daysPassUntil(what: string, holds: () => Promise<boolean>, most = 15): Promise<void> {
  for (let days = 0; !(await holds()); days += 1) {
    if (days === most) throw new Error(`${most} days have passed, and still not: ${what}`);
    await platform.advance(1);
  }
}

describe('a raise that too few people want', () => {
  it.each(['freeze', 'debit'])(
    'fails at its deadline and gives every fen and the credit line back (defect 2, hold mode %s)',
    async (holdMode) => {
      const [investor] = await bringInvestors(1);
      const borrower = await bringBorrower(platform, {});
      const story = await ListingStory.onSale(platform, borrower, { amountFen: AMOUNT_FEN, terms: { holdMode, minimumRaisePpm: 800_000 } });
      await story.holdsOrder(investor!, AMOUNT_FEN / 2);
      expect((await books.bankAccount(investor!.accountNo)).availableFen).toBe(BALANCE_FEN - AMOUNT_FEN / 2);
      expect(await lineOf(borrower)).toMatchObject({ usedFen: AMOUNT_FEN, frozenFen: 0 });
      await platform.advance(1);
      await story.becomes('failed');
      expect(await books.bankAccount(investor!.accountNo)).toMatchObject({ availableFen: BALANCE_FEN, heldFen: 0, totalFen: BALANCE_FEN });
      expect((await story.orders()).map(({ state }) => state)).toEqual(['left_out']);
      await until('the line is given back', async () => (await lineOf(borrower))?.usedFen === 0);
      expect(await books.left()).toEqual([]);
    },
  );
});

describe('a borrower who does not pay', () => {
  const MODES = [
    {
      name: 'the insurer',
      institution: () => ({ institutionId: insurer.id, terms: { premiumPpm: 100 } }),
      payer: () => Promise.resolve(insurer.accountNo),
    },
    {
      name: 'the bank',
      institution: () => ({}),
      payer: async () => (await books.bankAccounts()).find(({ kind }) => kind === 'B')!.accountNo,
    },
  ];

  it.each(MODES)('has three days of grace, then $name advances, and gets it back when he pays', async ({ institution, payer }) => {
    const investors = await bringInvestors(2);
    const borrower = await bringBorrower(platform, {});
    const story = await ListingStory.onSale(platform, borrower, {
      amountFen: AMOUNT_FEN,
      term: { termDays: 4 },
      method: 'bullet',
      ...institution(),
    });
    await story.isLent(investors);
    const payerNo = await payer();
    const before = await totalOf({ accountNo: payerNo });
    await moveAtBank(borrower.accountNo, 'WITHDRAW', await totalOf(borrower));
    const stateOf = async (): Promise<string> => (await story.instalments())[0]!.state;
    await daysPassUntil('grace begins', async () => (await stateOf()) === 'in_grace');
    const [inGrace] = await story.instalments();
    const due = inGrace!.principalFen + inGrace!.interestFen;
    expect(inGrace).toMatchObject({ paidFen: 0, advancedFen: 0 });
    expect(await totalOf({ accountNo: payerNo })).toBe(before);
    await daysPassUntil('somebody advances', async () => (await stateOf()) === 'paid_by_advance');
    const { businessDate: today } = await platform.office.auditor.get<{ businessDate: string }>('/business-date');
    expect(today > inGrace!.graceUntil).toBe(true);
    expect(await totalOf({ accountNo: payerNo })).toBe(before - due);
    expect((await totalOf(investors[0]!)) + (await totalOf(investors[1]!))).toBe(2 * BALANCE_FEN + inGrace!.interestFen);
    expect(await story.state()).toBe('closed');
    // He has money again: what he pays goes to whoever has advanced.
    await moveAtBank(borrower.accountNo, 'TOP_UP', 2 * AMOUNT_FEN);
    const { items: loans } = await borrower.door.get<{ items: { id: string; toRecoverFen: number }[] }>('/loans');
    expect(loans[0]).toMatchObject({ toRecoverFen: due });
    await borrower.door.post(`/loans/${loans[0]!.id}/payments`, { amountFen: due });
    await until('the advance is recovered', async () => (await stateOf()) === 'recovered');
    await until('whoever advanced has his money', async () => (await totalOf({ accountNo: payerNo })) === before);
    expect(await totalOf(borrower)).toBe(2 * AMOUNT_FEN - due);
    expect(await books.left()).toEqual([]);
  });
});

describe('a disbursement that comes back', () => {
  it('waits on the listing’s own account until two people have it paid again; interest runs from the first day (defect 31)', async () => {
    const [investor] = await bringInvestors(1);
    const borrower = await bringBorrower(platform, {});
    const aim = { service: 'transfers/submit', transactionKind: 'DISBURSE', accountNo: borrower.accountNo };
    await platform.bank.post('/sandbox/faults', { kind: 'return_transfer', ...aim, days: 2 });
    const story = await ListingStory.onSale(platform, borrower, { amountFen: AMOUNT_FEN, term: { termDays: 20 }, method: 'bullet' });
    await story.isLent([investor!]);
    const { valueDate } = await story.settlement();
    const received = await totalOf(borrower);
    await daysPassUntil('the money comes back', async () => (await story.settlementState()) === 'returned');
    expect(await totalOf(borrower)).toBe(0);
    expect(await books.left()).toEqual([`bank D ${story.listingNo} ${received}`, `ledger D ${story.listingNo} ${received}`]);
    const { operator, checker } = platform.office;
    const path = `/listings/${story.id}/settlement/repayment-to-borrower-proposals`;
    const { proposalId } = await operator.post<{ proposalId: string }>(path, { reason: '已与融资人核实收款账户' });
    expect((await operator.ask('POST', `/proposals/${proposalId}/approval`, { body: {}, headers: operator.once() })).status).toBe(403);
    await checker.post(`/proposals/${proposalId}/approval`);
    await until('he is paid again', async () => (await story.settlementState()) === 'settled');
    expect(await story.settlement()).toMatchObject({ valueDate, state: 'settled' });
    expect(await totalOf(borrower)).toBe(received);
    expect(await books.left()).toEqual([]);
  });
});

describe('an investor who closes his account', () => {
  it('keeps neither the instalment nor the listing open: his share is parked, and paid when he has an account again (defect 32)', async () => {
    const [leaver, stayer] = await bringInvestors(2);
    const borrower = await bringBorrower(platform, { balanceFen: BALANCE_FEN });
    const story = await ListingStory.onSale(platform, borrower, { amountFen: AMOUNT_FEN, term: { termDays: 3 }, method: 'bullet' });
    await story.isLent([leaver!, stayer!]);
    await platform.bank.post(`/sandbox/accounts/${leaver!.accountNo}/close`);
    await daysPassUntil('the listing is closed', async () => (await story.state()) === 'closed');
    const suspense = (await books.bankAccounts()).find(({ kind, totalFen }) => kind === 'S' && totalFen > 0);
    const [instalment] = await story.instalments();
    const all = instalment!.principalFen + instalment!.interestFen;
    expect(suspense).toMatchObject({ totalFen: all - ((await totalOf(stayer!)) - BALANCE_FEN + AMOUNT_FEN / 2) });
    const { openingUrl } = await leaver!.door.post<{ openingUrl: string }>('/account/opening', {
      name: '客户甲',
      idNumber: '11010519491231002X',
      cardNo: '6222020000000000001',
      mobile: '13800001234',
    });
    await new Browser().visit(openingUrl, platform.customerApi.url, {});
    await leaver!.door.post('/account/refresh');
    await daysPassUntil('his share is paid', async () => (await books.left()).length === 0);
    const own = (await books.bankAccounts()).filter(({ kind, totalFen }) => kind === 'E' && totalFen === suspense!.totalFen);
    expect(own).toHaveLength(1);
  });
});

describe('after all that', () => {
  it('every day is reconciled, the ledger is the bank, and every invariant holds', async () => {
    await platform.advance(1);
    const days = await books.endedDays();
    expect(days.filter(({ businessDay, reconciliation }) => businessDay !== 'closed' || reconciliation === 'open')).toEqual([]);
    expect(await books.differences()).toEqual([]);
    expect(await books.complaints()).toEqual([]);
    expect((await platform.office.auditor.get<{ items: unknown[] }>('/jobs/parked')).items).toEqual([]);
  });
});
