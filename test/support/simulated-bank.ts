import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAnswer, servicePath, signedHeaders, verifySigned, type Notice, type ServiceBody, type ServiceName } from '#bank/wire';
import { createDatabase, ROLES, withClient } from '#platform/database';
import { businessDate } from '#kernel/time';
import { startBankSimulator, type RunningSimulator } from '../../apps/bank-simulator/simulator';
import type { SimulatorOptions } from '../../apps/bank-simulator/configuration';
import { testServer } from './database';
import { rsaKeys } from './raw-bank';
import { until } from './until';

export const SIMULATED_PLATFORM = 'P0001';

/** An answer as a test looks at it; `undefined` status and body when the connection was cut. */
export interface Told {
  readonly http: number | undefined;
  readonly status: string | undefined;
  readonly code: string | undefined;
  readonly bankSerialNo: string | null;
  readonly bankTime: string | null;
  readonly bankDate: string | null;
  readonly data: Record<string, unknown>;
  readonly verified: boolean;
  readonly bytes: Buffer;
}

/** What a test may want otherwise in one call. */
export interface CallOptions {
  readonly requestNo?: string;
  readonly timestamp?: string;
  readonly privateKeyPem?: string;
  readonly platformNo?: string;
  readonly rawBody?: string;
}

/** The simulated bank in this process, on a database of its own, with a platform that hears its notices. */
export interface SimulatedBank {
  readonly url: string;
  readonly notices: Notice[];
  readonly bankPublicKeyPem: string;
  readonly databaseUrl: string;
  call<Name extends ServiceName>(service: Name, body: ServiceBody<Name>, options?: CallOptions): Promise<Told>;
  sandbox<Result = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Result>;
  /** Whether the platform answers notices as it should; otherwise with 500. */
  hearing: boolean;
  quiet(): Promise<void>;
  /** Stops the bank and starts it again on the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const bankKeys = rsaKeys();
const platformKeys = rsaKeys();
let lastRequest = 0;

export function nextRequestNo(): string {
  lastRequest += 1;
  return `T-${process.pid}-${lastRequest}`;
}

export async function simulatedBank(options: Partial<SimulatorOptions> = {}): Promise<SimulatedBank> {
  const server = await testServer();
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}_bank`;
  await withClient(server.superuserUrl, (client) => createDatabase(client, { name, owner: ROLES.bank, guests: [] }));
  const platform = await hearingPlatform();
  const full: SimulatorOptions = {
    databaseUrl: server.urlOf('bank', name),
    port: 0,
    platformNo: SIMULATED_PLATFORM,
    privateKeyPem: bankKeys.privateKey,
    platformPublicKeyPem: platformKeys.publicKey,
    platformNoticeUrl: platform.url,
    startDate: businessDate('2022-09-01'),
    timestampToleranceSeconds: 2,
    settleWindowSeconds: 3,
    transferDelayMs: 50,
    requestsPerSecond: 10_000,
    oidc: { clientId: 'rongqiao', clientSecret: 'secret-of-the-test', redirectUris: ['http://127.0.0.1:1/callback'] },
    ...options,
  };
  let simulator: RunningSimulator = await startBankSimulator(full);
  const bank: SimulatedBank = {
    get url() {
      return simulator.url;
    },
    notices: platform.notices,
    bankPublicKeyPem: bankKeys.publicKey,
    databaseUrl: full.databaseUrl,
    get hearing() {
      return platform.hears();
    },
    set hearing(hears: boolean) {
      platform.setHearing(hears);
    },
    call: (service, body, callOptions) => call(simulator.url, service, body, callOptions ?? {}),
    sandbox: (method, path, body) => sandbox(simulator.url, method, path, body),
    quiet: () => until('the bank is quiet', async () => (await sandbox<{ quiet: boolean }>(simulator.url, 'GET', '/sandbox/quiet')).quiet),
    restart: async () => {
      await simulator.stop();
      simulator = await startBankSimulator(full);
    },
    close: async () => {
      await simulator.stop();
      await platform.close();
      await withClient(server.superuserUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
    },
  };
  return bank;
}

async function call(url: string, service: ServiceName, body: unknown, options: CallOptions): Promise<Told> {
  const text = options.rawBody ?? JSON.stringify(body);
  const path = servicePath(service);
  const requestNo = options.requestNo ?? nextRequestNo();
  const headers = signedHeaders({
    direction: 'request',
    method: 'POST',
    path,
    platformNo: options.platformNo ?? SIMULATED_PLATFORM,
    requestNo,
    timestamp: options.timestamp ?? new Date().toISOString(),
    keySerial: 'platform-1',
    body: text,
    privateKeyPem: options.privateKeyPem ?? platformKeys.privateKey,
  });
  const nothing = { bankSerialNo: null, bankTime: null, bankDate: null, data: {}, verified: false, bytes: Buffer.alloc(0) };
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: text,
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const received = Object.fromEntries(response.headers);
    const message = { direction: 'response', path, body: bytes, publicKeyPem: bankKeys.publicKey, requestNo } as const;
    const verified = verifySigned(received, message).ok;
    const answer = readAnswer(bytes);
    if (answer === undefined) return { ...nothing, http: response.status, status: undefined, code: undefined, verified, bytes };
    const { status, code, bankSerialNo, bankTime, bankDate } = answer;
    const data = (answer.data ?? {}) as Record<string, unknown>;
    return { http: response.status, status, code, bankSerialNo, bankTime, bankDate, data, verified, bytes };
  } catch {
    return { ...nothing, http: undefined, status: undefined, code: undefined };
  }
}

async function sandbox<Result>(url: string, method: string, path: string, body?: unknown): Promise<Result> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (await response.json()) as Result;
}

interface HearingPlatform {
  readonly url: string;
  readonly notices: Notice[];
  hears(): boolean;
  setHearing(hears: boolean): void;
  close(): Promise<void>;
}

/** Keeps what came signed by the bank. */
async function hearingPlatform(): Promise<HearingPlatform> {
  const notices: Notice[] = [];
  let hears = true;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const message = { direction: 'request', method: 'POST', path: '/bank/notices', body, publicKeyPem: bankKeys.publicKey } as const;
      const verified = verifySigned(request.headers, message);
      if (verified.ok) notices.push(JSON.parse(body.toString('utf8')) as Notice);
      response.statusCode = hears ? 200 : 500;
      response.end(JSON.stringify({ received: hears }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bank/notices`,
    notices,
    hears: () => hears,
    setHearing: (value) => (hears = value),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
