import { generateKeyPair } from 'jose';
import { Bug, Outage, Refusal } from '#kernel/faults';
import { signOn, type SignOn, type StartedLogin } from '#registers/identity';
import { rawIssuer, type RawIssuer } from '../support/raw-issuer';
import { Browser } from '../support/browser';
import { testDatabase, type TestDatabase } from '../support/database';
import { simulatedBank, type SimulatedBank } from '../support/simulated-bank';

const redirectUri = 'https://lend.bank.example/login/callback';
let bank: RawIssuer;
let sso: SignOn;

beforeAll(async () => {
  bank = await rawIssuer();
});
afterAll(() => bank.close());
beforeEach(() => {
  bank.next = { claims: {}, alg: 'RS256', key: bank.key };
  bank.failure = undefined;
  const { issuer, clientId, clientSecret } = bank;
  sso = signOn({ issuer, clientId, clientSecret, redirectUri, sandbox: true });
});

/** A login that runs until the browser is back, the bank's token being about to tell the nonce. */
async function comeBack(claims: Record<string, unknown> = {}): Promise<{ started: StartedLogin; callback: string }> {
  const started = await sso.startLogin();
  bank.next.claims = { nonce: started.nonce, ...claims };
  return { started, callback: bank.visit(started.url) };
}

describe('single sign-on', () => {
  it('asks for a code with PKCE, state, nonce and the time of the login', async () => {
    const { url, state, nonce, codeVerifier } = await sso.startLogin(300);
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({ response_type: 'code', client_id: 'rongqiao', redirect_uri: redirectUri, state, nonce, max_age: '300' });
    expect(asked.code_challenge_method).toBe('S256');
    expect(url).not.toContain(codeVerifier);
  });

  it('names the customer, his name when it is told, and when he proved himself', async () => {
    const authTime = Math.floor(Date.now() / 1000) - 60;
    const { started, callback } = await comeBack({ sub: 'C0042', auth_time: authTime, name: '张三' });
    expect(await sso.finishLogin(callback, started)).toEqual({ customerNo: 'C0042', authTime: new Date(authTime * 1000), name: '张三' });
  });

  it('knows the answer also by an address behind a proxy', async () => {
    const { started, callback } = await comeBack();
    expect(await sso.finishLogin(`http://10.0.0.5:3000/login/callback${callback}`, started)).toMatchObject({ customerNo: 'C0001' });
  });

  const now = Math.floor(Date.now() / 1000);
  it.each<[string, Record<string, unknown>]>([
    ['for another client', { aud: 'somebody' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['that expired', { exp: now - 3600, iat: now - 7200 }],
    ['with another nonce', { nonce: 'replayed' }],
    ['without a nonce', { nonce: undefined }],
    ['of a login older than a session may be', { auth_time: now - 13 * 3600 }],
    ['that does not say when', { auth_time: undefined }],
  ])('refuses a token %s', async (_, claims) => {
    const { started, callback } = await comeBack(claims);
    await expect(sso.finishLogin(callback, started)).rejects.toMatchObject({ code: 'SIGN_IN_DENIED' });
  });

  it("refuses every signature but the bank's own, in its algorithm", async () => {
    const stranger = await generateKeyPair('RS256');
    for (const signing of [
      { alg: 'none', key: bank.key },
      { alg: 'HS256', key: new TextEncoder().encode('secret of the client') },
      { alg: 'RS256', key: stranger.privateKey },
    ]) {
      Object.assign(bank.next, signing);
      const { started, callback } = await comeBack();
      await expect(sso.finishLogin(callback, started)).rejects.toThrow(Refusal);
    }
  });

  it('refuses another state, another verifier, an error of the bank, an issuer mixed up', async () => {
    const { started, callback } = await comeBack();
    const other = await sso.startLogin();
    await expect(sso.finishLogin(callback, { ...started, state: other.state })).rejects.toMatchObject({ code: 'SIGN_IN_DENIED' });
    await expect(sso.finishLogin(callback, { ...started, codeVerifier: other.codeVerifier })).rejects.toMatchObject({
      code: 'SIGN_IN_DENIED',
    });
    const denied = `?error=access_denied&state=${started.state}&iss=${encodeURIComponent(bank.issuer)}`;
    await expect(sso.finishLogin(denied, started)).rejects.toMatchObject({ code: 'SIGN_IN_DENIED' });
    const mixedUp = callback.replace(/iss=.*/, 'iss=https%3A%2F%2Fevil.example');
    await expect(sso.finishLogin(mixedUp, started)).rejects.toMatchObject({ code: 'SIGN_IN_DENIED' });
  });

  it('a bank that stumbles is an outage, not a denial', async () => {
    const { started, callback } = await comeBack();
    bank.failure = { status: 503, body: 'away' };
    await expect(sso.finishLogin(callback, started)).rejects.toThrow(Outage);
    bank.failure = { status: 401, body: '{"error":"invalid_client"}' };
    await expect(sso.finishLogin(callback, started)).rejects.toThrow(Outage);
  });

  it('asks an issuer that was away again', async () => {
    const away = await rawIssuer();
    await away.close();
    const { clientId, clientSecret } = bank;
    await expect(signOn({ issuer: away.issuer, clientId, clientSecret, redirectUri, sandbox: true }).startLogin()).rejects.toThrow(Outage);
  });

  it.each([
    ['http://sso.bank.example', true],
    ['http://127.0.0.1:1234', false],
    ['http://127.0.0.1.evil.example', true],
    ['http://bank.localhost:3100', false],
    ['http://bank.localhost.evil.example', true],
    ['http://evil-localhost', true],
    ['ftp://localhost', true],
  ])('never uses %s (sandbox %s)', (issuer, sandbox) => {
    expect(() => signOn({ issuer, clientId: 'c', clientSecret: 's', redirectUri, sandbox })).toThrow(Outage);
  });
});

it.each(['http://localhost:3100/oidc', 'http://bank.localhost:3100/oidc', 'http://[::1]:3100/oidc', 'https://sso.bank.example'])(
  'the sandbox may use %s',
  (issuer) => {
    expect(() => signOn({ issuer, clientId: 'c', clientSecret: 's', redirectUri, sandbox: true })).not.toThrow();
  },
);

describe('with the provider of the simulated bank', () => {
  let simulated: SimulatedBank;
  beforeAll(async () => {
    simulated = await simulatedBank({ oidc: { clientId: 'rongqiao', clientSecret: 'secret of the client', redirectUris: [redirectUri] } });
  });
  afterAll(() => simulated.close());

  it('a customer proves himself there and comes back as himself', async () => {
    const { customerNo } = await simulated.sandbox<{ customerNo: string }>('POST', '/sandbox/customers', {
      name: '王小二',
      password: 'open sesame',
    });
    const real = signOn({
      issuer: `${simulated.url}/oidc`,
      clientId: 'rongqiao',
      clientSecret: 'secret of the client',
      redirectUri,
      sandbox: true,
    });
    const browser = new Browser();
    const started = await real.startLogin();
    const page = await browser.visit(started.url, redirectUri);
    expect(page.response?.status).toBe(200);
    const wrong = await browser.visit(page.url, redirectUri, { customerNo, password: 'a guess' });
    expect(wrong.response?.status).toBe(401);
    const back = await browser.visit(page.url, redirectUri, { customerNo, password: 'open sesame' });
    const signedOn = await real.finishLogin(back.url, started);
    expect(signedOn).toMatchObject({ customerNo, name: '王小二' });
    expect(Math.abs(signedOn.authTime.getTime() - Date.now())).toBeLessThan(60_000);
    await expect(real.finishLogin(back.url, started)).rejects.toMatchObject({ code: 'SIGN_IN_DENIED' });
  });
});

describe('a simulated bank with a public address', () => {
  let simulated: SimulatedBank;
  beforeAll(async () => {
    simulated = await simulatedBank({ publicUrl: 'http://bank.localhost:3100/' });
  });
  afterAll(() => simulated.close());

  it('is the issuer of that address, whatever it listens on', async () => {
    const metadata = await fetch(`${simulated.url}/oidc/.well-known/openid-configuration`);
    expect(await metadata.json()).toMatchObject({ issuer: 'http://bank.localhost:3100/oidc' });
  });
});

describe('inside a transaction', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  it('nobody signs on', async () => {
    await expect(db.work.run(() => sso.startLogin())).rejects.toThrow(Bug);
  });
});
