import { formatYuan, parseYuan, sumFen } from '#kernel/money';
import { linesOf, parseBalanceLine, parseTransactionLine, readStatement, verify, type BatchItem, type StatementEvent } from '#bank/wire';
import { nextRequestNo, simulatedBank, type SimulatedBank, type Told } from '../support/simulated-bank';
import { rsaKeys } from '../support/raw-bank';
import { until } from '../support/until';

let bank: SimulatedBank;
let accounts: Record<'disbursement' | 'repayment' | 'advance' | 'suspense' | 'fee' | 'marketing', string>;

beforeAll(async () => {
  bank = await simulatedBank();
  accounts = (await bank.call('capabilities', {})).data['accounts'] as typeof accounts;
});
afterAll(() => bank.close());

interface Person {
  readonly customerNo: string;
  readonly accountNo: string;
}

function person(balanceFen: number, more: Record<string, unknown> = {}): Promise<Person> {
  return bank.sandbox<Person>('POST', '/sandbox/customers', { name: '张三', balanceFen, ...more });
}

let listings = 0;
async function aListing(borrower: Person, more: Record<string, unknown> = {}): Promise<string> {
  listings += 1;
  const listingNo = `L-${listings}`;
  const told = await bank.call('listings/register', {
    listingNo,
    amount: '1000.00',
    annualRate: '0.057500',
    termDays: 90,
    borrower: { customerNo: borrower.customerNo, name: '李四', accountNo: borrower.accountNo },
    payees: [],
    guarantor: null,
    status: 'COLLECTING',
    ...more,
  });
  expect(told).toMatchObject({ status: 'SUCCEEDED', verified: true });
  return listingNo;
}

async function hold(listingNo: string, investor: Person, amount: string): Promise<string> {
  const told = await bank.call('holds/place', { accountNo: investor.accountNo, listingNo, orderNo: nextRequestNo(), amount });
  expect(told.status).toBe('SUCCEEDED');
  return told.data['holdNo'] as string;
}

async function batch(kind: 'COLLECT' | 'REFUND' | 'RELEASE' | 'PAYOUT', listingNo: string, items: BatchItem[]) {
  const requestNo = nextRequestNo();
  const total = formatYuan(sumFen(items.map((item) => parseYuan(item.amount))));
  const body = { kind, listingNo, count: items.length, total, items };
  const told = await bank.call('batches/submit', body, { requestNo });
  expect(told.status).toBe('ACCEPTED');
  let state: Told | undefined;
  await until('the batch is decided', async () => {
    state = await bank.call('batches/query', { requestNo, limit: 1000 });
    return state.data['status'] === 'DONE' || state.data['status'] === 'REJECTED';
  });
  return {
    requestNo,
    data: state!.data as { status: string; code: string | null; items: { itemNo: string; status: string; code: string }[] },
  };
}

async function balance(accountNo: string, listingNo?: string): Promise<Record<string, unknown>> {
  return (await bank.call('accounts/balance', { accountNo, listingNo })).data;
}

async function transfer(body: Record<string, unknown>): Promise<Told> {
  return bank.call('transfers/submit', { ref: 'r', ...body } as never);
}

async function wholeBooks(): Promise<void> {
  const books = await bank.sandbox<{ totalFen: number }>('GET', '/sandbox/books');
  expect(books.totalFen).toBe(0);
}

describe('a request', () => {
  it('is acted on once; its number repeats the outcome, and refuses another body', async () => {
    const investor = await person(100_000);
    const listingNo = await aListing(await person(0));
    const body = { accountNo: investor.accountNo, listingNo, orderNo: 'o-1', amount: '600.00' };
    const requestNo = nextRequestNo();
    const answers = await Promise.all(Array.from({ length: 20 }, () => bank.call('holds/place', body, { requestNo })));
    expect(new Set(answers.map((told) => told.bankSerialNo)).size).toBe(1);
    expect(await balance(investor.accountNo)).toMatchObject({ available: '400.00', held: '600.00', total: '1000.00' });
    expect(await bank.call('holds/place', { ...body, amount: '1.00' }, { requestNo })).toMatchObject({
      http: 409,
      code: 'REQUEST_CONFLICT',
    });
    const asked = await bank.call('requests/query', { requestNo });
    expect(asked.data).toMatchObject({ status: 'SUCCEEDED', service: 'holds/place', bankSerialNo: answers[0]!.bankSerialNo });
  });

  it('that failed stays failed under its number, also when the money is there later', async () => {
    const investor = await person(100);
    const body = { accountNo: investor.accountNo, listingNo: await aListing(await person(0)), orderNo: 'o-2', amount: '600.00' };
    const requestNo = nextRequestNo();
    expect(await bank.call('holds/place', body, { requestNo })).toMatchObject({ status: 'FAILED', code: 'INSUFFICIENT_FUNDS' });
    await bank.sandbox('POST', `/sandbox/accounts/${investor.accountNo}/movements`, { kind: 'TOP_UP', amountFen: 100_000 });
    expect(await bank.call('holds/place', body, { requestNo })).toMatchObject({ status: 'FAILED', code: 'INSUFFICIENT_FUNDS' });
    expect(await bank.call('holds/place', body)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('whose number was closed is refused for ever, also when its first copy arrives later', async () => {
    const investor = await person(100_000);
    const requestNo = nextRequestNo();
    expect((await bank.call('requests/query', { requestNo })).code).toBe('NOT_FOUND');
    expect((await bank.call('requests/close', { requestNo })).data).toMatchObject({ status: 'CLOSED' });
    const body = { accountNo: investor.accountNo, listingNo: await aListing(await person(0)), orderNo: 'o-3', amount: '1.00' };
    expect(await bank.call('holds/place', body, { requestNo })).toMatchObject({ status: 'FAILED', code: 'REQUEST_CLOSED' });
    expect((await bank.call('requests/query', { requestNo })).data).toMatchObject({ status: 'CLOSED' });
    expect(await balance(investor.accountNo)).toMatchObject({ held: '0.00' });
    const done = nextRequestNo();
    await bank.call('holds/place', body, { requestNo: done });
    expect((await bank.call('requests/close', { requestNo: done })).data).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('that decides nothing leaves its number unused', async () => {
    const investor = await person(100_000);
    const body = { accountNo: investor.accountNo, listingNo: await aListing(await person(0)), orderNo: 'o-4', amount: '1.00' };
    const requestNo = nextRequestNo();
    const other = { requestNo, privateKeyPem: rsaKeys().privateKey };
    expect(await bank.call('holds/place', body, other)).toMatchObject({ http: 401, code: 'BAD_SIGNATURE' });
    expect(await bank.call('holds/place', body, { requestNo, platformNo: 'P0002' })).toMatchObject({ http: 401 });
    const stale = new Date(Date.now() - 10_000).toISOString();
    expect(await bank.call('holds/place', body, { requestNo, timestamp: stale })).toMatchObject({ http: 200, code: 'STALE_TIMESTAMP' });
    expect(await bank.call('holds/place', { ...body, amount: '0.00' }, { requestNo })).toMatchObject({ http: 400, code: 'MALFORMED' });
    expect(await bank.call('holds/place', { ...body, more: 1 } as never, { requestNo })).toMatchObject({ http: 400 });
    expect(await bank.call('holds/place', body, { requestNo, rawBody: '{' })).toMatchObject({ http: 400 });
    await bank.sandbox('POST', '/sandbox/faults', { kind: 'busy', requestNo });
    expect(await bank.call('holds/place', body, { requestNo })).toMatchObject({ http: 200, status: 'FAILED', code: 'SYSTEM_BUSY' });
    expect((await bank.call('requests/query', { requestNo })).code).toBe('NOT_FOUND');
    expect(await bank.call('holds/place', body, { requestNo })).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('the life of a listing', () => {
  it('goes from holds to payouts, and its statement says so', async () => {
    const borrower = await person(50_000);
    const insurer = await bank.sandbox<Person>('POST', '/sandbox/institutions', { name: '保险公司', balanceFen: 10_000_000 });
    const investors = [await person(100_000), await person(100_000), await person(100_000)];
    const listingNo = await aListing(borrower, { payees: [insurer.accountNo], guarantor: insurer.accountNo });
    const holds: string[] = [];
    for (const investor of investors) holds.push(await hold(listingNo, investor, '500.00'));

    expect((await bank.call('holds/release', { holdNo: holds[2]!, amount: '500.01' })).code).toBe('HOLD_ALREADY_USED');
    expect((await bank.call('holds/release', { holdNo: holds[2]!, amount: '500.00' })).status).toBe('SUCCEEDED');
    const item = (at: number, amount: string) => ({
      itemNo: `${listingNo}-c${at}`,
      holdNo: holds[at]!,
      from: investors[at]!.accountNo,
      to: accounts.disbursement,
      amount,
    });
    const collected = await batch('COLLECT', listingNo, [item(0, '500.00'), item(1, '450.00'), item(2, '1.00')]);
    expect(collected.data.items.map((each) => each.code)).toEqual(['OK', 'OK', 'HOLD_ALREADY_USED']);
    expect(await balance(accounts.disbursement, listingNo)).toMatchObject({ available: '950.00' });
    expect(await balance(investors[1]!.accountNo)).toMatchObject({ held: '50.00', total: '550.00' });
    const rest = {
      itemNo: `${listingNo}-r1`,
      holdNo: holds[1]!,
      from: investors[1]!.accountNo,
      to: investors[1]!.accountNo,
      amount: '50.00',
    };
    expect((await batch('RELEASE', listingNo, [rest])).data.items[0]!.status).toBe('SUCCEEDED');

    const D = accounts.disbursement;
    expect((await transfer({ kind: 'PREMIUM', listingNo, from: D, to: insurer.accountNo, amount: '28.50' })).status).toBe('SUCCEEDED');
    expect((await transfer({ kind: 'FEE', listingNo, from: D, to: accounts.fee, amount: '10.00' })).status).toBe('SUCCEEDED');
    expect((await transfer({ kind: 'DISBURSE', listingNo, from: D, to: borrower.accountNo, amount: '911.50' })).status).toBe('SUCCEEDED');
    expect((await bank.call('listings/update', { listingNo, status: 'REPAYING' })).status).toBe('SUCCEEDED');

    const repay = { kind: 'REPAY', listingNo, from: borrower.accountNo, to: accounts.repayment, amount: '300.00' };
    expect((await transfer(repay)).code).toBe('MANDATE_MISSING');
    const signed = await bank.call('mandates/sign', {
      accountNo: borrower.accountNo,
      kind: 'REPAY',
      maxAmount: '400.00',
      until: '2030-01-01',
      returnUrl: 'http://127.0.0.1:1/back',
    });
    expect((await transfer(repay)).code).toBe('MANDATE_MISSING');
    await fetch(`${String(signed.data['url'])}?auto=1`, { redirect: 'manual' });
    expect((await transfer({ ...repay, amount: '400.01' })).code).toBe('MANDATE_LIMIT');
    expect((await transfer({ ...repay, mandateNo: signed.data['mandateNo'] })).status).toBe('SUCCEEDED');
    expect((await transfer({ kind: 'ADVANCE', listingNo, from: insurer.accountNo, to: accounts.repayment, amount: '20.00' })).status).toBe(
      'SUCCEEDED',
    );

    const R = accounts.repayment;
    const payouts = investors
      .slice(0, 2)
      .map((investor, at) => ({ itemNo: `${listingNo}-p${at}`, from: R, to: investor.accountNo, amount: '160.00' }));
    expect((await batch('PAYOUT', listingNo, payouts)).data.items.every((each) => each.status === 'SUCCEEDED')).toBe(true);
    expect((await bank.call('listings/update', { listingNo, status: 'FINISHED' })).status).toBe('SUCCEEDED');
    await wholeBooks();
    await statementMatches();
  });

  it('succeeds or fails by groups', async () => {
    const listingNo = await aListing(await person(0));
    const [one, two] = [await person(10_000), await person(10_000)];
    const [first, second] = [await hold(listingNo, one, '50.00'), await hold(listingNo, two, '50.00')];
    await bank.sandbox('POST', `/sandbox/accounts/${two.accountNo}/freeze`);
    const to = accounts.disbursement;
    const items = [
      { itemNo: `${listingNo}-1`, holdNo: first, from: one.accountNo, to, amount: '50.00', group: 'a' },
      { itemNo: `${listingNo}-2`, holdNo: second, from: two.accountNo, to, amount: '50.00', group: 'b' },
      { itemNo: `${listingNo}-3`, from: accounts.marketing, to, amount: '5.00', group: 'a' },
      { itemNo: `${listingNo}-4`, from: accounts.marketing, to, amount: '5.00', group: 'b' },
    ];
    const { data } = await batch('COLLECT', listingNo, items);
    expect(data.items.map((each) => each.code)).toEqual(['OK', 'ACCOUNT_FROZEN', 'OK', 'ACCOUNT_FROZEN']);
    expect(await balance(accounts.disbursement, listingNo)).toMatchObject({ total: '55.00' });
    const again = await batch('COLLECT', listingNo, [{ ...items[0]!, group: 'c' }]);
    expect(again.data).toMatchObject({ status: 'REJECTED', code: 'BATCH_DUPLICATE_ITEM' });
    await wholeBooks();
  });

  it('ends a batch with a wrong total before anything runs', async () => {
    const listingNo = await aListing(await person(0));
    const investor = await person(10_000);
    const holdNo = await hold(listingNo, investor, '50.00');
    const requestNo = nextRequestNo();
    const items = [{ itemNo: `${listingNo}-x`, holdNo, from: investor.accountNo, to: accounts.disbursement, amount: '50.00' }];
    await bank.call('batches/submit', { kind: 'COLLECT', listingNo, count: 1, total: '50.01', items }, { requestNo });
    await until('the batch is rejected', async () => (await bank.call('requests/query', { requestNo })).data['status'] === 'FAILED');
    expect((await bank.call('requests/query', { requestNo })).data).toMatchObject({ code: 'BATCH_TOTAL_MISMATCH' });
    expect(await balance(investor.accountNo)).toMatchObject({ held: '50.00' });
  });
});

/** Lets the day end, reads both files back, and compares every account with its opening and its movements. */
async function statementMatches(): Promise<void> {
  const { bankDate } = await bank.sandbox<{ bankDate: string }>('GET', '/sandbox/clock');
  await bank.sandbox('POST', '/sandbox/clock/advance', { days: 1 });
  const list = await bank.call('statements/list', { bankDate });
  const files = list.data['files'] as { name: string; type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT'; sha256: string; signature: string }[];
  expect(files.map((file) => file.type).sort()).toEqual(['BALANCES', 'CREDIT', 'TRANSACTIONS']);
  const lines = new Map<string, string[]>();
  for (const file of files) {
    const told = await bank.call('statements/download', { name: file.name });
    expect(told.verified).toBe(true);
    expect(verify(told.bytes, file.signature, bank.bankPublicKeyPem)).toBe(true);
    const events: StatementEvent[] = [];
    for await (const event of readStatement([told.bytes], { type: file.type, bankDate, platformNo: 'P0001' })) events.push(event);
    expect(events.at(-1)).toMatchObject({ kind: 'end', fileSha256: file.sha256 });
    lines.set(
      file.type,
      events.flatMap((event) => (event.kind === 'lines' ? linesOf(event.bytes) : [])),
    );
    expect((await bank.call('statements/confirm', { name: file.name, sha256: file.sha256, result: 'CLEAN' })).status).toBe('SUCCEEDED');
  }
  const moved = new Map<string, bigint>();
  for (const text of lines.get('TRANSACTIONS')!) {
    const line = parseTransactionLine(text)!;
    if (line.status === 'FAILED' || line.kind === 'HOLD' || line.kind === 'RELEASE') continue;
    const key = (accountNo: string) =>
      accountNo === accounts.disbursement || accountNo === accounts.repayment ? `${accountNo}/${line.listingNo}` : `${accountNo}/`;
    moved.set(key(line.fromAccount), (moved.get(key(line.fromAccount)) ?? 0n) - line.amount);
    moved.set(key(line.toAccount), (moved.get(key(line.toAccount)) ?? 0n) + line.amount);
  }
  for (const text of lines.get('BALANCES')!) {
    const line = parseBalanceLine(text)!;
    expect(line.total).toBe(line.opening + (moved.get(`${line.accountNo}/${line.listingNo}`) ?? 0n));
    expect(line.total).toBe(line.available + line.held + line.otherFrozen);
  }
}
