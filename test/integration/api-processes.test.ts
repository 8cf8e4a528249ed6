import { Admission } from '#journey/investment';
import { Outage, refusalText } from '#kernel/faults';
import type { ProcessContext } from '#platform/processes';
import { serveOperators } from '../../apps/back-office-api/serve';
import { serveCustomers } from '../../apps/customer-api/serve';
import { waysOut } from '../../apps/customer-api/ways-out';
import { ApiSurroundings, askWithHost } from '../support/api-processes';
import { until } from '../support/until';

const serve = (context: ProcessContext<'customer-api'>) => serveCustomers(context, (work, caps) => new Admission(work, caps));
const STRANGER = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
let world: ApiSurroundings;

beforeAll(async () => {
  world = await ApiSurroundings.open();
});
afterAll(() => world.close());

describe('the health of an api', () => {
  const health = async (url: string) => {
    const answer = await fetch(`${url}/health`);
    return { http: answer.status, ...((await answer.json()) as object) };
  };

  it('is what PostgreSQL says, at the moment of the question', async () => {
    const urls = [await world.start('customer-api', serve), await world.start('back-office-api', serveOperators)];
    for (const url of urls) expect(await health(url)).toMatchObject({ http: 200, status: 'up', checks: { postgresql: 'up' } });
    world.proxy.breakOff();
    for (const url of urls) expect(await health(url)).toMatchObject({ http: 503, status: 'down', checks: { postgresql: 'down' } });
    world.proxy.heal();
    await until('both are up again', async () => (await Promise.all(urls.map(health))).every(({ http }) => http === 200));
  });
});

describe('the audit log of the back office', () => {
  const password = 'correct-horse-battery-staple';
  const operators = [
    { name: 'known', roles: ['operator'], password },
    { name: 'away', roles: ['operator'], password },
  ];
  let url: string;
  beforeAll(async () => {
    url = await world.start('back-office-api', serveOperators, { BOOTSTRAP_OPERATORS: JSON.stringify(operators) });
    await world.asOwner("UPDATE operator SET disabled = true WHERE login = 'away'");
  });
  const ask = (method: string, path: string, body: object, token = '') =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  const acts = () =>
    world.db.work.read((tx) =>
      tx.query<object>(
        "SELECT who, act, subject, details FROM audit_record WHERE act LIKE 'session.%' OR act LIKE 'sandbox.%' ORDER BY id",
      ),
    );

  it('says who signed in, who was refused and why, who signed out, without a password and without a name that nobody has', async () => {
    const { token } = (await (await ask('POST', '/session', { login: 'known', password })).json()) as { token: string };
    expect((await ask('POST', '/session', { login: 'known', password: 'my-other-password' })).status).toBe(401);
    expect((await ask('POST', '/session', { login: 'away', password })).status).toBe(401);
    expect((await ask('POST', '/session', { login: 'my-own-password', password: 'known' })).status).toBe(401);
    for (let guess = 2; guess <= 5; guess += 1) await ask('POST', '/session', { login: 'known', password: `guess ${guess}` });
    expect((await ask('POST', '/session', { login: 'known', password })).status).toBe(401);
    expect((await ask('DELETE', '/session', {}, token)).status).toBe(200);
    const refused = (who: string, why: string) => ({ who, act: 'session.refused', subject: who, details: { why } });
    expect(await acts()).toEqual([
      { who: 'known', act: 'session.opened', subject: 'known', details: {} },
      refused('known', 'wrong password'),
      refused('away', 'disabled'),
      refused('nobody', 'unknown name'),
      ...new Array(4).fill(refused('known', 'wrong password')),
      refused('known', 'locked'),
      { who: 'known', act: 'session.closed', subject: 'known', details: {} },
    ]);
  });
});

describe("a customer's name", () => {
  it('is shown in clear to a checker who says why, and every look is an audit row', async () => {
    const password = 'correct-horse-battery-staple';
    const operators = ['operator', 'checker'].map((role) => ({ name: `the-${role}`, roles: [role], password }));
    const url = await world.start('back-office-api', serveOperators, { BOOTSTRAP_OPERATORS: JSON.stringify(operators) });
    await world.session('C7', '诸葛亮');
    const post = (path: string, body: object, token = '') =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    const look = async (login: string, customerNo: string, body: object) => {
      const { token } = (await (await post('/session', { login, password })).json()) as { token: string };
      const answer = await post(`/customers/${customerNo}/unmasking`, body, token);
      return [answer.status, await answer.json()];
    };
    const reason = { reason: '客户来电核实身份' };
    expect(await look('the-checker', 'C7', reason)).toEqual([200, { customerNo: 'C7', name: '诸葛亮' }]);
    expect(await look('the-checker', 'C7', {})).toMatchObject([400, { code: 'REQUEST_INVALID' }]);
    expect(await look('the-checker', 'C0', reason)).toMatchObject([404, { code: 'CUSTOMER_NOT_FOUND' }]);
    expect(await look('the-operator', 'C7', reason)).toMatchObject([403, { code: 'FORBIDDEN' }]);
    const rows = await world.db.work.read((tx) =>
      tx.query<object>("SELECT who, subject, details FROM audit_record WHERE act = 'customer.unmasked'"),
    );
    expect(rows).toEqual([{ who: 'the-checker', subject: 'C7', details: reason }]);
  });
});

describe('a refusal that asks for something', () => {
  let url: string;
  beforeAll(async () => {
    url = await world.start('customer-api', serve);
  });

  it('names a route that there is, and a code that there is', async () => {
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
    for (const [code, way] of Object.entries(waysOut)) {
      const [method = '', path = ''] = way.split(' ');
      expect([code, refusalText(code).kind, Object.keys(paths[path] ?? {})]).toEqual([code, expect.any(String), [method.toLowerCase()]]);
    }
  });

  it('says where to open an account to whoever has none, and where to sign in to a stranger', async () => {
    const { customerNo } = await world.bank.sandbox<{ customerNo: string }>('POST', '/sandbox/customers', {
      name: '赵六',
      eAccount: false,
    });
    const cookie = await world.session(customerNo);
    const application = {
      kind: 'credit',
      amountFen: 1_000_000,
      annualRatePpm: 57_500,
      termMonths: 12,
      method: 'equal_instalments',
      purpose: '经营',
    };
    const apply = {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: JSON.stringify(application),
    };
    const told = async (path: string, init: RequestInit) => (await (await fetch(`${url}${path}`, init)).json()) as object;
    const details = { next: 'POST /account/opening' };
    expect(await told('/account/balance', { headers: { cookie } })).toMatchObject({ status: 409, code: 'E_ACCOUNT_MISSING', details });
    expect(await told('/applications', apply)).toMatchObject({ status: 409, code: 'BORROWER_ACCOUNT_MISSING', details });
    expect(await told('/me', {})).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED', details: { next: 'GET /login' } });
  });
});

describe('the address of the customer API', () => {
  const publicUrl = 'https://lend.bank.example';
  const redirectOf = (location = '') => new URL(location).searchParams.get('redirect_uri');
  let url: string;
  beforeAll(async () => {
    url = await world.start('customer-api', serve, { CUSTOMER_API_PUBLIC_URL: `${publicUrl}/` });
  });

  it('is the configured one in a login, whoever is named as the host', async () => {
    for (const headers of [STRANGER, { host: 'lend.bank.example' }]) {
      const { status, headers: answered } = await askWithHost(`${url}/login`, { headers });
      expect([status, redirectOf(answered.location)]).toEqual([302, `${publicUrl}/login/callback`]);
    }
  });

  it("is the configured one on the way back from the bank's pages", async () => {
    const { customerNo } = await world.bank.sandbox<{ customerNo: string }>('POST', '/sandbox/customers', {
      name: '王五',
      eAccount: false,
    });
    const factors = { name: '王五', idNumber: '11010519491231002X', cardNo: '6222020000000000000', mobile: '13800001234' };
    const opening = await askWithHost(`${url}/account/opening`, {
      method: 'POST',
      headers: { ...STRANGER, cookie: await world.session(customerNo), 'content-type': 'application/json' },
      body: JSON.stringify(factors),
    });
    const { openingUrl } = JSON.parse(opening.text) as { openingUrl: string };
    const page = await fetch(`${openingUrl}?auto=1`, { redirect: 'manual' });
    expect(page.headers.get('location')).toMatch(/^https:\/\/lend\.bank\.example\/me(\?|$)/);
  });

  it('is where it listens in a sandbox that has none, and again not what a stranger says', async () => {
    const own = await world.start('customer-api', serve);
    const { headers } = await askWithHost(`${own}/login`, { headers: STRANGER });
    expect(redirectOf(headers.location)).toBe(`${own}/login/callback`);
  });

  it('does not start with an issuer that no login could use', async () => {
    const started = world.start('customer-api', serve, { OIDC_ISSUER: 'http://sso.bank.example', CUSTOMER_API_PUBLIC_URL: publicUrl });
    await expect(started).rejects.toThrow(Outage);
    await expect(started).rejects.toThrow(/OIDC_ISSUER has to begin with https:\/\//);
  });
});
