import { BothBooks } from '../support/both-books';
import { Browser } from '../support/browser';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

const BALANCE_FEN = 10_000_000;
const AMOUNT_FEN = 1_000_000;

let platform: TestPlatform;
let books: BothBooks;

beforeAll(async () => {
  platform = await startPlatform();
  books = new BothBooks(platform);
});
afterAll(() => platform?.stop());

const totalOf = async (accountNo: string): Promise<number> => (await books.bankAccount(accountNo)).totalFen;
const passes = async (what: string, holds: () => Promise<boolean>, most = 12): Promise<void> => {
  for (let days = 0; !(await holds()); days += 1) {
    if (days === most) throw new Error(`${most} days have passed, and still not: ${what}`);
    await platform.advance(1);
  }
};
/** The e-account that a customer opens when he has closed his first one, with a new mandate to be charged. */
const opensAnother = async (person: Person): Promise<string> => {
  await platform.bank.post(`/sandbox/accounts/${person.accountNo}/close`);
  const factors = { name: '客户乙', idNumber: '11010519491231002X', cardNo: '6222020000000000001', mobile: '13800001234' };
  const { openingUrl } = await person.door.post<{ openingUrl: string }>('/account/opening', factors);
  await new Browser().visit(openingUrl, platform.customerApi.url, {});
  await person.door.post('/account/refresh');
  const asked = { kind: 'REPAY', maxAmountFen: AMOUNT_FEN * 2, until: '2030-01-01' };
  const { signingUrl } = await person.door.post<{ signingUrl: string }>('/mandates', asked);
  await new Browser().visit(signingUrl, platform.customerApi.url, {});
  const [row] = await platform.db.work.read((tx) =>
    tx.query<{ e_account_no: string }>('SELECT e_account_no FROM customer WHERE customer_no = $1', [person.customerNo]),
  );
  expect(row!.e_account_no).not.toBe(person.accountNo);
  return row!.e_account_no;
};
const isRegistered = async (story: ListingStory, accountNo: string): Promise<void> =>
  until('the bank has taken over the new account', async () => {
    const rows = await platform.db.work.read((tx) =>
      tx.query('SELECT 1 FROM listing WHERE listing_no = $1 AND borrower_account_no = $2', [story.listingNo, accountNo]),
    );
    return rows.length === 1;
  });
const bill = { term: { termDays: 20 }, method: 'bullet', terms: { graceDays: 0 } } as const;

describe('a borrower who has closed his account and opened another one', () => {
  it('is paid there what had come back, and repays from there (defect 31)', async () => {
    const investors = await bringPeople(platform, [{ balanceFen: BALANCE_FEN }]);
    const borrower = await bringBorrower(platform, {});
    const aim = { service: 'transfers/submit', transactionKind: 'DISBURSE', accountNo: borrower.accountNo };
    await platform.bank.post('/sandbox/faults', { kind: 'return_transfer', ...aim, days: 1 });
    const story = await ListingStory.onSale(platform, borrower, { amountFen: AMOUNT_FEN, ...bill });
    await story.isLent(investors);
    await passes('the money comes back', async () => (await story.settlementState()) === 'returned');
    const another = await opensAnother(borrower);
    await isRegistered(story, another);
    const { operator, checker } = platform.office;
    const { proposalId } = await operator.post<{ proposalId: string }>(`/listings/${story.id}/settlement/repayment-to-borrower-proposals`, {
      reason: '账户已更换',
    });
    await checker.post(`/proposals/${proposalId}/approval`);
    await until('he is paid', async () => (await story.settlementState()) === 'settled');
    expect([await totalOf(borrower.accountNo), await totalOf(another)]).toEqual([0, AMOUNT_FEN]);
    const [last] = await story.instalments();
    const interestFen = last!.interestFen;
    await platform.bank.post(`/sandbox/accounts/${another}/movements`, { kind: 'TOP_UP', amountFen: interestFen });
    await passes('the loan is over', async () => (await story.state()) === 'closed', 30);
    expect((await story.instalments())[0]).toMatchObject({ state: 'paid', advancedFen: 0 });
    expect([await totalOf(another), await totalOf(investors[0]!.accountNo)]).toEqual([0, BALANCE_FEN + interestFen]);
    expect(await books.left()).toEqual([]);
  });

  it('is charged on the new one, and pays from it himself, though he was paid on the old one', async () => {
    const investors = await bringPeople(platform, [{ balanceFen: BALANCE_FEN }]);
    const borrower = await bringBorrower(platform, {});
    const story = await ListingStory.onSale(platform, borrower, {
      amountFen: AMOUNT_FEN,
      ...bill,
      term: { termMonths: 2 },
      method: 'equal_instalments',
    });
    await story.isLent(investors);
    await platform.bank.post(`/sandbox/accounts/${borrower.accountNo}/movements`, { kind: 'OWN', amountFen: AMOUNT_FEN });
    const another = await opensAnother(borrower);
    await isRegistered(story, another);
    await platform.bank.post(`/sandbox/accounts/${another}/movements`, { kind: 'TOP_UP', amountFen: BALANCE_FEN });
    await passes('the first instalment is paid', async () => (await story.instalments())[0]!.state === 'paid', 40);
    const [first] = await story.instalments();
    expect(await totalOf(another)).toBe(BALANCE_FEN - first!.principalFen - first!.interestFen);
    expect(first).toMatchObject({ advancedFen: 0 });
  });

  it('leaves books that are the bank’s', async () => {
    await platform.advance(1);
    expect(await books.differences()).toEqual([]);
    expect(await books.complaints()).toEqual([]);
  });
});
