import { BothBooks } from '../support/both-books';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringInsurer, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { backend, backendInUse, startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';

/** One listing per guarantee mode and hold mode, each of its own amount so that they can be told apart in the books. */
const KINDS = [
  { name: 'insured, the money frozen', guaranteeMode: 'insured', holdMode: 'freeze', amountFen: 1_000_001 },
  { name: 'insured, the money debited', guaranteeMode: 'insured', holdMode: 'debit', amountFen: 1_000_003 },
  { name: 'behind the bank, the money frozen', guaranteeMode: 'channel', holdMode: 'freeze', amountFen: 1_000_007 },
  { name: 'behind the bank, the money debited', guaranteeMode: 'channel', holdMode: 'debit', amountFen: 1_000_009 },
] as const;
const BALANCE_FEN = 10_000_000;

let platform: TestPlatform;
let books: BothBooks;
let investors: Person[];
let insurer: { id: string; accountNo: string };
const stories = new Map<string, ListingStory>();

beforeAll(async () => {
  platform = await startPlatform();
  books = new BothBooks(platform);
  investors = await bringPeople(
    platform,
    Array.from({ length: 3 }, () => ({ balanceFen: BALANCE_FEN })),
  );
  insurer = await bringInsurer(platform);
});
afterAll(() => platform?.stop());

describe('one listing, from the application to its last yuan', () => {
  it('runs on the backend of the queue that this run was given', () => {
    expect(backendInUse(platform)).toBe(backend);
  });

  it.each(KINDS)('$name: applied for, reviewed by two people, sold, and the borrower has the money', async (kind) => {
    const borrower = await bringBorrower(platform, { balanceFen: BALANCE_FEN });
    const guarantee = kind.guaranteeMode === 'insured' ? { institutionId: insurer.id } : {};
    const terms = { holdMode: kind.holdMode, serviceFeePpm: 1_000, overbookingPpm: 100_000 };
    const story = await ListingStory.onSale(platform, borrower, { amountFen: kind.amountFen, terms, ...guarantee });
    stories.set(kind.name, story);
    // The last one asks for more than is left and agrees to a part: what is beyond the amount goes back by itself.
    await story.holdsOrder(investors[0]!, 400_000);
    await story.holdsOrder(investors[1]!, 400_000);
    await story.holdsOrder(investors[2]!, kind.amountFen - 800_000 + 50_000, true);
    await story.becomes('repaying');
    const orders = await story.orders();
    expect(
      orders.map(({ state, acceptedFen }) => ({ state, acceptedFen })).sort((a, b) => Number(a.acceptedFen) - Number(b.acceptedFen)),
    ).toEqual([
      { state: 'lent', acceptedFen: kind.amountFen - 800_000 },
      { state: 'lent', acceptedFen: 400_000 },
      { state: 'lent', acceptedFen: 400_000 },
    ]);
    const premium = kind.guaranteeMode === 'insured' ? Math.round(kind.amountFen * 0.002) : 0;
    const { totalFen } = await books.bankAccount(borrower.accountNo);
    expect(totalFen).toBe(BALANCE_FEN + kind.amountFen - premium - Math.round(kind.amountFen * 0.001));
  });

  it('lives through its days: every instalment is charged, paid out and the listing closed', async () => {
    await platform.advance(20);
    await platform.advance(20);
    await platform.advance(25);
    for (const story of stories.values()) {
      expect(
        (await story.instalments()).map(({ state, principalFen, interestFen, paidFen, distributedFen }) => [
          state,
          paidFen === principalFen + interestFen,
          distributedFen === paidFen,
        ]),
      ).toEqual([
        ['paid', true, true],
        ['paid', true, true],
      ]);
      expect(await story.state()).toBe('closed');
      expect((await story.orders()).map(({ state }) => state)).toEqual(['settled', 'settled', 'settled']);
    }
  });

  it('has brought the investors exactly what the borrowers paid as interest', async () => {
    const paid = await Promise.all([...stories.values()].map((story) => story.instalments()));
    const interest = paid.flat().reduce((sum, { interestFen }) => sum + interestFen, 0);
    const accounts = await Promise.all(investors.map(({ accountNo }) => books.bankAccount(accountNo)));
    expect(accounts.reduce((sum, { totalFen }) => sum + totalFen, 0)).toBe(investors.length * BALANCE_FEN + interest);
    expect(interest).toBeGreaterThan(0);
  });

  it('leaves nothing on its own accounts, neither at the bank nor in the ledger', async () => {
    expect(await books.left()).toEqual([]);
  });

  it('was reconciled on each of its days without one break, and each result was confirmed to the bank', async () => {
    const days = await books.endedDays();
    expect(days).toHaveLength(65);
    for (const day of days) expect(day).toMatchObject({ businessDay: 'closed', reconciliation: 'clean', breaks: 0, differenceAccounts: 0 });
    const { confirmations } = await platform.bank.get<{ confirmations: { published: boolean; result: string | null }[] }>(
      '/sandbox/confirmations',
    );
    expect(confirmations.filter(({ published, result }) => published && result !== 'CLEAN')).toEqual([]);
  });

  it('ends with a ledger that is the bank, account by account, and with every invariant holding', async () => {
    expect(await books.differences()).toEqual([]);
    expect(await books.complaints()).toEqual([]);
  });
});
