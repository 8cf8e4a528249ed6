import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Outage } from '#kernel/faults';
import { configurationPage, keysOf, loadConfig, processNames } from './index';

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const production = {
  DATABASE_URL: 'postgresql://rongqiao_app:x@db/rongqiao',
  BANK_URL: 'https://bank.example',
  BANK_PLATFORM_NO: 'P0001',
  BANK_KEY_SERIAL: 'platform-1',
  PLATFORM_PRIVATE_KEY: pair.privateKey,
  BANK_PUBLIC_KEY: pair.publicKey,
  OIDC_ISSUER: 'https://sso.bank.example',
  OIDC_CLIENT_ID: 'rongqiao',
  OIDC_CLIENT_SECRET: 'Zq8rT1vLw0eXk3uMn5pB',
  CUSTOMER_API_PUBLIC_URL: 'https://lend.bank.example/',
  PERSONAL_DATA_KEY: `2026a:${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`,
};

const refusal = (change: Record<string, string | undefined>): string => {
  try {
    loadConfig('customer-api', { ...production, ...change });
  } catch (error) {
    if (error instanceof Outage) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the configuration of a process', () => {
  it('has its own keys only, checked and with defaults', () => {
    const config = loadConfig('customer-api', { ...production, DATABASE_OWNER_URL: 'nonsense that is not read' });
    expect(config).toMatchObject({ SANDBOX: false, CUSTOMER_API_PORT: 3000, LOG_LEVEL: 'info', BANK_RATE_SHARE: undefined });
    expect(config.CUSTOMER_API_PUBLIC_URL).toBe('https://lend.bank.example');
    expect(config.PERSONAL_DATA_KEY[0]?.id).toBe('2026a');
    expect(Object.keys(config)).toEqual(keysOf('customer-api'));
    expect(Object.keys(config)).not.toContain('DATABASE_OWNER_URL');
  });

  it.each([
    [{ DATABASE_URL: undefined }, 'customer-api does not start: DATABASE_URL is missing, set it to a URL like postgresql://'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL is not a URL that begins with postgresql: or postgres://'],
    [{ CUSTOMER_API_PORT: '70000' }, 'CUSTOMER_API_PORT is not a port number, set it to a port number, or 0.'],
    [{ SANDBOX: 'yes' }, 'SANDBOX is neither true nor false'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is not a level of the log'],
    [{ PLATFORM_PRIVATE_KEY: pair.publicKey }, 'PLATFORM_PRIVATE_KEY is not an RSA private key in PEM'],
    [{ PERSONAL_DATA_KEY: '2026a:AAAA' }, 'PERSONAL_DATA_KEY is not a list of id:base64 of 32 bytes'],
    [{ OIDC_CLIENT_SECRET: undefined }, 'OIDC_CLIENT_SECRET is missing'],
    [{ OIDC_CLIENT_SECRET: 'f8Kq2LzT9vXw1Rm' }, 'OIDC_CLIENT_SECRET is shorter than 16 characters'],
    [{ OIDC_CLIENT_SECRET: 'ababababababababababababababababababab' }, 'OIDC_CLIENT_SECRET is too simple'],
    [{ OIDC_CLIENT_SECRET: 'change-me-to-something-longer-than-this' }, 'OIDC_CLIENT_SECRET looks like an example'],
    [{ OIDC_CLIENT_SECRET: 'sandbox-client-secret-of-rongqiao' }, "OIDC_CLIENT_SECRET is the sandbox's"],
    [
      { OIDC_CLIENT_SECRET: '', OIDC_CLIENT_SECRET_FILE: '/does/not/exist' },
      'OIDC_CLIENT_SECRET cannot be read from the file that OIDC_CLIENT_SECRET_FILE names',
    ],
    [{ CUSTOMER_API_PUBLIC_URL: undefined }, 'CUSTOMER_API_PUBLIC_URL is missing, set it to an address like https://lend.bank.example'],
    [{ CUSTOMER_API_PUBLIC_URL: 'http://lend.bank.example' }, 'CUSTOMER_API_PUBLIC_URL does not begin with https://'],
    [{ CUSTOMER_API_PUBLIC_URL: 'https://bank.example/lend' }, 'CUSTOMER_API_PUBLIC_URL is not a bare address, without a path'],
    [{ OIDC_ISSUER: 'http://sso.bank.example' }, 'OIDC_ISSUER does not begin with https://'],
    [{ BANK_RATE_SHARE: '1.5' }, 'BANK_RATE_SHARE is not a part of 1 like 0.25'],
    [{ BANK_RATE_SHARE: '0.0' }, 'BANK_RATE_SHARE is nothing'],
  ])('refuses %j with one sentence', (change, sentence) => {
    expect(refusal(change)).toContain(sentence);
    expect(refusal(change)).toMatch(/^[^\n]+\.$/);
  });

  it('reads secrets from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rongqiao-config-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, `${pair.privateKey}\n`);
    const config = loadConfig('worker', { ...production, PLATFORM_PRIVATE_KEY: undefined, PLATFORM_PRIVATE_KEY_FILE: file });
    expect(config.PLATFORM_PRIVATE_KEY).toBe(pair.privateKey.trim());
    rmSync(folder, { recursive: true });
  });

  it('lets the sandbox do without secrets of its own', () => {
    const { PERSONAL_DATA_KEY: _data, OIDC_CLIENT_SECRET: _client, CUSTOMER_API_PUBLIC_URL: _url, ...rest } = production;
    const config = loadConfig('customer-api', { ...rest, OIDC_ISSUER: 'http://127.0.0.1:3100/oidc', SANDBOX: 'true' });
    expect(config.OIDC_CLIENT_SECRET).toMatch(/^sandbox/);
    expect(config.CUSTOMER_API_PUBLIC_URL).toBeUndefined();
  });

  it('never shows a value that it refuses', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: fc.constantFrom('Ω', 'Ж', '9') }), (value) => {
        for (const name of ['OIDC_CLIENT_SECRET', 'CUSTOMER_API_PUBLIC_URL', 'PERSONAL_DATA_KEY', 'PLATFORM_PRIVATE_KEY', 'DATABASE_URL']) {
          expect(refusal({ [name]: value })).not.toContain(value);
        }
      }),
      { numRuns: 30 },
    );
  });
});

it('the page names every key of every process', () => {
  const page = configurationPage();
  for (const name of processNames) for (const key of keysOf(name)) expect(page).toContain(`| \`${key}\` |`);
});
