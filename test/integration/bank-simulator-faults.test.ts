import { linesOf, readStatement, type ServiceBody, type StatementEvent, type StatementFault, type StatementType } from '#bank/wire';
import { nextRequestNo, simulatedBank, type SimulatedBank } from '../support/simulated-bank';
import { until } from '../support/until';

let bank: SimulatedBank;
let investor: { customerNo: string; accountNo: string };
const listingNo = 'F-1';
let disbursement: string;

beforeAll(async () => {
  bank = await simulatedBank();
  disbursement = (await bank.call('capabilities', {})).data['accounts']!['disbursement' as never];
  investor = await bank.sandbox('POST', '/sandbox/customers', { name: '王五', balanceFen: 100_000_000 });
  await bank.call('listings/register', {
    listingNo,
    amount: '900000.00',
    annualRate: '0.057500',
    termDays: 90,
    borrower: { customerNo: investor.customerNo, name: '王五', accountNo: investor.accountNo },
    payees: [],
    guarantor: null,
    status: 'COLLECTING',
  });
});
afterAll(() => bank.close());
beforeEach(() => bank.sandbox('DELETE', '/sandbox/faults'));

function order(orderNo: string, amount = '10.00'): ServiceBody<'holds/place'> {
  return { accountNo: investor.accountNo, listingNo, orderNo, amount };
}

async function held(): Promise<unknown> {
  return (await bank.call('accounts/balance', { accountNo: investor.accountNo })).data['held'];
}

async function stateOf(requestNo: string): Promise<unknown> {
  const told = await bank.call('requests/query', { requestNo });
  return told.code === 'NOT_FOUND' ? 'NOT_FOUND' : told.data['status'];
}

async function hitsOf(id: string): Promise<number> {
  const { faults } = await bank.sandbox<{ faults: { id: string; hits: number }[] }>('GET', '/sandbox/faults');
  return faults.find((fault) => fault.id === id)!.hits;
}

async function plan(fault: Record<string, unknown>): Promise<void> {
  const planned = await bank.sandbox<{ faults?: unknown[]; error?: unknown }>('POST', '/sandbox/faults', fault);
  expect(planned.error).toBeUndefined();
}

/** What is read of the first and of the last version of a day's file. */
async function versionsOf(
  bankDate: string,
  type: StatementType,
): Promise<{ version: number; end: StatementFault | 'end'; lines: string[] }[]> {
  const { data } = await bank.call('statements/list', { bankDate });
  const read = [];
  for (const file of (data['files'] as { name: string; type: StatementType; version: number }[]).filter((each) => each.type === type)) {
    const { bytes } = await bank.call('statements/download', { name: file.name });
    const events: StatementEvent[] = [];
    for await (const event of readStatement([bytes], { type })) events.push(event);
    const last = events.at(-1)!;
    const lines = events.flatMap((event) => (event.kind === 'lines' ? linesOf(event.bytes) : []));
    read.push({ version: file.version, end: last.kind === 'broken' ? last.why : ('end' as const), lines });
  }
  return read;
}

async function endDay(): Promise<string> {
  const { bankDate } = await bank.sandbox<{ bankDate: string }>('GET', '/sandbox/clock');
  await bank.sandbox('POST', '/sandbox/clock/advance', {});
  return bankDate;
}

describe('a planned fault of a call', () => {
  it.each([
    ['drop_answer', true, undefined],
    ['drop_request', false, undefined],
    ['answer_500', true, 500],
    ['busy', false, 200],
  ])('%s: acted %p, and the number stays good', async (kind, acted, http) => {
    const before = await held();
    const requestNo = nextRequestNo();
    await plan({ id: kind, kind, service: 'holds/place', orderNo: `${kind}-1` });
    expect((await bank.call('holds/place', order('somebody-else'))).status).toBe('SUCCEEDED');
    const struck = await bank.call('holds/place', order(`${kind}-1`), { requestNo });
    expect(struck.http).toBe(http);
    expect(await stateOf(requestNo)).toBe(acted ? 'SUCCEEDED' : 'NOT_FOUND');
    expect((await bank.call('holds/place', order(`${kind}-1`), { requestNo })).status).toBe('SUCCEEDED');
    expect(Number(await held())).toBe(Number(before) + 20);
    expect(await hitsOf(kind)).toBe(1);
  });

  it('processing_then_success and processing_then_failure decide later, under the same number', async () => {
    const [good, bad] = [nextRequestNo(), nextRequestNo()];
    await plan({ kind: 'processing_then_success', orderNo: 'later-1', delayMs: 20 });
    await plan({ kind: 'processing_then_failure', orderNo: 'later-2', delayMs: 20, code: 'INSUFFICIENT_FUNDS' });
    expect((await bank.call('holds/place', order('later-1'), { requestNo: good })).status).toBe('PROCESSING');
    expect((await bank.call('holds/place', order('later-2'), { requestNo: bad })).status).toBe('PROCESSING');
    await until('both are decided', async () => (await stateOf(good)) === 'SUCCEEDED' && (await stateOf(bad)) === 'FAILED');
    expect((await bank.call('holds/place', order('later-1'), { requestNo: good })).data['holdNo']).toBeDefined();
    expect((await bank.call('requests/query', { requestNo: bad })).data).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  });

  it('silent_until_statement says nothing until its statement was confirmed, but the statement has it', async () => {
    const requestNo = nextRequestNo();
    await plan({ kind: 'silent_until_statement', orderNo: 'mute-1' });
    expect((await bank.call('holds/place', order('mute-1'), { requestNo })).http).toBeUndefined();
    expect(await stateOf(requestNo)).toBe('PROCESSING');
    const bankDate = await endDay();
    expect(await stateOf(requestNo)).toBe('PROCESSING');
    const [file] = await versionsOf(bankDate, 'TRANSACTIONS');
    expect(file!.lines.filter((line) => line.startsWith(`D|${requestNo}||HOLD|`)).length).toBe(1);
    const { data } = await bank.call('statements/list', { bankDate });
    const entry = (data['files'] as { name: string; sha256: string; type: string }[]).find((each) => each.type === 'TRANSACTIONS')!;
    await bank.call('statements/confirm', { name: entry.name, sha256: entry.sha256, result: 'CLEAN' });
    expect(await stateOf(requestNo)).toBe('SUCCEEDED');
  });

  it('judicial_freeze comes before the call that it strikes', async () => {
    const poor = await bank.sandbox<{ accountNo: string }>('POST', '/sandbox/customers', { name: '赵六', balanceFen: 10_000 });
    await plan({ kind: 'judicial_freeze', service: 'holds/place', accountNo: poor.accountNo });
    const struck = await bank.call('holds/place', { ...order('court-1'), accountNo: poor.accountNo });
    expect(struck).toMatchObject({ status: 'FAILED', code: 'JUDICIAL_FREEZE' });
    const { data } = await bank.call('accounts/balance', { accountNo: poor.accountNo });
    expect(data).toMatchObject({ available: '0.00', otherFrozen: '100.00', total: '100.00' });
    await bank.sandbox('POST', `/sandbox/accounts/${poor.accountNo}/unfreeze`);
    expect((await bank.call('holds/place', { ...order('court-2'), accountNo: poor.accountNo })).status).toBe('SUCCEEDED');
  });

  it('fail_item strikes the item of an order, and the rest goes on', async () => {
    const holds = [];
    for (const orderNo of ['item-1', 'item-2']) holds.push((await bank.call('holds/place', order(orderNo))).data['holdNo'] as string);
    await plan({ id: 'item', kind: 'fail_item', orderNo: 'item-2', code: 'ACCOUNT_CLOSED' });
    const requestNo = nextRequestNo();
    const items = holds.map((holdNo, at) => ({
      itemNo: `fail-${at}`,
      holdNo,
      from: investor.accountNo,
      to: disbursement,
      amount: '10.00',
    }));
    await bank.call('batches/submit', { kind: 'COLLECT', listingNo, count: 2, total: '20.00', items }, { requestNo });
    await until('the batch is done', async () => (await stateOf(requestNo)) === 'SUCCEEDED');
    const told = await bank.call('batches/query', { requestNo, limit: 10 });
    expect((told.data['items'] as { code: string }[]).map((item) => item.code)).toEqual(['OK', 'ACCOUNT_CLOSED']);
    expect(await hitsOf('item')).toBe(1);
    await until('its notice came', () =>
      bank.notices.some((notice) => notice.kind === 'BATCH_DONE' && notice.data.requestNo === requestNo),
    );
  });

  it('bounce_withdrawal brings the money back a day later, under the number of the withdrawal', async () => {
    const requestNo = nextRequestNo();
    await plan({ kind: 'bounce_withdrawal', accountNo: investor.accountNo });
    const before = (await bank.call('accounts/balance', { accountNo: investor.accountNo })).data['total'];
    await bank.call('accounts/withdraw', { accountNo: investor.accountNo, amount: '7.00' }, { requestNo });
    await endDay();
    expect((await bank.call('accounts/balance', { accountNo: investor.accountNo })).data['total']).toBe(before);
    expect((await bank.call('requests/query', { requestNo })).data).toMatchObject({ status: 'SUCCEEDED', returned: { amount: '7.00' } });
    await until('its notice came', () => bank.notices.some((notice) => notice.kind === 'WITHDRAWAL_BOUNCED'));
    const [file] = await versionsOf(await endDay(), 'TRANSACTIONS');
    expect(file!.lines.some((line) => line.startsWith(`D|${requestNo}||RETURN|B`))).toBe(true);
  });

  it('by chance depends on its seed only', async () => {
    const struck: boolean[][] = [];
    for (let round = 0; round < 2; round += 1) {
      await bank.sandbox('DELETE', '/sandbox/faults');
      await plan({ id: 'chance', kind: 'busy', service: 'capabilities', probability: 0.5, seed: 7 });
      const answers = [];
      for (let call = 0; call < 20; call += 1) answers.push((await bank.call('capabilities', {})).code === 'SYSTEM_BUSY');
      struck.push(answers);
    }
    expect(struck[0]).toEqual(struck[1]);
    expect(new Set(struck[0]).size).toBe(2);
  });
});

describe('a planned fault of a notice', () => {
  it('sends it several times, or late', async () => {
    await plan([
      { kind: 'duplicate_notice', noticeKind: 'TOP_UP', copies: 3 },
      { kind: 'late_notice', noticeKind: 'WITHDRAWAL', days: 1 },
    ] as never);
    const heard = (kind: string): number => bank.notices.filter((notice) => notice.kind === kind).length;
    const withdrawals = heard('WITHDRAWAL');
    const topUps = heard('TOP_UP');
    const path = `/sandbox/accounts/${investor.accountNo}/movements`;
    await bank.sandbox('POST', path, { kind: 'WITHDRAW', amountFen: 100 });
    await bank.sandbox('POST', path, { kind: 'TOP_UP', amountFen: 100 });
    await until('three copies came', () => heard('TOP_UP') === topUps + 3);
    expect(heard('WITHDRAWAL')).toBe(withdrawals);
    await endDay();
    await until('the late one came', () => heard('WITHDRAWAL') === withdrawals + 1);
  });

  it('that nobody hears is repeated, also after a restart', async () => {
    bank.hearing = false;
    await bank.sandbox('POST', `/sandbox/accounts/${investor.accountNo}/movements`, { kind: 'TOP_UP', amountFen: 4242 });
    const copies = (): number => bank.notices.filter((notice) => notice.kind === 'TOP_UP' && notice.data.amount === '42.42').length;
    await until('it was tried', () => copies() > 0);
    await bank.restart();
    const tried = copies();
    bank.hearing = true;
    await bank.quiet();
    expect(copies()).toBeGreaterThan(tried);
    const numbers = bank.notices
      .filter((notice) => notice.kind === 'TOP_UP' && notice.data.amount === '42.42')
      .map((notice) => notice.noticeNo);
    expect(new Set(numbers).size).toBe(1);
  });
});

describe('a planned fault of a statement', () => {
  it.each<[string, StatementFault | 'end', number]>([
    ['statement_truncated', 'CUT_SHORT', -1],
    ['statement_wrong_total', 'SUM_WRONG', -1],
    ['statement_missing_line', 'end', -1],
    ['statement_extra_line', 'end', 1],
    ['statement_wrong_amount', 'end', 0],
    ['statement_corrected', 'end', 0],
  ])('%s spoils the first version, and the right one follows', async (kind, end, more) => {
    await bank.call('holds/place', order(`${kind}-2`));
    await bank.call('holds/place', order(`${kind}-3`));
    await plan({ id: kind, kind, statementType: 'TRANSACTIONS' });
    const bankDate = await endDay();
    const read = await versionsOf(bankDate, 'TRANSACTIONS');
    expect(read.map(({ version }) => version)).toEqual([1, 2]);
    expect(read[1]!.end).toBe('end');
    expect(read[0]!.end).toBe(end);
    if (end === 'end') {
      expect(read[0]!.lines.length).toBe(read[1]!.lines.length + more);
      expect(read[0]!.lines).not.toEqual(read[1]!.lines);
    }
    expect(await hitsOf(kind)).toBe(1);
  });

  it('statement_late shows it days later', async () => {
    await plan({ kind: 'statement_late', statementType: 'BALANCES', days: 2 });
    const bankDate = await endDay();
    expect(await versionsOf(bankDate, 'BALANCES')).toEqual([]);
    await endDay();
    const [late] = await versionsOf(bankDate, 'BALANCES');
    expect(late).toMatchObject({ version: 1, end: 'end' });
  });
});
