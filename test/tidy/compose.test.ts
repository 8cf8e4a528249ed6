import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { keysOf, loadConfig, requiredKeysOf } from '#platform/config';
import type { ProcessName } from '#platform/config';
import { LOGIN_CALLBACK_PATH, processTable, bankShareOf, checkBankShares } from '#platform/processes';
import { signOn } from '#registers/identity';
import { OIDC_PATH } from '../../apps/bank-simulator/oidc/provider';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const root = resolve(__dirname, '../..');
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;

/** Services that are not processes of the table: the two servers, and the migration that runs once. */
const OTHERS = ['postgres', 'redis', 'migrate'];
const ours = Object.entries(compose.services).filter(([name]) => !['postgres', 'redis'].includes(name)) as [ProcessName, Service][];
const serviceOf = (name: string): Service => compose.services[name] ?? {};
/** A folder in which the program that makes the secrets has run, as an operator runs it once. */
const made = mkdtempSync(join(tmpdir(), 'rongqiao-compose-'));
mkdirSync(join(made, 'docker'));
copyFileSync(join(root, 'docker/make-secrets.js'), join(made, 'docker/make-secrets.js'));
execFileSync(process.execPath, [join(made, 'docker/make-secrets.js')]);
afterAll(() => rmSync(made, { recursive: true }));

/** The file behind a path in a container. */
const secretFile = (path: string): string => join(made, compose.secrets[path.replace('/run/secrets/', '')]?.file ?? 'none');
const keyOf = (variable: string): string => variable.replace(/_FILE$/, '');

it('runs every process of the process table and nothing else, as often as the table says', () => {
  const processes = Object.keys(compose.services).filter((name) => !OTHERS.includes(name));
  expect(processes.toSorted()).toEqual(processTable.map((entry) => entry.name).toSorted());
  for (const entry of processTable) expect([entry.name, serviceOf(entry.name).deploy?.replicas ?? 1]).toEqual([entry.name, entry.copies]);
});

it.each(ours)('%s has a command that exists', (name, { command }) => {
  const program = command?.find((word) => !word.startsWith('--')) ?? '';
  const entry = processTable.find((candidate) => candidate.name === name);
  if (entry !== undefined) expect(command).toEqual([...(entry.nodeFlags ?? []), `dist/${entry.entry}`]);
  expect([program, existsSync(join(root, program.replace(/^dist\/(.*)\.js$/, '$1.ts')))]).toEqual([program, true]);
});

it.each(ours)('%s gets every key that it cannot do without, and none that it does not read', (name, { environment = {} }) => {
  const given = Object.keys(environment).map(keyOf);
  expect(given.filter((key) => !(keysOf(name) as readonly string[]).includes(key))).toEqual([]);
  expect(requiredKeysOf(name).filter((key) => !given.includes(key))).toEqual([]);
});

it.each(ours)('%s gets values that the schema accepts', (name, { environment = {} }) => {
  const env = Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [
      key,
      key.endsWith('_FILE') ? secretFile(value) : value.replaceAll(/\$\{[^}]*\}/g, 'x'),
    ]),
  );
  expect(() => loadConfig(name, { ...env, SANDBOX: env['SANDBOX'] ?? 'true' })).not.toThrow();
});

it.each(ours)('%s gets each secret file that its environment names', (_name, { environment = {}, secrets = [] }) => {
  const named = Object.entries(environment).flatMap(([key, value]) => (key.endsWith('_FILE') ? [value] : []));
  expect(named.toSorted()).toEqual(secrets.map((secret) => `/run/secrets/${secret}`).toSorted());
  for (const secret of secrets) expect(compose.secrets[secret]?.file).toMatch(/^\.data\/compose\//);
});

it('asks every process that answers HTTP for its health on its own port', () => {
  for (const { name, portKey, healthPath } of processTable) {
    const { environment = {}, healthcheck } = serviceOf(name);
    if (portKey === undefined) expect(healthcheck).toBeUndefined();
    else expect(healthcheck?.test.at(-1)).toContain(`http://127.0.0.1:${environment[portKey]}${healthPath}`);
  }
});

describe('a customer can log in', () => {
  const bank = serviceOf('bank-simulator');
  const api = serviceOf('customer-api');
  const asked = api.environment ?? {};
  const told = bank.environment ?? {};
  const issuer = asked['OIDC_ISSUER'] ?? '';
  const here = asked['CUSTOMER_API_PUBLIC_URL'] ?? '';
  const redirectUri = `${here}${LOGIN_CALLBACK_PATH}`;

  it('at an issuer that our sign-on accepts', () => {
    const sandbox = asked['SANDBOX'] === 'true';
    expect(() => signOn({ issuer, clientId: 'c', clientSecret: 's', redirectUri, sandbox })).not.toThrow();
  });

  it("that is the simulated bank's own, and sends him back where the bank knows us", () => {
    expect(issuer).toBe(`${told['SIMULATOR_PUBLIC_URL']}${OIDC_PATH}`);
    expect(told['SIMULATOR_OIDC_REDIRECT_URIS']).toBe(redirectUri);
    expect(told['SIMULATOR_OIDC_CLIENT_ID']).toBe(asked['OIDC_CLIENT_ID']);
    expect(told['SIMULATOR_OIDC_CLIENT_SECRET_FILE']).toBe(asked['OIDC_CLIENT_SECRET_FILE']);
  });

  it('under one name and port for the browser on this machine and for the containers', () => {
    const { hostname, port } = new URL(issuer);
    // The browser: a name below localhost is the machine itself, where the port is published.
    expect(hostname).toMatch(/\.localhost$/);
    expect(bank.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    // The containers: there the name is the simulator's, which listens on the same port for everybody.
    expect(bank.networks?.default.aliases).toEqual([hostname]);
    expect([told['SIMULATOR_PORT'], told['SIMULATOR_LISTEN_ADDRESS']]).toEqual([port, '0.0.0.0']);
  });

  it('and his browser reaches us at the address that we give', () => {
    const { hostname, port } = new URL(here);
    expect(hostname).toBe('localhost');
    expect(api.ports).toEqual([`127.0.0.1:${port}:${asked['CUSTOMER_API_PORT']}`]);
  });
});

it('gives the back office its first operators, of whom nobody can be maker and checker', () => {
  const file = serviceOf('back-office-api').environment?.['BOOTSTRAP_OPERATORS_FILE'] ?? '';
  const operators = JSON.parse(readFileSync(secretFile(file), 'utf8')) as { name: string; roles: string[]; password: string }[];
  expect(operators.map(({ roles }) => roles)).toEqual([['operator'], ['reviewer_1'], ['reviewer_2'], ['checker'], ['auditor']]);
  expect(new Set(operators.map(({ password }) => password)).size).toBe(operators.length);
});

it('makes every password that the environment file has to have', () => {
  const env = readFileSync(join(made, '.data/compose/env'), 'utf8');
  const wanted = readFileSync(join(root, 'docker-compose.yml'), 'utf8').matchAll(/\$\{([A-Z_]+):/g);
  for (const [, name] of wanted) expect(env).toMatch(new RegExp(`^${name}=[0-9a-f]{48}$`, 'm'));
});

it("divides the bank's rate among all copies as the process table does", () => {
  const plan = ours.flatMap(([process, { environment = {}, deploy }]) => {
    const share = environment['BANK_RATE_SHARE'];
    return share === undefined ? [] : new Array(deploy?.replicas ?? 1).fill({ process, share: Number(share) });
  });
  const speakers = processTable.filter(({ bankShare }) => bankShare !== undefined);
  expect(plan).toEqual(speakers.flatMap(({ name, copies }) => new Array(copies).fill({ process: name, share: bankShareOf(name) })));
  expect(() => checkBankShares(plan)).not.toThrow();
});

it('runs on servers that lose nothing: PostgreSQL durable, Redis without eviction', () => {
  expect(serviceOf('postgres').image).toBe('postgres:18');
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) expect(serviceOf('postgres').command).toContain(`${name}=on`);
  expect(serviceOf('redis').command?.join(' ')).toContain('--maxmemory-policy noeviction');
});

it('the pools of all copies fit into max_connections', () => {
  const limit = Number(/max_connections=(\d+)/.exec(serviceOf('postgres').command?.join(' ') ?? '')?.[1]);
  const wanted = processTable.reduce((sum, entry) => sum + entry.connections * entry.copies, 0);
  expect(wanted).toBeLessThan(limit - 3);
});
