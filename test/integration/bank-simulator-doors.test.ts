import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { createDatabase, ROLES, withClient } from '#platform/database';
import { readConfiguration } from '../../apps/bank-simulator/configuration';
import { testServer } from '../support/database';
import { rsaKeys } from '../support/raw-bank';
import { nextRequestNo, simulatedBank, type SimulatedBank } from '../support/simulated-bank';
import { until } from '../support/until';

let bank: SimulatedBank;
beforeAll(async () => {
  bank = await simulatedBank();
});
afterAll(() => bank.close());

interface Person {
  readonly customerNo: string;
  readonly accountNo: string;
}

describe('the pages of the bank', () => {
  it('open an account for a customer who has none, once', async () => {
    const { customerNo } = await bank.sandbox<Person>('POST', '/sandbox/customers', { name: '钱七', eAccount: false });
    expect((await bank.call('accounts/query', { customerNo })).data).toMatchObject({ status: 'NONE', accountNo: null });
    const factors = { name: '钱七', idNumber: '11010519491231002X', cardNo: '6222021234567890123', mobile: '13800001234' };
    const opening = await bank.call('accounts/opening', { customerNo, factors, returnUrl: 'http://127.0.0.1:1/back' });
    expect((await bank.call('accounts/query', { customerNo })).data).toMatchObject({ status: 'OPENING' });
    const page = String(opening.data['url']);
    expect(await (await fetch(page)).text()).toContain('<form method="post">');
    const done = await fetch(page, { method: 'POST', redirect: 'manual' });
    expect([done.status, done.headers.get('location')]).toEqual([303, 'http://127.0.0.1:1/back']);
    await fetch(`${page}?auto=1`, { redirect: 'manual' });
    const { data } = await bank.call('accounts/query', { customerNo });
    expect(data).toMatchObject({ status: 'ACTIVE', kind: 'E', boundCard: '622202*********0123' });
    await until('it is told', () =>
      bank.notices.some((notice) => notice.kind === 'ACCOUNT_OPENED' && notice.data.customerNo === customerNo),
    );
    expect((await bank.call('accounts/opening', { customerNo, factors, returnUrl: 'http://127.0.0.1:1/back' })).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });
});

describe('the credit system', () => {
  it('decides by the line, and every movement of it stands in the statement', async () => {
    const { customerNo } = await bank.sandbox<Person>('POST', '/sandbox/customers', { name: '孙八', creditLimitFen: 1_000_000 });
    const apply = (applicationNo: string, amount: string) => ({
      applicationNo,
      customerNo,
      kind: 'consumer',
      amount,
      term: { months: 12 },
      purpose: '装修',
      fields: { city: '北京' },
    });
    const requestNo = nextRequestNo();
    expect((await bank.call('financings/apply', apply('A-1', '6000.00'), { requestNo })).status).toBe('ACCEPTED');
    await until('it is decided', () => bank.notices.some((notice) => notice.kind === 'FINANCING_SUBMITTED'));
    const pushed = bank.notices.find((notice) => notice.kind === 'FINANCING_SUBMITTED');
    expect(pushed?.data).toMatchObject({ applicationNo: 'A-1', customerNo, terms: { amount: '6000.00', term: { months: 12 } } });
    const { financingNo, freezeMoveNo } = (await bank.call('requests/query', { requestNo })).data['data'] as Record<string, string>;
    await bank.call('financings/apply', apply('A-2', '6000.00'));
    await until('the second is declined', () =>
      bank.notices.some(
        (notice) => notice.kind === 'CREDIT_DECIDED' && notice.data.applicationNo === 'A-2' && notice.data.decision === 'DECLINED',
      ),
    );
    const move = (kind: 'DEDUCT' | 'RELEASE' | 'RESTORE' | 'FREEZE', amount: string, refMoveNo?: string) =>
      bank.call('credit-lines/move', { customerNo, moveNo: nextRequestNo(), financingNo: financingNo!, refMoveNo, kind, amount });
    expect((await move('DEDUCT', '6000.01', freezeMoveNo)).code).toBe('CREDIT_LINE_EXCEEDED');
    expect((await move('DEDUCT', '4000.00')).code).toBe('HOLD_NOT_FOUND');
    expect((await move('DEDUCT', '4000.00', freezeMoveNo)).data).toMatchObject({ used: '4000.00', frozen: '2000.00' });
    expect((await move('RELEASE', '2000.01', freezeMoveNo)).code).toBe('CREDIT_LINE_EXCEEDED');
    expect((await move('RELEASE', '2000.00', freezeMoveNo)).data).toMatchObject({ used: '4000.00', frozen: '0.00' });
    expect((await move('RESTORE', '4000.01')).code).toBe('CREDIT_LINE_EXCEEDED');
    expect((await move('RESTORE', '1000.00')).data).toMatchObject({ used: '3000.00', limit: '10000.00' });
    expect((await move('FREEZE', '7000.01')).code).toBe('CREDIT_LINE_EXCEEDED');
    expect((await bank.call('credit-lines/query', { customerNo })).data).toMatchObject({ available: '7000.00' });
    const { bankDate } = await bank.sandbox<{ bankDate: string }>('GET', '/sandbox/clock');
    await bank.sandbox('POST', '/sandbox/clock/advance', {});
    const { bytes } = await bank.call('statements/download', { name: `${bankDate}_P0001_CREDIT_1.txt` });
    const kinds = bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.startsWith('D|'))
      .map((line) => line.split('|')[5]);
    expect(kinds).toEqual(['FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE']);
  });
});

describe('the books', () => {
  it('are whole after anything that customers and courts do: positions are the fold of the movements', async () => {
    const people = await bank.sandbox<Person[]>(
      'POST',
      '/sandbox/customers',
      Array.from({ length: 3 }, () => ({ name: '客户', balanceFen: 500 })),
    );
    const kinds = ['WITHDRAW', 'OWN', 'TOP_UP', 'INTEREST', 'COURT'] as const;
    const doing = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      kind: fc.constantFrom(...kinds),
      amountFen: fc.integer({ min: 1, max: 400 }),
      court: fc.option(fc.integer({ min: 1, max: 300 }), { freq: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 1, maxLength: 12 }), async (doings) => {
        for (const { who, kind, amountFen, court } of doings) {
          const path = `/sandbox/accounts/${people[who]!.accountNo}`;
          if (court !== null) await bank.sandbox('POST', `${path}/judicial-freeze`, { amountFen: court });
          await bank.sandbox('POST', `${path}/movements`, { kind, amountFen });
        }
        await positionsAreFolds();
      }),
      { numRuns: 8 },
    );
  }, 30_000);

  it('show one fen that was altered', async () => {
    const { accountNo } = await bank.sandbox<Person>('POST', '/sandbox/customers', { name: '周九', balanceFen: 500 });
    await bank.sandbox('POST', '/sandbox/books/alter', { accountNo, deltaFen: 1 });
    expect((await bank.sandbox<{ totalFen: number }>('GET', '/sandbox/books')).totalFen).toBe(1);
    await bank.sandbox('POST', '/sandbox/books/alter', { accountNo, deltaFen: -1 });
  });
});

async function positionsAreFolds(): Promise<void> {
  interface Movement {
    readonly moves: boolean;
    readonly fromAccount: string;
    readonly toAccount: string;
    readonly amountFen: number;
  }
  const folded = new Map<string, number>();
  let after: string | null = '';
  while (after !== null) {
    const page: { movements: Movement[]; next: string | null } = await bank.sandbox(
      'GET',
      `/sandbox/books?movements=1&limit=10000&after=${after}`,
    );
    for (const { moves, fromAccount, toAccount, amountFen } of page.movements) {
      if (!moves) continue;
      folded.set(fromAccount, (folded.get(fromAccount) ?? 0) - amountFen);
      folded.set(toAccount, (folded.get(toAccount) ?? 0) + amountFen);
    }
    after = page.next;
  }
  const { accounts, totalFen } = await bank.sandbox<{ accounts: { accountNo: string; totalFen: number }[]; totalFen: number }>(
    'GET',
    '/sandbox/books',
  );
  expect(totalFen).toBe(0);
  for (const account of accounts)
    expect([account.accountNo, account.totalFen]).toEqual([account.accountNo, folded.get(account.accountNo) ?? 0]);
}

describe('the sandbox', () => {
  it.each([
    ['GET', '/sandbox/nothing', undefined, 'NO_SUCH_PATH'],
    ['DELETE', '/sandbox/clock', undefined, 'METHOD_NOT_ALLOWED'],
    ['POST', '/sandbox/clock/advance', { days: 0 }, 'MALFORMED'],
    ['POST', '/sandbox/customers', { name: '' }, 'MALFORMED'],
    ['POST', '/sandbox/customers', { name: '某', balanceFen: 1.5 }, 'MALFORMED'],
    ['POST', '/sandbox/faults', { kind: 'earthquake' }, 'MALFORMED'],
    ['POST', '/sandbox/accounts/nobody/movements', { kind: 'TOP_UP', amountFen: 1 }, 'NO_SUCH_ACCOUNT'],
    ['POST', '/sandbox/accounts/nobody/close', undefined, 'NO_SUCH_ACCOUNT'],
    ['POST', '/sandbox/clock/time', { time: '23:30' }, 'TIME_NOT_POSSIBLE'],
  ])('%s %s with %j is %s', async (method, path, body, code) => {
    expect((await bank.sandbox<{ error: { code: string } }>(method, path, body)).error.code).toBe(code);
  });

  it('lets the cut run without a new day: what comes then stands in the next statement', async () => {
    const clock = await bank.sandbox<{ calendarDate: string; bankDate: string }>('POST', '/sandbox/clock/cut');
    const { accountNo } = await bank.sandbox<Person>('POST', '/sandbox/customers', { name: '吴十', balanceFen: 100 });
    const told = await bank.call('accounts/withdraw', { accountNo, amount: '1.00' });
    expect(told).toMatchObject({ status: 'SUCCEEDED', bankDate: clock.bankDate });
    expect(told.bankTime!.slice(0, 13)).toBe(`${clock.calendarDate}T23`);
    const next = await bank.sandbox<{ calendarDate: string; bankDate: string }>('POST', '/sandbox/clock/advance', {});
    expect([next.calendarDate, next.bankDate]).toEqual([clock.bankDate, clock.bankDate]);
  });

  it('closes an account only when nothing of it is held, and what is parked waits for the next one', async () => {
    const { accountNo, customerNo } = await bank.sandbox<Person>('POST', '/sandbox/customers', { name: '郑一', balanceFen: 100 });
    expect(await bank.sandbox('POST', `/sandbox/accounts/${accountNo}/close`)).toEqual({ done: true });
    expect((await bank.call('accounts/query', { customerNo })).data).toMatchObject({ status: 'CLOSED' });
    expect((await bank.call('accounts/top-up', { accountNo, amount: '1.00' })).code).toBe('ACCOUNT_CLOSED');
    expect((await bank.call('accounts/balance', { accountNo })).data).toMatchObject({ total: '0.00' });
  });
});

describe('the process', () => {
  it('refuses a bad configuration in sentences', () => {
    const nothing = readConfiguration({});
    expect(nothing.ok).toBe(false);
    const keys = rsaKeys();
    const good = {
      SIMULATOR_DATABASE_URL: 'postgres://x',
      SIMULATOR_PLATFORM_NO: 'P0001',
      SIMULATOR_PRIVATE_KEY: keys.privateKey.replaceAll('\n', '\\n'),
      PLATFORM_PUBLIC_KEY: keys.publicKey,
    };
    expect(readConfiguration(good).ok).toBe(true);
    for (const [key, value] of [
      ['SIMULATOR_PORT', 'many'],
      ['SIMULATOR_START_DATE', '2022-02-30'],
      ['SIMULATOR_PRIVATE_KEY', 'secret'],
      ['PLATFORM_PUBLIC_KEY', 'open'],
      ['SIMULATOR_SETTLE_WINDOW_SECONDS', '2'],
      ['SIMULATOR_PLATFORM_NO', 'P|1'],
    ] as const) {
      const refused = readConfiguration({ ...good, [key]: value });
      expect(refused.ok ? [] : refused.sentences).toEqual([expect.stringContaining(key)]);
    }
  });

  it('tells its parent when it is ready, and ends with it', async () => {
    const server = await testServer();
    const name = `test_${process.pid}_${randomBytes(4).toString('hex')}_bank`;
    await withClient(server.superuserUrl, (client) => createDatabase(client, { name, owner: ROLES.bank, guests: [] }));
    const keys = rsaKeys();
    const child: ChildProcess = spawn(process.execPath, [resolve(__dirname, '../../dist/apps/bank-simulator/main.js')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        SIMULATOR_DATABASE_URL: server.urlOf('bank', name),
        SIMULATOR_PORT: '0',
        SIMULATOR_PLATFORM_NO: 'P0001',
        SIMULATOR_PRIVATE_KEY: keys.privateKey,
        PLATFORM_PUBLIC_KEY: keys.publicKey,
      },
    });
    const ready = await new Promise<{ ready: boolean; port: number }>((tell) => child.once('message', (message) => tell(message as never)));
    expect(ready.ready).toBe(true);
    expect((await fetch(`http://127.0.0.1:${ready.port}/health`)).status).toBe(200);
    const ended = new Promise((tell) => child.once('exit', (code) => tell(code)));
    child.disconnect();
    expect(await ended).toBe(0);
    await withClient(server.superuserUrl, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  }, 20_000);
});
