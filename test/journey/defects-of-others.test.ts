import { BankLine } from '../support/bank-line';
import type { PassingCall } from '../support/bank-line';
import { BothBooks } from '../support/both-books';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

/** Services by which money, a listing or a credit line is moved: none of them may be called before we can remember that we did. */
const ACTS = ['holds/', 'debits/', 'batches/submit', 'transfers/', 'listings/', 'financings/', 'credit-lines/move'];
const BALANCE_FEN = 10_000_000;

let platform: TestPlatform;
let line: BankLine;
let books: BothBooks;
let borrower: Person;
let investors: Person[];
const seen: { readonly service: string; readonly orderNo: unknown; readonly remembered: string }[] = [];

beforeAll(async () => {
  line = await BankLine.open(remember);
  platform = await startPlatform({ bankPort: line.bankPort, environment: { BANK_URL: line.url } });
  books = new BothBooks(platform);
  borrower = await bringBorrower(platform, {});
  investors = await bringPeople(
    platform,
    Array.from({ length: 3 }, () => ({ balanceFen: BALANCE_FEN })),
  );
});
afterAll(async () => {
  await platform?.stop();
  await line?.close();
});

/** Looks, at the moment when a call passes and through another connection, what is committed under its number. */
async function remember({ service, requestNo, body }: PassingCall, bytes: Buffer): Promise<void> {
  if (!ACTS.some((act) => service.startsWith(act))) return;
  const rows = await platform.db.work.read((tx) =>
    tx.query<{ state: string; same: boolean }>('SELECT state, body = $2 AS same FROM bank_order WHERE request_no = $1', [
      requestNo,
      bytes.toString('utf8'),
    ]),
  );
  const remembered = rows.map(({ state, same }) => `${state}, ${same ? 'with these bytes' : 'with other bytes'}`).join(' and ');
  seen.push({ service, orderNo: body['orderNo'], remembered });
}

const daysAreQuiet = async (): Promise<void> => {
  for (const { date, reconciliation, breaks } of await books.endedDays())
    expect({ date, reconciliation, breaks }).toEqual({ date, reconciliation: 'clean', breaks: 0 });
};
const ledgerOf = async ({ accountNo }: Person): Promise<number> =>
  (await books.ledgerAccounts()).find((account) => account.accountNo === accountNo)?.postedFen ?? 0;
const bankIsQuiet = (): Promise<void> =>
  until('the bank has nothing more to say', async () => (await platform.bank.get<{ quiet: boolean }>('/sandbox/quiet')).quiet);

/** Faults that were planned and never struck: a test that was to meet them would have met nothing. */
const faultsThatMissed = async (): Promise<string[]> => {
  const { faults } = await platform.bank.get<{ faults: { id: string; hits: number }[] }>('/sandbox/faults');
  return faults.filter(({ hits }) => hits === 0).map(({ id }) => id);
};

describe('defects of other systems that this one must not have', () => {
  it('no call leaves before a row tells of it: its bytes are committed as sent, under the number that it carries (defect 13)', async () => {
    const story = await ListingStory.onSale(platform, borrower, { terms: { serviceFeePpm: 1_000, overbookingPpm: 100_000 } });
    await story.holdsOrder(investors[0]!, 600_000);
    await story.holdsOrder(investors[1]!, 500_000, true);
    await story.becomes('repaying');
    await bankIsQuiet();
    expect(new Set(seen.map(({ remembered }) => remembered))).toEqual(new Set(['sent, with these bytes']));
    const services = new Set(seen.map(({ service }) => service));
    expect([...services]).toEqual(
      expect.arrayContaining(['financings/apply', 'listings/register', 'holds/place', 'batches/submit', 'transfers/submit']),
    );
  });

  it('the number of an order is made once: the one that the customer knows is the one that the bank knows (defect 9)', async () => {
    const numbers = await Promise.all(investors.slice(0, 2).map(({ door }) => door.get<{ items: { no: number }[] }>('/orders')));
    const sent = seen.filter(({ service }) => service === 'holds/place').map(({ orderNo }) => orderNo);
    expect(sent.sort()).toEqual(numbers.flatMap(({ items }) => items.map(({ no }) => String(no))).sort());
  });

  it('interest does not start before the bank has said that the borrower has the money (defect 3)', async () => {
    const aim = { service: 'transfers/submit', transactionKind: 'DISBURSE', accountNo: borrower.accountNo };
    await platform.bank.post('/sandbox/faults', { id: 'silent', kind: 'silent_until_statement', ...aim });
    const story = await ListingStory.onSale(platform, borrower, { amountFen: 500_000 });
    await story.isSoldTo([investors[0]!]);
    const isPaying = async (): Promise<boolean> => (await story.state()) === 'settling' && (await story.settlementState()) === 'disbursing';
    await until('the disbursement is under way', isPaying);
    await until('the bank has moved the money', async () =>
      (await books.movements(`&listingNo=${story.listingNo}`)).some(({ kind }) => kind === 'DISBURSE'),
    );
    expect(await isPaying()).toBe(true);
    expect(await story.instalments()).toEqual([]);
    expect((await story.settlement()).valueDate).toBeNull();
    const paid = (
      await platform.bank.get<{ movements: { kind: string; bankDate: string; listingNo: string }[] }>(
        `/sandbox/books?movements=1&listingNo=${story.listingNo}`,
      )
    ).movements.find(({ kind }) => kind === 'DISBURSE');
    await platform.advance(1);
    await story.becomes('repaying');
    expect(await story.settlement()).toMatchObject({ state: 'settled', valueDate: paid!.bankDate });
    expect(await faultsThatMissed()).toEqual([]);
    await daysAreQuiet();
  });

  it('a callback that is repeated ten times books its money once (defect 1)', async () => {
    const [customer] = investors;
    await platform.advance(1);
    const before = await ledgerOf(customer!);
    for (const noticeKind of ['TOP_UP', 'BATCH_DONE', 'CREDIT_DECIDED'])
      await platform.bank.post('/sandbox/faults', { kind: 'duplicate_notice', noticeKind, copies: 10 });
    await platform.bank.post(`/sandbox/accounts/${customer!.accountNo}/movements`, { kind: 'TOP_UP', amountFen: 10_000 });
    const story = await ListingStory.onSale(platform, borrower, { amountFen: 300_000 });
    await story.isLent([customer!]);
    await bankIsQuiet();
    await platform.advance(1);
    expect(await ledgerOf(customer!)).toBe(before + 10_000 - 300_000);
    expect(await books.differences()).toEqual([]);
    expect(await faultsThatMissed()).toEqual([]);
    await daysAreQuiet();
  });

  it('the balance on the order page is the bank’s, at this moment, whatever the customer has done outside (defect 4)', async () => {
    const [customer] = investors;
    const page = () => customer!.door.get<{ availableFen: number; heldFen: number; totalFen: number }>('/account/balance');
    const { totalFen } = await page();
    await platform.bank.post(`/sandbox/accounts/${customer!.accountNo}/movements`, { kind: 'OWN', amountFen: 123_456, direction: 'out' });
    expect(await page()).toMatchObject({ totalFen: totalFen - 123_456, availableFen: totalFen - 123_456, heldFen: 0 });
    const story = await ListingStory.onSale(platform, borrower, { terms: { minimumRaisePpm: 1 } });
    await story.takesOrder(customer!, 200_000);
    await until('the bank holds the money', async () => (await page()).heldFen === 200_000);
    expect(await page()).toMatchObject({ totalFen: totalFen - 123_456, availableFen: totalFen - 123_456 - 200_000 });
    const { availableFen, heldFen } = await books.bankAccount(customer!.accountNo);
    expect(await page()).toMatchObject({ availableFen, heldFen });
  });

  it('what a customer does with his own account is booked by rule and is no break (defect 33)', async () => {
    const [, customer] = investors;
    const uses = [
      { kind: 'TOP_UP', amountFen: 70_000 },
      { kind: 'WITHDRAW', amountFen: 50_000 },
      { kind: 'OWN', amountFen: 3_200, direction: 'out' },
      { kind: 'OWN', amountFen: 8_800, direction: 'in' },
      { kind: 'INTEREST', amountFen: 17 },
    ];
    const before = await ledgerOf(customer!);
    for (const use of uses) await platform.bank.post(`/sandbox/accounts/${customer!.accountNo}/movements`, use);
    await platform.advance(1);
    expect(await ledgerOf(customer!)).toBe(before + 70_000 - 50_000 - 3_200 + 8_800 + 17);
    expect((await platform.office.auditor.get<{ items: unknown[] }>('/breaks')).items).toEqual([]);
    await daysAreQuiet();
  });

  it('two payments that are alike in everything but their number are not mistaken for each other (defect 22)', async () => {
    const [, , customer] = investors;
    const story = await ListingStory.onSale(platform, borrower, { terms: { deadline: '2022-09-20' } });
    const first = await story.holdsOrder(customer!, 250_000);
    await platform.bank.post('/sandbox/faults', { kind: 'silent_until_statement', service: 'holds/place', accountNo: customer!.accountNo });
    const second = await story.takesOrder(customer!, 250_000);
    await platform.advance(1);
    await until('the statement has told of the second', async () => (await story.orders()).every(({ state }) => state === 'frozen'));
    const { movements } = await platform.bank.get<{
      movements: { requestNo: string; kind: string; refNo: string; bankSerialNo: string }[];
    }>(`/sandbox/books?movements=1&limit=10000&listingNo=${story.listingNo}`);
    const { items } = await platform.office.auditor.get<{ items: { requestNo: string; kind: string; bankSerial: string }[] }>(
      '/bank-orders?limit=99',
    );
    const holds = movements.filter(({ kind }) => kind === 'HOLD');
    expect(holds).toHaveLength(2);
    for (const { requestNo, bankSerialNo } of holds) {
      expect(items.find((order) => order.requestNo === requestNo)).toMatchObject({ kind: 'HOLD', bankSerial: bankSerialNo });
    }
    // In the order in which they were placed: the first order has the first hold.
    const holdNos = await Promise.all(
      [first, second].map(async (id) => (await customer!.door.get<{ holdNo: string }>(`/orders/${id}`)).holdNo),
    );
    expect(holdNos).toEqual(holds.map(({ refNo }) => refNo));
    expect(await faultsThatMissed()).toEqual([]);
    await daysAreQuiet();
  });

  it('forty orders at once for what is left do not oversell it, and an order for exactly the rest is taken (defect 5)', async () => {
    const story = await ListingStory.onSale(platform, borrower, { amountFen: 1_000_000, terms: { deadline: '2022-09-20' } });
    const wishes = Array.from({ length: 39 }, (_, index) => investors[index % investors.length]!);
    const answers = await Promise.all(
      wishes.map((investor) =>
        investor.door.ask('POST', `/listings/${story.id}/orders`, { body: { amountFen: 90_000 }, headers: investor.door.once() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(11);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    await story.takesOrder(investors[0]!, 10_000);
    const all = await story.orders();
    expect(all.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(1_000_000);
    await story.becomes('repaying');
  });
});
