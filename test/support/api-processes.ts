import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { admitCustomer, openCustomerSession, sealer } from '#registers/identity';
import { businessDate } from '#kernel/time';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import type { Config } from '#platform/config';
import { loadConfig } from '#platform/config';
import type { AppName, ProcessContext, StartedProcess } from '#platform/processes';
import { testDatabase, type TestDatabase } from './database';
import { keptLog } from './jobs';
import { OutageProxy } from './outage-proxy';
import { rsaKeys } from './raw-bank';
import { simulatedBank, SIMULATED_PLATFORM, type SimulatedBank } from './simulated-bank';

const personalDataKey = randomBytes(32);

/** What the api processes need around them: a database behind a network that can be taken away, and the simulated bank. */
export class ApiSurroundings {
  private readonly started: StartedProcess[] = [];

  private constructor(
    readonly db: TestDatabase,
    readonly proxy: OutageProxy,
    readonly bank: SimulatedBank,
    private readonly keys: ReturnType<typeof rsaKeys>,
  ) {}

  static async open(): Promise<ApiSurroundings> {
    const db = await testDatabase();
    await db.work.run((tx) => startClock(tx, businessDate('2022-09-01'), true));
    const keys = rsaKeys();
    const bank = await simulatedBank({ platformPublicKeyPem: keys.publicKey });
    return new ApiSurroundings(db, await OutageProxy.to(new URL(db.appUrl)), bank, keys);
  }

  /** Runs an api in this process, as its `main.ts` does, configured by the environment given. @returns its address */
  async start<Name extends AppName>(
    name: Name,
    serve: (context: ProcessContext<Name>) => Promise<StartedProcess>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const config: Config<Name> = loadConfig(name, { ...this.environment(), ...environment });
    const process = await serve({ config, log: keptLog() });
    this.started.push(process);
    return `http://127.0.0.1:${process.port}`;
  }

  /** Runs a statement as the owner of the tables. */
  async asOwner(sql: string): Promise<void> {
    await withClient(this.db.ownerUrl, (client) => client.query(sql));
  }

  /** A cookie of a customer who has logged in. */
  async session(customerNo: string, name?: string): Promise<string> {
    const seals = sealer([{ id: 'test', key: personalDataKey }]);
    const token = await this.db.work.run(async (tx) => {
      const { id } = await admitCustomer(tx, { customerNo, ...(name === undefined ? {} : { name }) }, seals);
      return (await openCustomerSession(tx, { customerId: id, authTime: new Date() })).token;
    });
    return `rq_session=${token}`;
  }

  async close(): Promise<void> {
    this.proxy.heal();
    for (const process of this.started) await process.stop();
    await this.proxy.close();
    await this.bank.close();
    await this.db.close();
  }

  private environment(): Record<string, string> {
    return {
      SANDBOX: 'true',
      DATABASE_URL: this.proxy.url,
      DATABASE_POOL_SIZE: '4',
      CUSTOMER_API_PORT: '0',
      BACK_OFFICE_API_PORT: '0',
      BANK_URL: this.bank.url,
      BANK_PLATFORM_NO: SIMULATED_PLATFORM,
      PLATFORM_PRIVATE_KEY: this.keys.privateKey,
      BANK_PUBLIC_KEY: this.bank.bankPublicKeyPem,
      OIDC_ISSUER: `${this.bank.url}/oidc`,
      OIDC_CLIENT_SECRET: 'secret-of-the-test',
      PERSONAL_DATA_KEY: `test:${personalDataKey.toString('base64')}`,
    };
  }
}

/** A request whose every header, `Host` too, is the caller's. */
export function askWithHost(
  url: string,
  { method = 'GET', headers, body = '' }: { method?: string; headers: Readonly<Record<string, string>>; body?: string },
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
