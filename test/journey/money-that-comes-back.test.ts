import { BothBooks } from '../support/both-books';
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

const totalOf = async ({ accountNo }: { accountNo: string }): Promise<number> => (await books.bankAccount(accountNo)).totalFen;
const bringInvestors = (): Promise<Person[]> => bringPeople(platform, [{ balanceFen: BALANCE_FEN }, { balanceFen: BALANCE_FEN }]);
const usedLineOf = async ({ customerNo }: Person): Promise<number | undefined> => {
  const { lines } = await platform.bank.get<{ lines: { customerNo: string; usedFen: number }[] }>('/sandbox/credit');
  return lines.find((line) => line.customerNo === customerNo)?.usedFen;
};
/** Ends of listings that the bank was told and has taken. */
const endsTold = async ({ id }: ListingStory): Promise<string[]> => {
  const rows = await platform.db.work.read((tx) =>
    tx.query<{ status: string }>(
      `SELECT instruction->>'status' AS status FROM bank_order o JOIN listing l ON l.id = o.listing_id
       WHERE o.kind = 'LISTING_UPDATE' AND o.state = 'done' AND instruction->>'status' IN ('FINISHED', 'FAILED') AND l.listing_no = $1`,
      [listingNoOf.get(id)],
    ),
  );
  return rows.map(({ status }) => status);
};
const listingNoOf = new Map<string, string>();
const onSale = async (borrower: Person): Promise<ListingStory> => {
  const plan = {
    amountFen: AMOUNT_FEN,
    term: { termDays: 60 },
    method: 'bullet',
    institutionId: insurer.id,
    terms: { serviceFeePpm: 1_000 },
  } as const;
  const story = await ListingStory.onSale(platform, borrower, plan);
  listingNoOf.set(story.id, story.listingNo);
  return story;
};
/** Lets days pass, one at a time, until a state has come. */
async function daysPassUntil(what: string, holds: () => Promise<boolean>, most = 15): Promise<void> {
  for (let days = 0; !(await holds()); days += 1) {
    if (days === most) throw new Error(`${most} days have passed, and still not: ${what}`);
    await platform.advance(1);
  }
}
const decide = async (path: string, body: object): Promise<void> => {
  const { operator, checker } = platform.office;
  const { proposalId } = await operator.post<{ proposalId: string }>(path, body);
  await checker.post(`/proposals/${proposalId}/approval`);
};

describe('a disbursement that comes back and is not paid again', () => {
  it('ends the loan: investors have principal and interest, the line is free, and nothing is left with the bank (defect 31)', async () => {
    const investors = await bringInvestors();
    const borrower = await bringBorrower(platform, { balanceFen: BALANCE_FEN });
    const insured = await totalOf(insurer);
    const fees = (await books.bankAccounts()).find(({ kind }) => kind === 'F')!;
    const aim = { service: 'transfers/submit', transactionKind: 'DISBURSE', accountNo: borrower.accountNo };
    await platform.bank.post('/sandbox/faults', { kind: 'return_transfer', ...aim, days: 1 });
    const story = await onSale(borrower);
    await story.isLent(investors);
    await daysPassUntil('the money comes back', async () => (await story.settlementState()) === 'returned');
    await daysPassUntil('nobody has paid it again', async () => (await story.settlementState()) === 'ended');
    await story.becomes('closed');
    const [superseded, last] = await story.instalments();
    expect(superseded!.state).toBe('superseded');
    expect(last).toMatchObject({ state: 'paid', principalFen: AMOUNT_FEN, advancedFen: 0, distributedFen: AMOUNT_FEN + last!.interestFen });
    expect((await totalOf(investors[0]!)) + (await totalOf(investors[1]!))).toBe(2 * BALANCE_FEN + last!.interestFen);
    const [premium, fee] = [(await totalOf(insurer)) - insured, (await totalOf(fees)) - fees.totalFen];
    expect([premium > 0, premium < 2_000, fee > 0, fee < 1_000]).toEqual([true, true, true, true]);
    // What the loan has cost is the borrower's: interest, and the days of premium and fee.
    expect(await totalOf(borrower)).toBe(BALANCE_FEN - last!.interestFen - premium - fee);
    await until('the line is free', async () => (await usedLineOf(borrower)) === 0);
    await until('the bank knows', async () => (await endsTold(story)).includes('FINISHED'));
    expect(await books.left()).toEqual([]);
  });
});

describe('a settlement that is taken back while the insurer cannot pay', () => {
  it('gives the investors all of it on the next working day, out of the bank’s advance account, which gets it back', async () => {
    const investors = await bringInvestors();
    const borrower = await bringBorrower(platform, {});
    const advance = (await books.bankAccounts()).find(({ kind }) => kind === 'B')!;
    const story = await onSale(borrower);
    await platform.bank.post(`/sandbox/accounts/${insurer.accountNo}/freeze`);
    await platform.bank.post(`/sandbox/accounts/${borrower.accountNo}/close`);
    await story.isSoldTo(investors);
    await until('it unwinds', async () => (await story.settlementState()) === 'unwinding');
    await daysPassUntil('everything is back', async () => (await story.state()) === 'failed');
    expect([await totalOf(investors[0]!), await totalOf(investors[1]!)]).toEqual([BALANCE_FEN, BALANCE_FEN]);
    const premium = advance.totalFen - (await totalOf(advance));
    expect([premium, (await story.settlement())['reclaims']]).toMatchObject([
      2_000,
      [
        { source: 'premium', state: 'bridged', amountFen: 2_000 },
        { source: 'fee', state: 'back' },
      ],
    ]);
    await platform.bank.post(`/sandbox/accounts/${insurer.accountNo}/unfreeze`);
    await daysPassUntil('the bank has it back', async () => (await totalOf(advance)) === advance.totalFen);
    await until('the bank knows', async () => (await endsTold(story)).includes('FAILED'));
    await until('the line is free', async () => (await usedLineOf(borrower)) === 0);
    expect(await books.left()).toEqual([]);
  });
});

describe('a premium that the bank sends back', () => {
  it('is handed on to the borrower by two people when the bank does not pay it again', async () => {
    const investors = await bringInvestors();
    const borrower = await bringBorrower(platform, {});
    const insured = await totalOf(insurer);
    await platform.bank.post('/sandbox/faults', {
      kind: 'return_transfer',
      service: 'transfers/submit',
      transactionKind: 'PREMIUM',
      days: 1,
    });
    const story = await onSale(borrower);
    await story.isLent(investors);
    const received = await totalOf(borrower);
    await daysPassUntil('it comes back', async () => (await story.settlement())['premiumPaidFen'] === 0);
    expect([await story.state(), await books.left()]).toEqual([
      'repaying',
      [`bank D ${story.listingNo} 2000`, `ledger D ${story.listingNo} 2000`],
    ]);
    const path = `/listings/${story.id}/settlement/returned-money-proposals`;
    await decide(path, { decision: 'pay_premium_again', reason: '账户已恢复' });
    await until('the bank has refused', async () => {
      const rows = await platform.db.work.read((tx) => tx.query(`SELECT 1 FROM bank_order WHERE kind = 'PREMIUM' AND state = 'refused'`));
      return rows.length === 1;
    });
    const missing = { body: { decision: 'hand_on', reason: '归融资人' }, headers: platform.office.operator.once() };
    expect((await platform.office.operator.ask('POST', path, missing)).status).toBe(422);
    await decide(path, { decision: 'hand_on', amountFen: 2_000, reason: '归融资人' });
    await until('he has it', async () => (await totalOf(borrower)) === received + 2_000);
    await until('both books say so', async () => (await books.left()).length === 0);
    expect(await totalOf(insurer)).toBe(insured);
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
