import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startBankSimulator } from '../../apps/bank-simulator/simulator';
import type { BankPort } from '#bank/port';
import { createBankSandbox, createDirectBank } from '#bank/direct-adapter';
import { fenToJson, type Fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { testDatabase } from './database';
import { rsaKeys } from './raw-bank';

/** A notice as the platform's HTTP server got it. */
export interface HeardNotice {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What can be made to happen to one call at the other side of the port. */
export type Mishap = 'lost_request' | 'lost_answer' | 'stumbled' | 'busy';

/**
 * A bank behind an adapter, with the levers that the contract needs. Another adapter joins the suite by another way to open one of these: how a call gets lost
 * there is its own affair.
 */
export interface BankUnderTest {
  readonly port: BankPort;
  /** A customer with an e-account and money on it. */
  customer(balance: Fen): Promise<{ customerNo: string; accountNo: string }>;
  insurer(balance: Fen): Promise<{ accountNo: string }>;
  setCreditLimit(customerNo: string, limit: Fen): Promise<void>;
  closeAccount(accountNo: string): Promise<void>;
  /** The next call with this request number is struck once. */
  strike(mishap: Mishap, requestNo: string): Promise<void>;
  /** A transfer of this account, once done, comes back after a day. */
  returnTransfer(requestNo: string): Promise<void>;
  /** Does at the bank's page what a customer does there. */
  finishAt(url: string): Promise<void>;
  readonly notices: readonly HeardNotice[];
  nextDay(): Promise<void>;
  /** Runs something inside a database transaction of the platform. */
  insideTransaction<T>(fn: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const FAULTS: Readonly<Record<Mishap, string>> = {
  lost_request: 'drop_request',
  lost_answer: 'drop_answer',
  stumbled: 'answer_500',
  busy: 'busy',
};

/** The direct adapter, connected to the bank simulator. */
export async function directBankUnderTest(): Promise<BankUnderTest> {
  const db = await testDatabase();
  const bankKeys = rsaKeys();
  const ourKeys = rsaKeys();
  const heard: HeardNotice[] = [];
  const ear = await noticeServer(heard);
  const simulator = await startBankSimulator({
    databaseUrl: db.bankUrl,
    port: 0,
    platformNo: 'P0001',
    privateKeyPem: bankKeys.privateKey,
    platformPublicKeyPem: ourKeys.publicKey,
    platformNoticeUrl: `http://127.0.0.1:${(ear.address() as AddressInfo).port}/bank/notices`,
    startDate: businessDate('2022-09-01'),
    timestampToleranceSeconds: 30,
    settleWindowSeconds: 40,
    transferDelayMs: 20,
    requestsPerSecond: 1000,
    oidc: { clientId: 'rongqiao', clientSecret: 'secret of the client', redirectUris: [] },
  });
  const { url } = simulator;
  const port = await createDirectBank({
    url,
    platformNo: 'P0001',
    keySerial: 'K1',
    privateKeyPem: ourKeys.privateKey,
    bankPublicKeyPem: bankKeys.publicKey,
  });
  const control = (path: string, body: object): Promise<Record<string, string>> => postJson(`${url}${path}`, body);
  return {
    port,
    customer: async (balance) => {
      const { customerNo, accountNo } = await control('/sandbox/customers', { name: '张三', balanceFen: fenToJson(balance) });
      return { customerNo: customerNo!, accountNo: accountNo! };
    },
    insurer: async (balance) => {
      const { accountNo } = await control('/sandbox/institutions', { name: '融安保险', balanceFen: fenToJson(balance) });
      return { accountNo: accountNo! };
    },
    setCreditLimit: async (customerNo, limit) =>
      void (await control(`/sandbox/customers/${customerNo}/credit-limit`, { limitFen: fenToJson(limit) })),
    closeAccount: async (accountNo) => void (await control(`/sandbox/accounts/${accountNo}/close`, {})),
    strike: async (mishap, requestNo) => void (await control('/sandbox/faults', { kind: FAULTS[mishap], requestNo })),
    returnTransfer: async (requestNo) => void (await control('/sandbox/faults', { kind: 'return_transfer', requestNo, days: 1 })),
    finishAt: async (page) => void (await fetch(`${page}?auto=1`, { redirect: 'manual' })),
    notices: heard,
    nextDay: async () => void (await createBankSandbox({ url }).advance(1)),
    insideTransaction: (fn) => db.work.run(fn),
    close: async () => {
      port.disconnect();
      await simulator.stop();
      await new Promise((resolve) => ear.close(resolve));
      await db.close();
    },
  };
}

function noticeServer(heard: HeardNotice[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ method: request.method ?? '', path: request.url ?? '', headers: flat(request.headers), body: Buffer.concat(chunks) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

async function postJson(url: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = (await response.json()) as Record<string, string>;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}
