import { signedHeaders } from '#bank/wire';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import type { Door, DoorAnswer } from '../support/door';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { unclear } from '../support/problems';
import type { ProblemSeen } from '../support/problems';
import { rsaKeys } from '../support/raw-bank';
import { until } from '../support/until';
import { changed, wholeState } from '../support/whole-state';

const AT_ONCE = 64;

let platform: TestPlatform;
let investor: Person;
let other: Person;
let borrower: Person;
let story: ListingStory;
let orders: string;

beforeAll(async () => {
  platform = await startPlatform();
  [investor, other] = (await bringPeople(platform, [{ balanceFen: 100_000_000 }, { balanceFen: 100_000_000 }])) as [Person, Person];
  borrower = await bringBorrower(platform, {});
  story = await ListingStory.onSale(platform, borrower, { amountFen: 10_000_000 });
  orders = `/listings/${story.id}/orders`;
});
afterAll(() => platform?.stop());

const withKey = (key: string, amountFen = 100_000) => ({ body: { amountFen }, headers: { 'idempotency-key': key } });
/** Asks, and expects a clear refusal that changes nothing. @returns its code */
async function refused(asked: () => Promise<DoorAnswer<ProblemSeen>>): Promise<string> {
  const before = await wholeState(platform);
  const answer = await asked();
  expect({ text: answer.text, unclear: unclear(answer) }).toEqual({ text: answer.text, unclear: [] });
  expect(changed(before, await wholeState(platform))).toEqual([]);
  return `${answer.status} ${answer.body.code}`;
}
const askedBy = (door: Door, path: string, asking: object) => () => door.ask<ProblemSeen>('POST', path, asking);

describe('an order that is sent again under its key', () => {
  it(`is one order, whether ${AT_ONCE} come at once or one comes later: the same bytes for each`, async () => {
    const count = (await story.orders()).length;
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => investor.door.ask('POST', orders, withKey('at-once'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
    const later = await investor.door.ask('POST', orders, withKey('at-once'));
    expect({ text: later.text, replayed: later.headers.get('idempotency-replayed') }).toEqual({ text: answers[0]!.text, replayed: 'true' });
    expect(await story.orders()).toHaveLength(count + 1);
  });

  it('is the same whatever the order of its fields', async () => {
    const headers = { 'idempotency-key': 'fields' };
    const first = await investor.door.ask('POST', orders, { raw: '{"amountFen":100000,"acceptsPart":false}', headers });
    const second = await investor.door.ask('POST', orders, { raw: '{ "acceptsPart": false, "amountFen": 100000 }', headers });
    expect(second.text).toBe(first.text);
  });

  it('with another amount is refused, and on another path too', async () => {
    expect(await refused(askedBy(investor.door, orders, withKey('at-once', 200_000)))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    const another = await ListingStory.onSale(platform, borrower, { amountFen: 1_000_000 });
    expect(await refused(askedBy(investor.door, `/listings/${another.id}/orders`, withKey('at-once')))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    const application = { kind: 'credit', amountFen: 100_000, annualRatePpm: 1, termMonths: 3, method: 'bullet', purpose: 'auto' };
    const asApplication = { body: application, headers: { 'idempotency-key': 'at-once' } };
    expect(await refused(askedBy(investor.door, '/applications', asApplication))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    await borrower.door.ask('POST', '/applications', { body: application, headers: { 'idempotency-key': 'an-application' } });
    expect(await refused(askedBy(borrower.door, orders, withKey('an-application')))).toMatch(/^4(03|22) /);
    expect((await other.door.ask('POST', '/applications', { body: application, headers: { 'idempotency-key': 'theirs' } })).status).toBe(
      201,
    );
    expect(await refused(askedBy(other.door, orders, withKey('theirs')))).toBe('422 IDEMPOTENCY_KEY_REUSED');
  });

  it('of another customer is his own', async () => {
    const count = (await story.orders()).length;
    const theirs = await other.door.ask<{ id: string }>('POST', orders, withKey('at-once'));
    const his = await investor.door.ask<{ id: string }>('POST', orders, withKey('at-once'));
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(his.body.id);
    expect(await story.orders()).toHaveLength(count + 1);
  });

  it('that was refused has not used its key up', async () => {
    expect(await refused(askedBy(investor.door, orders, withKey('second-try', -1)))).toBe('400 REQUEST_INVALID');
    expect(await refused(askedBy(investor.door, orders, withKey('second-try', 90_000_000)))).toBe('409 ORDER_ABOVE_REMAINDER');
    expect((await investor.door.ask('POST', orders, withKey('second-try'))).status).toBe(201);
  });
});

describe('a key that is none', () => {
  it.each([
    ['missing', {}, 'IDEMPOTENCY_KEY_MISSING'],
    ['empty', { 'idempotency-key': '' }, 'IDEMPOTENCY_KEY_INVALID'],
    ['of 256 characters', { 'idempotency-key': 'k'.repeat(256) }, 'IDEMPOTENCY_KEY_INVALID'],
    ['not ASCII', { 'idempotency-key': 'clé' }, 'IDEMPOTENCY_KEY_INVALID'],
    ['with a blank in it', { 'idempotency-key': 'a b' }, 'IDEMPOTENCY_KEY_INVALID'],
  ])('%s is refused by every command', async (_, headers: Record<string, string>, code) => {
    const { operator, first, checker } = platform.office;
    const terms = { opensAt: '2022-09-01T00:00:00.000+08:00', deadline: '2022-09-01', guaranteeMode: 'channel' };
    const application = { kind: 'credit', amountFen: 100_000, annualRatePpm: 1, termMonths: 3, method: 'bullet', purpose: 'auto' };
    const commands: readonly (readonly [Door, string, string, object])[] = [
      [investor.door, 'POST', orders, { amountFen: 100_000 }],
      [borrower.door, 'POST', '/applications', application],
      [investor.door, 'POST', '/orders/ord_01m80knpc6etargt3ecrj68kqe/cancellation', {}],
      [borrower.door, 'POST', '/loans/loan_01m80knpc6etargt3ecrj68kqe/payments', { amountFen: 100 }],
      [operator, 'PUT', `/listings/${story.id}/terms`, terms],
      [first, 'POST', `/listings/${story.id}/reviews`, { level: 1, decision: 'approve', reason: 'x' }],
      [operator, 'POST', `/listings/${story.id}/withdrawal`, { reason: 'x' }],
      [operator, 'POST', '/institutions', { name: 'x', kind: 'insurer', accountNo: '1' }],
      [checker, 'POST', '/proposals/prp_01m80knpc6etargt3ecrj68kqe/approval', {}],
    ];
    for (const [door, method, path, body] of commands) {
      expect(await refused(() => door.ask<ProblemSeen>(method, path, { body, headers }))).toBe(`400 ${code}`);
    }
  });
});

describe('an operator’s command that is sent again under its key', () => {
  it('is one act with one audit record', async () => {
    const { operator, auditor } = platform.office;
    const acts = async (): Promise<number> => (await auditor.pages('/audit-records')).length;
    const body = { source: 'bank_offline', borrowerNo: borrower.customerNo, kind: 'credit', amountFen: 1_000_000 };
    const entering = {
      body: { ...body, annualRatePpm: 1, termMonths: 3, method: 'bullet', purpose: 'auto' },
      headers: { 'idempotency-key': 'entered' },
    };
    const count = await acts();
    const answers = await Promise.all(Array.from({ length: 8 }, () => operator.ask<{ listingId: string }>('POST', '/listings', entering)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await acts()).toBe(count + 1);
    expect(
      await refused(
        askedBy(operator, '/institutions', { body: { name: 'x', kind: 'insurer', accountNo: '1' }, headers: entering.headers }),
      ),
    ).toBe('422 IDEMPOTENCY_KEY_REUSED');
  });
});

describe('a notice', () => {
  const stranger = rsaKeys();
  /** A notice as the bank sends it, but for what a test wants otherwise. */
  function notice(
    wrong: { platformNo?: string; timestamp?: string; key?: string; requestNo?: string; path?: string; noticeNo?: string } = {},
  ) {
    const noticeNo = wrong.noticeNo ?? 'N-OF-THE-TEST-1';
    const data = { accountNo: investor.accountNo, amount: '100.00', requestNo: null, bankSerialNo: 'B99' };
    const raw = JSON.stringify({ noticeNo, kind: 'TOP_UP', bankTime: '2022-09-01T10:00:00.000+08:00', bankDate: '2022-09-01', data });
    const { bank } = platform.running.secrets;
    const headers = signedHeaders({
      direction: 'request',
      method: 'POST',
      path: wrong.path ?? '/bank/notices',
      platformNo: wrong.platformNo ?? 'P0001',
      requestNo: wrong.requestNo ?? noticeNo,
      timestamp: wrong.timestamp ?? new Date().toISOString(),
      keySerial: 'bank-1',
      body: raw,
      privateKeyPem: wrong.key ?? bank.privateKey,
    });
    return { raw, headers: { ...headers } };
  }
  const told = (asking: { raw?: string; headers?: Record<string, string> }) =>
    refused(askedBy(platform.customerApi, '/bank/notices', asking));

  it('is heard once when it is the bank’s, however often it comes', async () => {
    const first = await platform.customerApi.ask('POST', '/bank/notices', notice());
    expect({ status: first.status, body: first.body }).toEqual({ status: 200, body: { received: true } });
    const before = await wholeState(platform);
    const again = await Promise.all(Array.from({ length: 10 }, () => platform.customerApi.ask('POST', '/bank/notices', notice())));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
    expect(changed(before, await wholeState(platform))).toEqual([]);
  });

  it.each([
    ['unsigned', () => ({ raw: notice().raw })],
    ['signed by a stranger', () => notice({ noticeNo: 'N-2', key: stranger.privateKey })],
    ['for another platform', () => notice({ noticeNo: 'N-3', platformNo: 'P0002' })],
    ['of an hour ago, sent again', () => notice({ noticeNo: 'N-4', timestamp: new Date(Date.now() - 3_600_000).toISOString() })],
    ['of the day after', () => notice({ noticeNo: 'N-5', timestamp: new Date(Date.now() + 86_400_000).toISOString() })],
    ['signed for another path', () => notice({ noticeNo: 'N-6', path: '/bank/other' })],
    ['under the number of another one', () => notice({ noticeNo: 'N-7', requestNo: 'N-8' })],
    [
      'with another amount than was signed',
      () => ({ ...notice({ noticeNo: 'N-9' }), raw: notice({ noticeNo: 'N-9' }).raw.replace('100.00', '200.00') }),
    ],
    ['signed, and no JSON', () => ({ ...notice({ noticeNo: 'N-10' }), raw: 'TOP_UP' })],
    ['with nothing in it', () => ({ ...notice({ noticeNo: 'N-11' }), raw: '{}' })],
  ])('%s is refused', async (_, made: () => { raw: string; headers?: Record<string, string> }) => {
    expect(await told(made())).toMatch(/^4(00|01) /);
  });

  it('is a bell and not a word: what it claims about money is asked of the bank', async () => {
    await until('the order is frozen', async () => (await story.orders()).every(({ state }) => state === 'frozen'));
    const { items } = await platform.office.auditor.get<{ items: { requestNo: string; kind: string }[] }>('/bank-orders?limit=99');
    const hold = items.find(({ kind }) => kind === 'HOLD')!;
    const raw = JSON.stringify({
      noticeNo: 'N-20',
      kind: 'TRANSFER_RETURNED',
      bankTime: '2022-09-01T10:00:00.000+08:00',
      bankDate: '2022-09-01',
      data: { requestNo: hold.requestNo, amount: '1000.00', bankSerialNo: 'B99', originalBankSerialNo: 'B98', bankDate: '2022-09-01' },
    });
    const { privateKey: privateKeyPem } = platform.running.secrets.bank;
    const timestamp = new Date().toISOString();
    const envelope = {
      direction: 'request',
      method: 'POST',
      path: '/bank/notices',
      platformNo: 'P0001',
      requestNo: 'N-20',
      keySerial: 'bank-1',
    } as const;
    const headers = { ...signedHeaders({ ...envelope, timestamp, body: raw, privateKeyPem }) };
    const before = await wholeState(platform);
    expect((await platform.customerApi.ask('POST', '/bank/notices', { raw, headers })).status).toBe(200);
    expect(changed(before, await wholeState(platform)).filter((table) => !['bank_notice', 'job'].includes(table))).toEqual([]);
  });
});
