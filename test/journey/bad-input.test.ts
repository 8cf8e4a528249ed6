import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import type { Asking, Door } from '../support/door';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { unclear } from '../support/problems';
import type { ProblemSeen } from '../support/problems';
import { changed, wholeState } from '../support/whole-state';
import type { WholeState } from '../support/whole-state';

const UNKNOWN = '01m80knpc6etargt3ecrj68kqe';

let platform: TestPlatform;
let investor: Person;
let borrower: Person;
let raising: ListingStory;
let lent: ListingStory;
let applied: ListingStory;
let frozenOrder: string;
let lentOrder: string;
let loanId: string;
let before: WholeState;

beforeAll(async () => {
  platform = await startPlatform();
  [investor] = (await bringPeople(platform, [{ balanceFen: 100_000_000 }])) as [Person];
  borrower = await bringBorrower(platform, { creditLimitFen: 1_000_000_000_00 });
  lent = await ListingStory.onSale(platform, borrower, {});
  await lent.isLent([investor]);
  lentOrder = (await lent.orders())[0]!.id;
  loanId = (await borrower.door.get<{ items: { id: string }[] }>('/loans')).items[0]!.id;
  raising = await ListingStory.onSale(platform, borrower, { terms: { minimumOrderFen: 10_000, stepFen: 5_000 } });
  frozenOrder = await raising.holdsOrder(investor, 100_000);
  applied = await ListingStory.applied(platform, borrower);
  before = await wholeState(platform);
});
afterAll(() => platform?.stop());
// After every single piece of bad input: nothing has changed, neither in our tables nor at the bank.
afterEach(async () => {
  const after = await wholeState(platform);
  const different = changed(before, after);
  before = after;
  expect(different).toEqual([]);
});

/** Asks, and expects a clear refusal. @returns its code */
async function refused(door: Door, method: string, path: string, asking: Asking = {}): Promise<string> {
  const answer = await door.ask<ProblemSeen>(method, path, { ...asking, headers: { ...door.once(), ...asking.headers } });
  expect({ path, text: answer.text, unclear: unclear(answer) }).toEqual({ path, text: answer.text, unclear: [] });
  return `${answer.status} ${answer.body.code}`;
}

const AMOUNTS: readonly (readonly [string, string])[] = [
  ['zero', '0'],
  ['negative', '-100'],
  ['a fraction', '100.5'],
  ['a fraction that is nearly whole', '100000.00000000001'],
  ['text', '"100000"'],
  ['text with nothing in it', '""'],
  ['beyond the safe integers', '9007199254740993'],
  ['beyond everything', '1e300'],
  ['a number that JSON cannot hold', '1e999'],
  ['null', 'null'],
  ['true', 'true'],
  ['a list', '[100000]'],
  ['an object', '{"fen":100000}'],
];

describe('an amount that is none', () => {
  it.each(AMOUNTS)('%s is refused wherever an amount is taken', async (_, amount) => {
    const application = `{"kind":"credit","amountFen":${amount},"annualRatePpm":100000,"termMonths":3,"method":"bullet","purpose":"auto"}`;
    const entered = `{"source":"bank_offline","borrowerNo":"${borrower.customerNo}",${application.slice(1)}`;
    const invalid = '400 REQUEST_INVALID';
    const { operator } = platform.office;
    expect(await refused(investor.door, 'POST', `/listings/${raising.id}/orders`, { raw: `{"amountFen":${amount}}` })).toBe(invalid);
    expect(await refused(borrower.door, 'POST', '/applications', { raw: application })).toBe(invalid);
    expect(await refused(borrower.door, 'POST', `/loans/${loanId}/payments`, { raw: `{"amountFen":${amount}}` })).toBe(invalid);
    expect(
      await refused(borrower.door, 'POST', '/mandates', { raw: `{"kind":"REPAY","until":"2030-01-01","maxAmountFen":${amount}}` }),
    ).toBe(invalid);
    expect(await refused(operator, 'POST', '/listings', { raw: entered })).toBe(invalid);
  });

  it('missing is refused, and so is an amount with a field that nobody knows', async () => {
    const path = `/listings/${raising.id}/orders`;
    expect(await refused(investor.door, 'POST', path, { body: {} })).toBe('400 REQUEST_INVALID');
    expect(await refused(investor.door, 'POST', path, { body: { amountFen: 100_000, amountYuan: 1_000 } })).toBe('400 REQUEST_INVALID');
    expect(await refused(investor.door, 'POST', path, { raw: '{"amountFen":100000,"__proto__":{"amountFen":1}}' })).toMatch(/^400 /);
  });

  it.each([
    ['below the minimum', 5_000, '422 ORDER_BELOW_MINIMUM'],
    ['off the step', 12_345, '422 ORDER_OFF_STEP'],
    ['above what is left', 950_000, '409 ORDER_ABOVE_REMAINDER'],
    ['that leaves less than anybody may order', 895_000, '409 REMAINDER_BELOW_MINIMUM'],
    ['of the largest whole number', Number.MAX_SAFE_INTEGER, '422 ORDER_OFF_STEP'],
  ])('%s is refused for its own reason', async (_, amountFen, code) => {
    expect(await refused(investor.door, 'POST', `/listings/${raising.id}/orders`, { body: { amountFen } })).toBe(code);
  });

  it('is more than any loan may be: refused when it is applied for', async () => {
    const loan = { kind: 'credit', annualRatePpm: 100_000, termMonths: 3, method: 'bullet', purpose: 'auto' };
    expect(await refused(borrower.door, 'POST', '/applications', { body: { ...loan, amountFen: Number.MAX_SAFE_INTEGER } })).toMatch(/^4/);
  });
});

describe('an id that is none', () => {
  const IDS = [
    UNKNOWN,
    'lst_',
    `lst_${UNKNOWN.toUpperCase()}`,
    '1',
    'null',
    "lst_' OR 1=1 --",
    '%E6%A0%87%E7%9A%84',
    `lst_${'0'.repeat(150)}`,
    '..%2F..%2Fme',
  ];

  it.each([`lst_${UNKNOWN}`, ...IDS])('%s is not found', async (id) => {
    const { operator, first } = platform.office;
    expect(await refused(investor.door, 'GET', `/listings/${encodeURI(id)}`)).toMatch(/^404 /);
    expect(await refused(investor.door, 'POST', `/listings/${encodeURI(id)}/orders`, { body: { amountFen: 100_000 } })).toMatch(/^404 /);
    expect(
      await refused(first, 'POST', `/listings/${encodeURI(id)}/reviews`, { body: { level: 1, decision: 'approve', reason: 'x' } }),
    ).toMatch(/^404 /);
    expect(await refused(operator, 'POST', `/listings/${encodeURI(id)}/withdrawal`, { body: { reason: 'x' } })).toMatch(/^404 /);
    const proposals = `/listings/${encodeURI(id)}/settlement`;
    expect(await refused(operator, 'POST', `${proposals}/decision-proposals`, { body: { decision: 'drop', reason: 'x' } })).toMatch(
      /^404 /,
    );
    expect(await refused(operator, 'POST', `${proposals}/repayment-to-borrower-proposals`, { body: { reason: 'x' } })).toMatch(/^404 /);
  });

  it('of another noun is not found', async () => {
    const { operator, checker, auditor } = platform.office;
    expect(await refused(investor.door, 'GET', `/orders/${raising.id}`)).toMatch(/^404 /);
    expect(await refused(investor.door, 'GET', `/listings/${frozenOrder}`)).toMatch(/^404 /);
    expect(await refused(investor.door, 'POST', `/orders/ord_${UNKNOWN}/cancellation`, { body: {} })).toMatch(/^404 /);
    expect(await refused(borrower.door, 'POST', `/loans/loan_${UNKNOWN}/payments`, { body: { amountFen: 100 } })).toMatch(/^404 /);
    expect(await refused(checker, 'POST', `/proposals/prp_${UNKNOWN}/approval`, { body: {} })).toMatch(/^404 /);
    expect(await refused(checker, 'POST', `/proposals/prp_${UNKNOWN}/rejection`, { body: {} })).toMatch(/^404 /);
    expect(await refused(operator, 'POST', `/bank-orders/bor_${UNKNOWN}/closing`, { body: {} })).toMatch(/^404 /);
    expect(await refused(operator, 'POST', `/breaks/brk_${UNKNOWN}/proposals`, { body: { decision: 'close', reason: 'x' } })).toMatch(
      /^404 /,
    );
    expect(await refused(auditor, 'GET', `/bank-orders/bor_${UNKNOWN}`)).toMatch(/^404 /);
    expect(await refused(auditor, 'GET', `/listings/lst_${UNKNOWN}/settlement`)).toMatch(/^404 /);
    expect(await refused(auditor, 'GET', '/no-such-place')).toBe('404 ROUTE_UNKNOWN');
  });

  it('of an institution that nobody registered cannot stand behind a listing', async () => {
    const body = { ...TERMS, guaranteeMode: 'insured', institutionId: `ins_${UNKNOWN}` };
    expect(await refused(platform.office.operator, 'PUT', `/listings/${applied.id}/terms`, { body })).toMatch(/^4(04|22) /);
  });
});

describe('a cursor that is none of ours', () => {
  const CURSORS = ['%', '[]', '["x"]', '["-1"]', '["99999999999999999999"]', '["1","2","3"]', '["a\\u0000b","c"]', '[1]', '{}', 'null'];

  it.each(CURSORS)('%s is refused by every list', async (text) => {
    const after = `?after=${Buffer.from(text).toString('base64url')}`;
    const { auditor } = platform.office;
    for (const list of ['/listings', '/orders', '/claims'])
      expect(await refused(investor.door, 'GET', `${list}${after}`)).toMatch(/^400 (CURSOR|REQUEST)_INVALID$/);
    const lists = [
      '/listings',
      `/listings/${lent.id}/orders`,
      '/returns',
      '/breaks',
      '/bank-orders',
      '/jobs/parked',
      '/audit-records',
      '/ledger/accounts',
    ];
    for (const list of lists) expect(await refused(auditor, 'GET', `${list}${after}`)).toMatch(/^400 (CURSOR|REQUEST)_INVALID$/);
  });

  it('nor are characters that no database keeps', async () => {
    const { operator, auditor } = platform.office;
    const path = `/listings/${raising.id}/withdrawal`;
    expect(await refused(operator, 'POST', path, { raw: '{"reason":"a\\u0000b"}' })).toBe('400 REQUEST_INVALID');
    expect(await refused(operator, 'POST', path, { raw: '{"reason":"\\ud83d"}' })).toBe('400 REQUEST_INVALID');
    expect(await refused(auditor, 'GET', '/ledger/accounts?accountNo=%00')).toBe('400 REQUEST_INVALID');
  });
});

const TERMS = { opensAt: '2022-09-01T00:00:00.000+08:00', deadline: '2022-09-05', guaranteeMode: 'channel' };

describe('a command that its state does not allow (defect 14: it answers, and changes nothing)', () => {
  it('is refused with the state it found', async () => {
    const { operator, first, second, checker } = platform.office;
    const review = (level: number) => ({ body: { level, decision: 'approve', reason: 'x' } });
    expect(await refused(first, 'POST', `/listings/${raising.id}/reviews`, review(1))).toBe('409 LISTING_STATE');
    expect(await refused(first, 'POST', `/listings/${applied.id}/reviews`, review(1))).toBe('409 LISTING_TERMS_MISSING');
    expect(await refused(second, 'POST', `/listings/${applied.id}/reviews`, review(2))).toMatch(/^409 /);
    expect(await refused(first, 'POST', `/listings/${applied.id}/reviews`, review(2))).toBe('403 FORBIDDEN');
    expect(await refused(operator, 'PUT', `/listings/${raising.id}/terms`, { body: TERMS })).toBe('409 LISTING_STATE');
    expect(await refused(operator, 'POST', `/listings/${raising.id}/withdrawal`, { body: { reason: 'x' } })).toBe(
      '409 LISTING_WITHDRAWAL_NEEDS_TWO',
    );
    expect(
      await refused(operator, 'POST', `/listings/${raising.id}/settlement/decision-proposals`, { body: { decision: 'drop', reason: 'x' } }),
    ).toMatch(/^4(04|09) SETTLEMENT_/);
    expect(
      await refused(operator, 'POST', `/listings/${lent.id}/settlement/decision-proposals`, { body: { decision: 'fail', reason: 'x' } }),
    ).toBe('409 SETTLEMENT_STATE');
    expect(
      await refused(operator, 'POST', `/listings/${lent.id}/settlement/repayment-to-borrower-proposals`, { body: { reason: 'x' } }),
    ).toBe('409 SETTLEMENT_STATE');
    expect(
      await refused(checker, 'POST', `/listings/${lent.id}/settlement/decision-proposals`, { body: { decision: 'fail', reason: 'x' } }),
    ).toBe('403 FORBIDDEN');
  });

  it('is refused to customers as well', async () => {
    expect(await refused(investor.door, 'POST', `/listings/${lent.id}/orders`, { body: { amountFen: 100_000 } })).toBe(
      '409 LISTING_DOOR_CLOSED',
    );
    expect(await refused(investor.door, 'POST', `/listings/${applied.id}/orders`, { body: { amountFen: 100_000 } })).toMatch(/^4(04|09) /);
    expect(await refused(borrower.door, 'POST', `/listings/${raising.id}/orders`, { body: { amountFen: 100_000 } })).toBe(
      '403 OWN_LISTING',
    );
    expect(await refused(investor.door, 'POST', `/orders/${lentOrder}/cancellation`, { body: {} })).toBe('409 ORDER_STATE');
    expect(await refused(borrower.door, 'POST', `/loans/${loanId}/payments`, { body: { amountFen: 100 } })).toBe('409 NOTHING_DUE');
  });

  it.each([
    ['a deadline that has passed', { deadline: '2022-08-31' }, '422 LISTING_TERMS_INVALID'],
    ['a deadline that is no day', { deadline: '2022-02-30' }, '400 REQUEST_INVALID'],
    ['an insurer without a name', { guaranteeMode: 'insured' }, '422 LISTING_TERMS_INVALID'],
    ['a premium above the whole', { premiumPpm: 1_000_001 }, '400 REQUEST_INVALID'],
    ['a rate that is a fraction', { serviceFeePpm: 0.5 }, '400 REQUEST_INVALID'],
    ['an opening that is no time', { opensAt: 'tomorrow' }, '400 REQUEST_INVALID'],
  ])('terms with %s are refused', async (_, wrong, code) => {
    expect(await refused(platform.office.operator, 'PUT', `/listings/${applied.id}/terms`, { body: { ...TERMS, ...wrong } })).toBe(code);
  });

  it('terms with null where a value may be left out are refused by that field', async () => {
    const fields = ['capPpm', 'graceDays', 'dayCount', 'workingDays', 'holdMode', 'audience', 'dropPolicy', 'premiumReturn', 'feeReturn'];
    for (const field of [...fields, 'overbookingPpm', 'premiumPpm', 'stepFen', 'institutionId']) {
      const answer = await platform.office.operator.ask<ProblemSeen>('PUT', `/listings/${applied.id}/terms`, {
        body: { ...TERMS, [field]: null },
        headers: platform.office.operator.once(),
      });
      expect({ field, status: answer.status, text: answer.text }).toMatchObject({
        status: 400,
        text: expect.stringContaining(`"${field}"`),
      });
    }
  });

  it('a term in months and in days at once is refused', async () => {
    const application = { kind: 'credit', amountFen: 100_000, annualRatePpm: 100_000, method: 'bullet', purpose: 'auto' };
    const both = { ...application, termMonths: 12, termDays: 33 };
    expect(await refused(borrower.door, 'POST', '/applications', { body: both })).toBe('400 REQUEST_INVALID');
    expect(await refused(borrower.door, 'POST', '/applications', { body: application })).toBe('400 REQUEST_INVALID');
    const entered = { source: 'bank_offline', borrowerNo: borrower.customerNo, ...both };
    expect(await refused(platform.office.operator, 'POST', '/listings', { body: entered })).toBe('400 REQUEST_INVALID');
  });

  it.each([0, 32, -1, 1.5, '1'])('%s is no number of days to advance', async (days) => {
    expect(await refused(platform.office.operator, 'POST', '/sandbox/clock/advance', { body: { days } })).toBe('400 REQUEST_INVALID');
  });
});

describe('a body that is none', () => {
  const path = (): string => `/listings/${raising.id}/orders`;
  const BODIES: readonly (readonly [string, Asking, string])[] = [
    ['larger than 100 kB', { raw: JSON.stringify({ amountFen: 100_000, note: 'x'.repeat(101 * 1024) }) }, '413 REQUEST_TOO_LARGE'],
    ['nested a thousand times', { raw: `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}` }, '400 REQUEST_TOO_DEEP'],
    ['lists in lists', { raw: `{"amountFen":${'['.repeat(5_000)}${']'.repeat(5_000)}}` }, '400 REQUEST_TOO_DEEP'],
    ['cut off', { raw: '{"amountFen":100000' }, '400 REQUEST_MALFORMED'],
    ['empty', { raw: '' }, '400 REQUEST_MALFORMED'],
    ['no JSON', { raw: 'amountFen=100000' }, '400 REQUEST_MALFORMED'],
    ['a list', { raw: '[{"amountFen":100000}]' }, '400 '],
    ['a number', { raw: '100000' }, '400 '],
    ['null', { raw: 'null' }, '400 '],
    ['of another type', { raw: '<order/>', headers: { 'content-type': 'text/xml' } }, '415 MEDIA_TYPE_UNSUPPORTED'],
    ['a form', { raw: 'amountFen=100000', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, '4'],
  ];

  it.each(BODIES)('%s is refused', async (_, asking, code) => {
    expect((await refused(investor.door, 'POST', path(), asking)).startsWith(code)).toBe(true);
  });

  it.each(['limit=0', 'limit=101', 'limit=ten', 'after=nonsense', 'state=unheard-of', 'order=no'])(
    'a list asked for with %s is refused',
    async (query) => {
      expect(await refused(investor.door, 'GET', `/listings?${query}`)).toMatch(/^400 /);
    },
  );
});
