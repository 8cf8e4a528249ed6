import type { TransferSubmission } from '#bank/wire';
import { nextRequestNo, simulatedBank, type SimulatedBank, type Told } from '../support/simulated-bank';
import { until } from '../support/until';

interface Person {
  readonly customerNo: string;
  readonly accountNo: string;
}

let bank: SimulatedBank;
let D: string;
let R: string;
let B: string;
let F: string;
let M: string;
let suspense: string;
let borrower: Person;
let stranger: Person;
let insurer: Person;
let otherInsurer: Person;
const corporate = { name: '某某有限公司', accountNo: '11001', cnapsCode: '102100099996' };
const COLLECTING = 'D-1';
const REPAYING = 'D-2';
const CORPORATE = 'D-3';

beforeAll(async () => {
  bank = await simulatedBank({ transferDelayMs: 600_000 });
  const accounts = (await bank.call('capabilities', {})).data['accounts'] as Record<string, string>;
  [D, R, B, F, M] = ['disbursement', 'repayment', 'advance', 'fee', 'marketing'].map((name) => accounts[name]!) as [
    string,
    string,
    string,
    string,
    string,
  ];
  suspense = accounts['suspense']!;
  const people = await bank.sandbox<Person[]>('POST', '/sandbox/customers', [
    { name: '借款人', balanceFen: 100_000_000 },
    { name: '路人', balanceFen: 100_000_000 },
  ]);
  [borrower, stranger] = people as [Person, Person];
  insurer = await bank.sandbox('POST', '/sandbox/institutions', { name: '保险', balanceFen: 100_000_000 });
  otherInsurer = await bank.sandbox('POST', '/sandbox/institutions', { name: '担保', balanceFen: 100_000_000 });
  for (const listingNo of [COLLECTING, REPAYING, CORPORATE]) await register(listingNo);
  await sign(borrower, 'REPAY');
  await sign(stranger, 'REPAY');
  for (const listingNo of [COLLECTING, REPAYING, CORPORATE]) {
    await bank.call('debits/place', { accountNo: stranger.accountNo, listingNo, orderNo: `o-${listingNo}`, amount: '100000.00' });
  }
  await bank.call('listings/update', { listingNo: REPAYING, status: 'REPAYING' });
  await transfer({ kind: 'MOVE', listingNo: REPAYING, from: D, to: R, amount: '10000.00' });
  await transfer({ kind: 'MOVE', listingNo: COLLECTING, from: D, to: R, amount: '10000.00' });
});
afterAll(() => bank.close());

async function register(listingNo: string): Promise<void> {
  const who = { customerNo: borrower.customerNo, name: '借款人' };
  const told = await bank.call('listings/register', {
    listingNo,
    amount: '100000.00',
    annualRate: '0.070000',
    termDays: 90,
    borrower: listingNo === CORPORATE ? { ...who, corporate } : { ...who, accountNo: borrower.accountNo },
    payees: [insurer.accountNo],
    guarantor: insurer.accountNo,
    status: 'COLLECTING',
  });
  expect(told.status).toBe('SUCCEEDED');
}

async function sign(person: Person, kind: 'REPAY'): Promise<void> {
  const told = await bank.call('mandates/sign', {
    accountNo: person.accountNo,
    kind,
    maxAmount: '1000000.00',
    until: '2030-01-01',
    returnUrl: 'http://127.0.0.1:1/back',
  });
  await fetch(String(told.data['url']), { method: 'POST', redirect: 'manual' });
}

function transfer(body: Omit<TransferSubmission, 'ref'>, requestNo?: string): Promise<Told> {
  return bank.call('transfers/submit', { ref: 'test', ...body }, { requestNo: requestNo ?? nextRequestNo() });
}

/** Letters as on the page; E is the borrower, X another customer's e-account, I the listing's institution, J another, S the borrower's. */
function account(letter: string): string {
  const known: Readonly<Record<string, string>> = {
    D,
    R,
    B,
    F,
    M,
    E: borrower.accountNo,
    X: stranger.accountNo,
    I: insurer.accountNo,
    J: otherInsurer.accountNo,
    S: `${suspense}.${borrower.customerNo}`,
  };
  return known[letter]!;
}

describe('a transfer', () => {
  it.each<[TransferSubmission['kind'], string, 'collecting' | 'repaying', string]>([
    ['PREMIUM', 'D→I', 'collecting', 'OK'],
    ['PREMIUM', 'F→I', 'collecting', 'OK'],
    ['PREMIUM', 'D→J', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['PREMIUM', 'D→E', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['PREMIUM', 'D→I', 'repaying', 'LISTING_STATE'],
    ['FEE', 'D→F', 'collecting', 'OK'],
    ['FEE', 'D→M', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['FEE', 'D→F', 'repaying', 'LISTING_STATE'],
    ['DISBURSE', 'D→E', 'repaying', 'OK'],
    ['DISBURSE', 'D→X', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['DISBURSE', 'R→E', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['REPAY', 'E→R', 'repaying', 'OK'],
    ['REPAY', 'E→R', 'collecting', 'LISTING_STATE'],
    ['REPAY', 'X→R', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['REPAY', 'E→D', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['ADVANCE', 'I→R', 'repaying', 'OK'],
    ['ADVANCE', 'J→R', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['ADVANCE', 'B→R', 'repaying', 'OK'],
    ['ADVANCE', 'B→R', 'collecting', 'LISTING_STATE'],
    ['ADVANCE', 'B→D', 'collecting', 'OK'],
    ['ADVANCE', 'I→D', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['PAYOUT', 'R→X', 'repaying', 'OK'],
    ['PAYOUT', 'D→X', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['RECOVER', 'R→I', 'repaying', 'OK'],
    ['RECOVER', 'R→J', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['RECOVER', 'R→B', 'collecting', 'OK'],
    ['RECOVER', 'I→B', 'collecting', 'OK'],
    ['RECOVER', 'F→B', 'collecting', 'OK'],
    ['RECOVER', 'E→B', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['PREMIUM_RETURN', 'I→D', 'collecting', 'OK'],
    ['PREMIUM_RETURN', 'I→R', 'repaying', 'OK'],
    ['PREMIUM_RETURN', 'I→E', 'repaying', 'OK'],
    ['PREMIUM_RETURN', 'I→X', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['PREMIUM_RETURN', 'J→D', 'collecting', 'PARTY_NOT_ALLOWED'],
    ['FEE_RETURN', 'F→D', 'collecting', 'OK'],
    ['FEE_RETURN', 'F→E', 'repaying', 'OK'],
    ['FEE_RETURN', 'F→X', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['MOVE', 'D→R', 'repaying', 'OK'],
    ['MOVE', 'R→D', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['MARKETING', 'M→D', 'collecting', 'OK'],
    ['MARKETING', 'M→X', 'repaying', 'OK'],
    ['MARKETING', 'M→R', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['PARK', 'R→S', 'repaying', 'OK'],
    ['PARK', 'D→S', 'collecting', 'OK'],
    ['PARK', 'E→S', 'repaying', 'PARTY_NOT_ALLOWED'],
    ['UNPARK', 'S→E', 'repaying', 'OK'],
    ['UNPARK', 'S→X', 'repaying', 'PARTY_NOT_ALLOWED'],
  ])('%s %s while %s: %s', async (kind, way, state, code) => {
    const [from, to] = way.split('→').map((letter) => account(letter)) as [string, string];
    const told = await transfer({ kind, listingNo: state === 'collecting' ? COLLECTING : REPAYING, from, to, amount: '1.00' });
    expect(told.code).toBe(code);
  });

  it('knows its listing, its accounts and their money', async () => {
    expect((await transfer({ kind: 'FEE', listingNo: 'none', from: D, to: F, amount: '1.00' })).code).toBe('LISTING_NOT_FOUND');
    expect((await transfer({ kind: 'PAYOUT', listingNo: REPAYING, from: R, to: 'nobody', amount: '1.00' })).code).toBe('ACCOUNT_NOT_FOUND');
    expect((await transfer({ kind: 'FEE', listingNo: COLLECTING, from: D, to: F, amount: '99999999.00' })).code).toBe('INSUFFICIENT_FUNDS');
    expect((await transfer({ kind: 'ADVANCE', listingNo: REPAYING, from: B, to: R, amount: '9999999999.00' })).code).toBe(
      'ADVANCE_DECLINED',
    );
  });

  it('out of one listing never takes what belongs to another', async () => {
    const there = (await bank.call('accounts/balance', { accountNo: D, listingNo: REPAYING })).data['available'] as string;
    const all = (await bank.call('accounts/balance', { accountNo: D })).data['available'] as string;
    expect(Number(all)).toBeGreaterThan(Number(there));
    expect((await transfer({ kind: 'MOVE', listingNo: REPAYING, from: D, to: R, amount: all })).code).toBe('INSUFFICIENT_FUNDS');
  });
});

describe('a transfer to a corporate account', () => {
  const disburse = (amount: string, more: object = {}) => ({
    kind: 'DISBURSE' as const,
    listingNo: CORPORATE,
    from: D,
    toCorporate: corporate,
    amount,
    ...more,
  });

  it('travels first: the amount stays on the source as held, and the advance of the clock decides', async () => {
    await bank.sandbox('POST', '/sandbox/clock/time', { time: '10:00' });
    const [large, small] = [nextRequestNo(), nextRequestNo()];
    expect(await transfer(disburse('50000.01'), large)).toMatchObject({ status: 'PROCESSING', data: { system: 'HVPS' } });
    expect(await transfer(disburse('50.00'), small)).toMatchObject({ status: 'PROCESSING', data: { system: 'BEPS' } });
    const balance = (await bank.call('accounts/balance', { accountNo: D, listingNo: CORPORATE })).data;
    expect(balance).toMatchObject({ held: '50050.01', total: '100000.00', available: '49949.99' });
    await bank.sandbox('POST', '/sandbox/faults', { kind: 'return_transfer', listingNo: CORPORATE, days: 2 });
    const returned = nextRequestNo();
    await transfer(disburse('10.00'), returned);
    const { bankDate } = await bank.sandbox<{ bankDate: string }>('GET', '/sandbox/clock');
    await bank.sandbox('POST', '/sandbox/clock/advance', {});
    expect((await bank.call('requests/query', { requestNo: large })).data).toMatchObject({ status: 'SUCCEEDED', bankDate });
    expect((await bank.call('requests/query', { requestNo: returned })).data).not.toHaveProperty('returned');
    await until('its notice came', () => bank.notices.some((notice) => notice.kind === 'TRANSFER_DONE' && notice.data.requestNo === large));
    await bank.sandbox('POST', '/sandbox/clock/advance', {});
    expect((await bank.call('requests/query', { requestNo: returned })).data).toMatchObject({
      status: 'SUCCEEDED',
      returned: { amount: '10.00' },
    });
    expect((await bank.call('accounts/balance', { accountNo: D, listingNo: CORPORATE })).data).toMatchObject({
      held: '0.00',
      total: '49949.99',
    });
    await until('it is told', () =>
      bank.notices.some((notice) => notice.kind === 'TRANSFER_RETURNED' && notice.data.requestNo === returned),
    );
  });

  it('fails when the other bank says so, and the amount is free again', async () => {
    await bank.sandbox('POST', '/sandbox/faults', { kind: 'processing_then_failure', listingNo: CORPORATE, delayMs: 10 });
    const requestNo = nextRequestNo();
    const before = (await bank.call('accounts/balance', { accountNo: D, listingNo: CORPORATE })).data;
    await transfer(disburse('5.00'), requestNo);
    await until('it failed', async () => (await bank.call('requests/query', { requestNo })).data['status'] === 'FAILED');
    expect((await bank.call('accounts/balance', { accountNo: D, listingNo: CORPORATE })).data).toEqual(before);
  });

  it('goes to the registered account at a bank that exists', async () => {
    expect((await transfer(disburse('5.00', { toCorporate: { ...corporate, accountNo: '22002' } }))).code).toBe('PARTY_NOT_ALLOWED');
    await bank.call('listings/update', {
      listingNo: CORPORATE,
      borrower: { customerNo: borrower.customerNo, name: '借款人', corporate: { ...corporate, cnapsCode: '000000000000' } },
    });
    const nowhere = disburse('5.00', { toCorporate: { ...corporate, cnapsCode: '000000000000' } });
    expect((await transfer(nowhere)).code).toBe('CNAPS_UNKNOWN');
  });

  it('takes the slow way while HVPS is closed', async () => {
    await bank.call('listings/update', { listingNo: CORPORATE, borrower: { customerNo: borrower.customerNo, name: '借款人', corporate } });
    await bank.call('debits/place', { accountNo: stranger.accountNo, listingNo: COLLECTING, orderNo: 'more', amount: '1.00' });
    await bank.sandbox('POST', '/sandbox/clock/time', { time: '20:00' });
    await transfer({ kind: 'ADVANCE', listingNo: CORPORATE, from: B, to: D, amount: '60000.00' });
    expect(await transfer(disburse('60000.00'))).toMatchObject({ status: 'PROCESSING', data: { system: 'BEPS' } });
  });
});

describe('an enterprise', () => {
  it('repays to its virtual number, and the platform hears of it', async () => {
    const { data } = await bank.call('listings/update', { listingNo: CORPORATE });
    const virtualNo = data['virtualNo'] as string;
    await bank.sandbox('POST', '/sandbox/incoming', { virtualNo, payerName: '某某有限公司', amountFen: 123_456, remark: '还款' });
    expect((await bank.call('accounts/balance', { accountNo: R, listingNo: CORPORATE })).data).toMatchObject({ total: '1234.56' });
    await until('its notice came', () => bank.notices.some((notice) => notice.kind === 'INCOMING' && notice.data.virtualNo === virtualNo));
  });
});
