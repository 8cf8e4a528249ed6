import { randomBytes } from 'node:crypto';
import { Outage } from '#kernel/faults';
import { newId, type Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { registerChain } from '#platform/queue';
import * as identity from '#registers/identity';
import { testDatabase, type TestDatabase } from '../support/database';

let db: TestDatabase;
let owner: TestDatabase['work'];
const seals = identity.sealer([{ id: 'test', key: randomBytes(32) }]);
const admit = (customer: identity.NewCustomer): Promise<identity.Customer> =>
  db.work.run((tx) => identity.admitCustomer(tx, customer, seals));

beforeAll(async () => {
  registerChain({ [identity.accountMoved]: 'end' });
  db = await testDatabase();
  owner = (await db.open({ role: 'owner' })).work;
});
afterAll(() => db.close());

describe('a customer', () => {
  it('is created at his first login and found afterwards, once even when he logs in ten times at once', async () => {
    const admitted = await Promise.all(Array.from({ length: 10 }, () => admit({ customerNo: 'C1' })));
    expect(new Set(admitted.map(({ id }) => id)).size).toBe(1);
    expect(await db.work.read((tx) => identity.customerByNo(tx, 'C1'))).toEqual(admitted[0]);
    expect(await db.work.read((tx) => identity.customerByNo(tx, 'C0'))).toBeUndefined();
    await expect(db.work.read((tx) => identity.customerById(tx, newId()))).rejects.toMatchObject({ code: 'CUSTOMER_NOT_FOUND' });
  });

  it('has a name that is sealed, masked, and not overwritten', async () => {
    await admit({ customerNo: 'C2' });
    const named = await admit({ customerNo: 'C2', name: '张三丰' });
    expect(named.nameMasked).toBe('张**');
    await admit({ customerNo: 'C2', name: '李四' });
    expect(await db.work.read((tx) => identity.customerName(tx, named.id, seals))).toBe('张三丰');
    const dump = await db.work.read((tx) => tx.query('SELECT * FROM customer'));
    expect(JSON.stringify(dump)).not.toContain('张三丰');
  });

  it('has the e-account that the bank says, and keeps its number when it is closed', async () => {
    const { id } = await admit({ customerNo: 'C3' });
    const tell = (accountNo: string | null, status: 'ACTIVE' | 'CLOSED' | 'NONE'): Promise<identity.Customer> =>
      db.work.run((tx) => identity.refreshEAccount(tx, id, { accountNo, status, boundCard: null }));
    expect(await tell('E3', 'ACTIVE')).toMatchObject({ accountNo: 'E3', accountStatus: 'ACTIVE' });
    expect(await tell(null, 'CLOSED')).toMatchObject({ accountNo: 'E3', accountStatus: 'CLOSED' });
    expect(await db.work.read((tx) => identity.customerByAccountNo(tx, 'E3'))).toMatchObject({ id });
  });
});

describe('a session', () => {
  const authTime = new Date('2026-11-22T02:00:00.000Z');
  let customer: identity.Customer;
  let token: string;
  const who = (of: string | undefined = token): Promise<identity.CustomerSession> => new identity.CustomerSessions(db.work).find(of);
  const age = (column: string, interval: string): Promise<number> =>
    owner.run((tx) =>
      tx.execute(`UPDATE customer_session SET ${column} = ${column} - $1::interval WHERE customer_id = $2`, [interval, customer.id]),
    );
  const seenAt = async (): Promise<Date> => {
    const [row] = await owner.read((tx) =>
      tx.query<{ seen_at: Date }>('SELECT seen_at FROM customer_session WHERE customer_id = $1', [customer.id]),
    );
    return row!.seen_at;
  };

  beforeEach(async () => {
    customer = await admit({ customerNo: `S${newId()}` });
    ({ token } = await db.work.run((tx) => identity.openCustomerSession(tx, { customerId: customer.id, authTime })));
  });

  it('tells who is calling, and its token is nowhere', async () => {
    expect(await who()).toMatchObject({ customerId: customer.id, customerNo: customer.customerNo, authTime });
    expect(JSON.stringify(await owner.read((tx) => tx.query('SELECT * FROM customer_session')))).not.toContain(token);
  });

  it('of nobody, of another token, or after the logout is none', async () => {
    for (const none of [undefined, '', 'guess']) await expect(who(none ?? 'x')).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    await expect(new identity.CustomerSessions(db.work).find(undefined)).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    await db.work.run((tx) => identity.endCustomerSession(tx, token));
    await expect(who()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });

  it('ends after 30 minutes without use', async () => {
    await age('seen_at', '29 minutes');
    await who();
    await age('seen_at', '29 minutes');
    await who();
    await age('seen_at', '31 minutes');
    await expect(who()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });

  it('ends after 12 hours, however much it is used', async () => {
    await age('expires_at', '12 hours');
    await expect(who()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });

  it('writes down its use about once a minute, not at every request', async () => {
    const before = await seenAt();
    await who();
    expect(await seenAt()).toEqual(before);
    await age('seen_at', '61 seconds');
    await who();
    expect((await seenAt()).getTime()).toBeGreaterThan(before.getTime());
  });
});

describe('an attempt to log in', () => {
  const attempt = (): identity.LoginSecrets => ({ state: newId(), nonce: 'n', codeVerifier: 'v' });
  const keep = async (secrets: identity.LoginSecrets): Promise<void> =>
    db.work.run((tx) => identity.keepLoginAttempt(tx, secrets, 'browser'));
  const take = (state: string, browser = 'browser'): Promise<identity.LoginSecrets> =>
    db.work.run((tx) => identity.takeLoginAttempt(tx, state, browser));

  it('is used once, even when two come back at once', async () => {
    const secrets = attempt();
    await keep(secrets);
    const taken = await Promise.allSettled([take(secrets.state), take(secrets.state), take(secrets.state)]);
    expect(taken.filter(({ status }) => status === 'fulfilled')).toEqual([{ status: 'fulfilled', value: secrets }]);
  });

  it('belongs to the browser that started, and does not last', async () => {
    const secrets = attempt();
    await keep(secrets);
    await expect(take(secrets.state, 'another browser')).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
    await owner.run((tx) =>
      tx.execute(`UPDATE login_attempt SET expires_at = expires_at - interval '11 minutes' WHERE state = $1`, [secrets.state]),
    );
    await expect(take(secrets.state)).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
    await expect(take('unknown')).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
  });
});

describe('an operator', () => {
  const password = 'correct horse battery';
  const name = (): string => `op-${newId().slice(-12)}`;
  const boot = async (roles: identity.OperatorRole[] = ['operator']): Promise<string> => {
    const login = name();
    await identity.bootstrapOperators(db.work, JSON.stringify([{ name: login, roles, password }]));
    return login;
  };
  const signIn = (login: string, given = password): ReturnType<typeof identity.signInOperator> =>
    identity.signInOperator(db.work, { login, password: given }, () => Promise.resolve());

  it('comes in with his password and has his roles', async () => {
    const login = await boot(['reviewer_1', 'checker']);
    const { token, operator } = await signIn(login);
    expect(operator).toMatchObject({ login, roles: ['reviewer_1', 'checker'] });
    expect(await db.work.run((tx) => identity.operatorSession(tx, token))).toEqual(operator);
    await db.work.run((tx) => identity.endOperatorSession(tx, token));
    await expect(db.work.run((tx) => identity.operatorSession(tx, token))).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });

  it('who was disabled is out at once', async () => {
    const login = await boot();
    const { token } = await signIn(login);
    await owner.run((tx) => tx.execute('UPDATE operator SET disabled = true WHERE login = $1', [login]));
    await expect(db.work.run((tx) => identity.operatorSession(tx, token))).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    await expect(signIn(login)).rejects.toMatchObject({ code: 'OPERATOR_SIGN_IN_REFUSED' });
  });

  it('is locked out by five failures for fifteen minutes, and the answers are all alike', async () => {
    const login = await boot();
    for (let failure = 1; failure <= 5; failure += 1)
      await expect(signIn(login, 'wrong')).rejects.toMatchObject({ code: 'OPERATOR_SIGN_IN_REFUSED' });
    await expect(signIn(login)).rejects.toMatchObject({ code: 'OPERATOR_SIGN_IN_REFUSED' });
    await expect(signIn('nobody-at-all')).rejects.toMatchObject({ code: 'OPERATOR_SIGN_IN_REFUSED' });
    await owner.run((tx) =>
      tx.execute(`UPDATE operator SET locked_until = locked_until - interval '16 minutes' WHERE login = $1`, [login]),
    );
    await signIn(login);
  });

  it('a good password on the fifth attempt takes the failures back', async () => {
    const login = await boot();
    for (let round = 0; round < 2; round += 1) {
      for (let failure = 1; failure <= 4; failure += 1) await expect(signIn(login, 'wrong')).rejects.toThrow('OPERATOR_SIGN_IN_REFUSED');
      await signIn(login);
    }
  });

  it('guesses at once are still five', async () => {
    const login = await boot();
    const guesses = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => signIn(login, at < 11 ? 'wrong' : 'wrong too')));
    expect(guesses.every(({ status }) => status === 'rejected')).toBe(true);
    const [row] = await owner.read((tx) =>
      tx.query<{ failed_count: number }>('SELECT failed_count FROM operator WHERE login = $1', [login]),
    );
    expect(row!.failed_count).toBe(5);
  });

  it('who exists is left alone by the configuration', async () => {
    const login = await boot();
    const again = JSON.stringify([{ name: login, roles: ['administrator'], password: 'another password' }]);
    expect(await identity.bootstrapOperators(db.work, again)).toEqual([]);
    expect((await signIn(login)).operator.roles).toEqual(['operator']);
  });

  it.each([
    'no JSON',
    '{}',
    '[{"name":"x","roles":["operator"],"password":"short"}]',
    '[{"name":"boss","roles":["king"],"password":"long enough to be one"}]',
    '[{"name":"boss","roles":["operator"]}]',
  ])('the configuration %s is refused without being repeated', async (text) => {
    await expect(identity.bootstrapOperators(db.work, text)).rejects.toThrow(Outage);
    await expect(identity.bootstrapOperators(db.work, text)).rejects.not.toThrow(text);
  });
});

describe('an institution', () => {
  it('is registered once', async () => {
    const insurer = { name: '融安保险', kind: 'insurer' as const, accountNo: 'I1', advanceMandateNo: 'M1' };
    const registered = await db.work.run((tx) => identity.registerInstitution(tx, insurer));
    expect(await db.work.read((tx) => identity.institutionById(tx, registered.id))).toEqual(registered);
    const twice = db.work.run((tx) => identity.registerInstitution(tx, { ...insurer, name: '另一家' }));
    await expect(twice).rejects.toMatchObject({ code: 'INSTITUTION_EXISTS' });
    expect(await db.work.read((tx) => identity.institutions(tx))).toEqual([registered]);
    await expect(db.work.read((tx) => identity.institutionById(tx, newId()))).rejects.toMatchObject({ code: 'INSTITUTION_NOT_FOUND' });
  });
});

describe('a mandate', () => {
  const until = businessDate('2027-12-31');
  const told = (mandateNo: string, over: object = {}): Parameters<typeof identity.recordMandate>[2] => ({
    mandateNo,
    status: 'ACTIVE',
    maxAmount: fen(1_000_000n),
    until,
    ...over,
  });
  const known = (): Promise<object[]> =>
    db.work.read((tx) =>
      tx.query<object>("SELECT mandate_no, status, max_amount_fen, valid_until FROM mandate WHERE account_no = 'E9' ORDER BY mandate_no"),
    );
  let owned: { customerId: Uuid; accountNo: string; kind: 'REPAY' };

  beforeAll(async () => {
    const { id } = await admit({ customerNo: 'C9' });
    owned = { customerId: id, accountNo: 'E9', kind: 'REPAY' };
  });

  it('is as the bank says, which may change its standing, its amount and its last day', async () => {
    await db.work.run((tx) => identity.recordMandate(tx, owned, told('M9', { status: 'PENDING' })));
    expect(await known()).toEqual([{ mandate_no: 'M9', status: 'PENDING', max_amount_fen: 1_000_000n, valid_until: until }]);
    await db.work.run((tx) => identity.recordMandate(tx, owned, told('M9', { maxAmount: fen(2_000_000n) })));
    expect(await known()).toEqual([{ mandate_no: 'M9', status: 'ACTIVE', max_amount_fen: 2_000_000n, valid_until: until }]);
  });

  it('number does not change hands', async () => {
    const other = { ...owned, accountNo: 'E10' };
    await expect(db.work.run((tx) => identity.recordMandate(tx, other, told('M9')))).rejects.toMatchObject({ code: 'MANDATE_DIFFERS' });
  });
});
