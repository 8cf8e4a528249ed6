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
  SESSION_SECRET: 'f8Kq2LzT9vXw1RmB7nYc4HdJ6pGs0EaU3iQo5NrZ',
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
    expect(config).toMatchObject({ SANDBOX: false, CUSTOMER_API_PORT: 3000, LOG_LEVEL: 'info', OIDC_REDIRECT_URI: undefined });
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
    [{ SESSION_SECRET: undefined }, 'SESSION_SECRET is missing'],
    [{ SESSION_SECRET: 'f8Kq2LzT9vXw1RmB' }, 'SESSION_SECRET is shorter than 32 characters'],
    [{ SESSION_SECRET: 'ababababababababababababababababababab' }, 'SESSION_SECRET is too simple'],
    [{ SESSION_SECRET: 'change-me-to-something-longer-than-this' }, 'SESSION_SECRET looks like an example'],
    [{ SESSION_SECRET: 'sandbox-session-secret-of-rongqiao-0001' }, "SESSION_SECRET is the sandbox's"],
    [
      { SESSION_SECRET: '', SESSION_SECRET_FILE: '/does/not/exist' },
      'SESSION_SECRET cannot be read from the file that SESSION_SECRET_FILE names',
    ],
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
    const { SESSION_SECRET: _session, PERSONAL_DATA_KEY: _data, OIDC_CLIENT_SECRET: _client, ...rest } = production;
    expect(loadConfig('customer-api', { ...rest, SANDBOX: 'true' }).SESSION_SECRET).toMatch(/^sandbox/);
  });

  it('never shows a value that it refuses', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: fc.constantFrom('Ω', 'Ж', '9') }), (value) => {
        for (const name of ['SESSION_SECRET', 'PERSONAL_DATA_KEY', 'PLATFORM_PRIVATE_KEY', 'DATABASE_URL']) {
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
