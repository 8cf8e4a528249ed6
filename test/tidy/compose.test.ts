import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { keysOf, loadConfig, requiredKeysOf } from '#platform/config';
import type { ProcessName } from '#platform/config';
import { processTable } from '#platform/processes';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly healthcheck?: { readonly test: readonly string[] };
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
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
/** What stands in the files of the secrets, by the key that names the file. */
const inFiles: Readonly<Record<string, string>> = {
  PLATFORM_PRIVATE_KEY: pair.privateKey,
  BANK_PUBLIC_KEY: pair.publicKey,
  SIMULATOR_PRIVATE_KEY: pair.privateKey,
  PLATFORM_PUBLIC_KEY: pair.publicKey,
  OIDC_CLIENT_SECRET: randomBytes(32).toString('hex'),
  SIMULATOR_OIDC_CLIENT_SECRET: randomBytes(32).toString('hex'),
  SESSION_SECRET: randomBytes(48).toString('base64'),
  PERSONAL_DATA_KEY: `compose:${randomBytes(32).toString('base64')}`,
};
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
    Object.entries(environment).map(([key, value]) => {
      const secret = inFiles[keyOf(key)];
      return key.endsWith('_FILE') && secret !== undefined ? [keyOf(key), secret] : [key, value.replaceAll(/\$\{[^}]*\}/g, 'x')];
    }),
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
