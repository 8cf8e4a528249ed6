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
const MODES = ['freeze', 'debit'] as const;

/** A return as operators see it; amounts in fen. */
interface ReturnSeen {
  readonly id: string;
  readonly state: string;
  readonly customerMasked: string | null;
  readonly cause: string;
  readonly amountFen: number;
  readonly attempts: number;
  readonly lastCode: string | null;
  readonly ageWorkingDays: number | null;
  readonly alarm: boolean;
}

let platform: TestPlatform;
let books: BothBooks;
/** Listings that were allocated at least once. */
const allocated: ListingStory[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  books = new BothBooks(platform);
});
afterAll(() => platform?.stop());

const bringInvestors = (count: number): Promise<Person[]> =>
  bringPeople(
    platform,
    Array.from({ length: count }, () => ({ balanceFen: BALANCE_FEN })),
  );
const onSale = async (terms: Readonly<Record<string, unknown>>): Promise<ListingStory> =>
  ListingStory.onSale(platform, await bringBorrower(platform, {}), { amountFen: AMOUNT_FEN, terms });
const hasEverything = async (person: Person): Promise<void> =>
  expect(await books.bankAccount(person.accountNo)).toMatchObject({ availableFen: BALANCE_FEN, heldFen: 0, totalFen: BALANCE_FEN });
const returnsOf = ({ id }: ListingStory, more = ''): Promise<ReturnSeen[]> =>
  platform.office.auditor.pages<ReturnSeen>(`/returns?listing=${id}${more}`);
const lineIsBack = ({ borrower }: ListingStory): Promise<void> =>
  until('the credit line is given back', async () => {
    const { lines } = await platform.bank.get<{ lines: { customerNo: string; usedFen: number }[] }>('/sandbox/credit');
    return lines.find(({ customerNo }) => customerNo === borrower.customerNo)?.usedFen === 0;
  });

describe('an operator who takes a listing back while it raises', () => {
  it.each(MODES)('needs another person; then every fen and the credit line go back (hold mode %s)', async (holdMode) => {
    const [anna, bert] = await bringInvestors(2);
    const story = await onSale({ holdMode });
    await story.holdsOrder(anna!, 300_000);
    await story.holdsOrder(bert!, 200_000);
    const { operator, checker, auditor } = platform.office;
    const alone = await operator.ask('POST', `/listings/${story.id}/withdrawal`, { body: { reason: '误上架' }, headers: operator.once() });
    expect([alone.status, alone.body['code']]).toEqual([409, 'LISTING_WITHDRAWAL_NEEDS_TWO']);
    const { proposalId } = await operator.post<{ proposalId: string }>(`/listings/${story.id}/withdrawal-proposals`, {
      reason: '融资人申请撤回',
    });
    expect(await auditor.get('/open-items')).toMatchObject({ proposals: 1 });
    expect((await operator.ask('POST', `/proposals/${proposalId}/approval`, { body: {}, headers: operator.once() })).status).toBe(403);
    expect(await story.state()).toBe('raising');
    await checker.post(`/proposals/${proposalId}/approval`);
    await story.becomes('failed');
    expect((await story.orders()).map(({ state }) => state)).toEqual(['left_out', 'left_out']);
    expect((await returnsOf(story, '&state=done')).map(({ cause, state }) => [cause, state])).toEqual([
      ['withdrawn', 'done'],
      ['withdrawn', 'done'],
    ]);
    await Promise.all([hasEverything(anna!), hasEverything(bert!), lineIsBack(story)]);
    expect(await auditor.get<object>(`/listings/${story.id}`)).toMatchObject({ state: 'failed' });
    expect(await books.left()).toEqual([]);
  });
});

describe('a customer who takes his order back', () => {
  it.each(MODES)('has his money again, and another one has his place (hold mode %s)', async (holdMode) => {
    const [anna, bert] = await bringInvestors(2);
    const story = await onSale({ holdMode });
    const order = await story.holdsOrder(anna!, AMOUNT_FEN - 100_000);
    const cancellation = `/orders/${order}/cancellation`;
    expect(await anna!.door.post(cancellation)).toMatchObject({ state: 'cancelled' });
    const again = await anna!.door.ask('POST', cancellation, { body: {}, headers: anna!.door.once() });
    expect([again.status, again.body]).toMatchObject([409, { code: 'ORDER_STATE' }]);
    expect(again.text).toMatch(/订单已经结束.*the order has ended/);
    await story.isLent([bert!]);
    allocated.push(story);
    await until('the money is back', async () => (await books.bankAccount(anna!.accountNo)).availableFen === BALANCE_FEN);
    await hasEverything(anna!);
    expect((await books.bankAccount(bert!.accountNo)).totalFen).toBe(BALANCE_FEN - AMOUNT_FEN);
    expect(await books.left()).toEqual([]);
  });
});

describe('a raise that reaches its minimum at the deadline', () => {
  it.each(MODES)('settles with what is there (hold mode %s)', async (holdMode) => {
    const [anna] = await bringInvestors(1);
    const story = await onSale({ holdMode, minimumRaisePpm: 600_000 });
    await story.holdsOrder(anna!, 600_000);
    await platform.advance(1);
    await story.becomes('repaying');
    allocated.push(story);
    expect((await story.orders()).map(({ state, collectedFen }) => [state, collectedFen])).toEqual([['lent', 600_000]]);
    expect(await platform.office.auditor.get(`/listings/${story.id}`)).toMatchObject({ amountFen: 600_000, appliedFen: AMOUNT_FEN });
  });
});

describe('a freeze of which only the statement tells, after the allocation', () => {
  it.each(MODES)('is given back, although it was the first of all (hold mode %s)', async (holdMode) => {
    const [late, other] = await bringInvestors(2);
    const story = await onSale({ holdMode, overbookingPpm: 500_000 });
    const service = holdMode === 'freeze' ? 'holds/place' : 'debits/place';
    await platform.bank.post('/sandbox/faults', { kind: 'silent_until_statement', service, accountNo: late!.accountNo });
    const order = await story.takesOrder(late!, 400_000);
    await until('the bank has it', async () => (await books.bankAccount(late!.accountNo)).availableFen === BALANCE_FEN - 400_000);
    await story.takesOrder(other!, AMOUNT_FEN);
    await story.becomes('repaying');
    allocated.push(story);
    expect((await story.orders()).find(({ id }) => id === order)!.state).toBe('freezing');
    await platform.advance(1);
    await until('it is given back', async () => (await books.bankAccount(late!.accountNo)).availableFen === BALANCE_FEN);
    expect((await story.orders()).find(({ id }) => id === order)!.state).toBe('left_out');
    expect((await returnsOf(story, '&state=done')).map(({ cause, amountFen }) => [cause, amountFen])).toEqual([['late_freeze', 400_000]]);
    await hasEverything(late!);
  });
});

describe('a refund to an account that was closed', () => {
  it('is tried every day, carries an alarm, lies in suspense at last, and is paid when there is an account again (defect 32)', async () => {
    const [leaver] = await bringInvestors(1);
    const story = await onSale({ holdMode: 'debit', minimumRaisePpm: 1_000_000 });
    await story.holdsOrder(leaver!, 700_000);
    await platform.bank.post(`/sandbox/accounts/${leaver!.accountNo}/close`);
    await platform.advance(1);
    const { operator, auditor, checker } = platform.office;
    await until('the bank has refused it', async () => (await returnsOf(story))[0]?.state === 'due');
    const [refused] = await returnsOf(story);
    expect(refused).toMatchObject({ attempts: 1, lastCode: 'ACCOUNT_CLOSED', alarm: false, amountFen: 700_000, cause: 'failed' });
    expect(refused!.customerMasked).toMatch(/\*|＊/);
    expect(JSON.stringify(refused)).not.toContain(leaver!.name);
    expect((await checker.ask('POST', `/returns/${refused!.id}/retry`, { body: {}, headers: checker.once() })).status).toBe(403);
    const key = { body: {}, headers: operator.once() };
    const answers = await Promise.all([1, 2, 3].map(() => operator.ask('POST', `/returns/${refused!.id}/retry`, key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await until(
      'it was tried once more',
      async () => (await returnsOf(story))[0]!.attempts === 2 && (await returnsOf(story))[0]!.state === 'due',
    );
    const alarms = async (): Promise<number> => (await auditor.get<{ returns: { alarms: number } }>('/open-items')).returns.alarms;
    for (let days = 0; (await alarms()) === 0; days += 1) {
      expect(days).toBeLessThan(8);
      await platform.advance(1);
    }
    expect(await returnsOf(story, '&alarm=true')).toMatchObject([{ alarm: true, ageWorkingDays: 2, state: 'due' }]);
    for (let days = 0; (await returnsOf(story))[0]!.state !== 'parked'; days += 1) {
      expect(days).toBeLessThan(8);
      await platform.advance(1);
    }
    await story.becomes('failed');
    expect((await books.bankAccounts()).filter(({ kind, totalFen }) => kind === 'S' && totalFen !== 0)).toMatchObject([
      { totalFen: 700_000 },
    ]);
    const { openingUrl } = await leaver!.door.post<{ openingUrl: string }>('/account/opening', {
      name: '客户甲',
      idNumber: '11010519491231002X',
      cardNo: '6222020000000000001',
      mobile: '13800001234',
    });
    await new Browser().visit(openingUrl, platform.customerApi.url, {});
    await leaver!.door.post('/account/refresh');
    await operator.post(`/returns/${refused!.id}/retry`);
    await until('it is paid', async () => (await returnsOf(story)).length === 0);
    expect(await books.left()).toEqual([]);
    expect((await books.bankAccounts()).filter(({ kind, totalFen }) => kind === 'E' && totalFen === 700_000)).toHaveLength(1);
  });
});

describe('after all that', () => {
  it('every allocation is told again from the log, byte by byte', async () => {
    expect(allocated.length).toBe(6);
    for (const { listingNo } of allocated) {
      const { code, stdout } = await platform.command('allocate', '--listing', listingNo, '--replay', '--json');
      const { rounds, ...rest } = JSON.parse(stdout) as { rounds: { differences: string[] }[]; reproduced: boolean };
      expect([rounds.flatMap(({ differences }) => differences), rest, code]).toEqual([
        [],
        { listingNo, reproduced: true, withoutReceipt: [] },
        0,
      ]);
    }
  });

  it('every day is reconciled, the ledger is the bank, and every invariant holds', async () => {
    await platform.advance(1);
    const days = await books.endedDays();
    expect(days.filter(({ businessDay, reconciliation }) => businessDay !== 'closed' || reconciliation === 'open')).toEqual([]);
    expect(await books.differences()).toEqual([]);
    expect(await books.complaints()).toEqual([]);
    expect((await platform.office.auditor.get<{ items: unknown[] }>('/jobs/parked')).items).toEqual([]);
  });
});
