import { join } from 'node:path';
import { Client } from 'pg';
import { newId } from '#kernel/ids';
import { removeEmbeddedPostgres } from '#platform/database';
import { removeSandbox, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';
import { refuseForgetfulServer } from '../durable';
import { bringPeople, logIn } from '../people';
import type { Investor, Person } from '../people';
import { FIRST_DAY } from '../sale';
import { readBooks } from './books';
import type { BankBooks } from './books';
import type { Plan } from './plan';
import { sell } from './selling';
import type { Insurer, Listing } from './selling';

/**
 * A bank that is asked as fast as it answers. Its settle window, for which open freezes are waited for before the allocation, is some minutes at a real bank and 3 seconds
 * in the sandbox: here it is long enough for most of the freezes that are under way when the door closes.
 */
function bankFor({ orders }: Plan): Record<string, string> {
  const settleWindowSeconds = Math.min(20, Math.max(3, Math.ceil(orders / 1_000)));
  return { SIMULATOR_REQUESTS_PER_SECOND: '100000', SIMULATOR_SETTLE_WINDOW_SECONDS: String(settleWindowSeconds) };
}

/** What goes wrong at the bank with calls that freeze, each so many times: done and answered with 500, not done and answered with 500, busy. */
const WRONGS = [{ kind: 'answer_500', acted: true }, { kind: 'answer_500', acted: false }, { kind: 'busy' }];
const TIMES = 10;

/** They are spread over the first half of the orders, so that each has been asked about, and sent again, when the door closes. */
function faultsOf({ orders }: Plan): readonly object[] {
  return WRONGS.flatMap((wrong, which) =>
    Array.from({ length: TIMES }, (_, at) => ({
      ...wrong,
      service: 'holds/place',
      id: `wrong-${which}-${at}`,
      nth: Math.ceil((orders / 2) * (at / TIMES)) + which + 1,
    })),
  );
}

/**
 * A bank, a customer API and a worker, each in its process; a borrower, an insurer and investors with money, logged in; and a listing on sale. Whatever exists before the
 * first order is written as sets, customers and their money at the bank by the bank itself.
 */
export class World {
  private constructor(
    private readonly dataFolder: string,
    readonly platform: RunningPlatform,
    /** As the owner of the database. */
    readonly owner: Client,
    readonly people: readonly Person[],
    readonly borrower: Person,
    readonly insurerAccountNo: string,
    readonly investors: readonly Investor[],
    readonly listing: Listing,
    /** The bank's books before the first order. */
    readonly before: BankBooks,
  ) {}

  /** @throws Error when the server would forget a commit in a power cut */
  static async open(dataFolder: string, plan: Plan, redisUrl: string | undefined): Promise<World> {
    removeSandbox(dataFolder);
    const platform = await startAll({
      dataFolder,
      firstDay: FIRST_DAY,
      processes: ['customer-api', 'worker'],
      redisUrl,
      redisPrefix: `bench-raise-${process.pid}`,
      environment: { LOG_LEVEL: 'warn', ...bankFor(plan) },
    });
    const owner = new Client({ connectionString: platform.databases.ownerUrl });
    try {
      await owner.connect();
      await refuseForgetfulServer(owner);
      const [borrower, ...people] = await bringPeople(platform.urls.bank, owner, [0, ...plan.balancesFen]);
      const insurer = await bringInsurer(platform.urls.bank, owner);
      const listing = await sell(platform, plan, borrower!, insurer);
      const investors = await logIn(
        owner,
        people.map(({ id }) => id),
      );
      await tellBank(platform.urls.bank, '/sandbox/faults', faultsOf(plan));
      const before = await readBooks(platform.urls.bank);
      return new World(dataFolder, platform, owner, people, borrower!, insurer.accountNo, investors, listing, before);
    } catch (error) {
      await owner.end();
      await platform.stop();
      throw error;
    }
  }

  /** A court freezes accounts whose owners have ordered: what is frozen for orders cannot be collected from them any more. */
  async freezeByCourt(places: readonly number[]): Promise<void> {
    for (const at of places) await tellBank(this.platform.urls.bank, `/sandbox/accounts/${this.people[at]!.accountNo}/judicial-freeze`, {});
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.platform.stop();
    // The books of a bench are of no use to anybody; the logs of its processes stay.
    removeEmbeddedPostgres(join(this.dataFolder, 'postgres'));
  }
}

async function bringInsurer(bankUrl: string, owner: Client): Promise<Insurer> {
  const name = '保险公司';
  const { accountNo, mandates } = (await tellBank(bankUrl, '/sandbox/institutions', { name })) as {
    readonly accountNo: string;
    readonly mandates: readonly { readonly mandateNo: string; readonly kind: string }[];
  };
  const id = newId();
  const mandateNo = mandates.find(({ kind }) => kind === 'ADVANCE')!.mandateNo;
  await owner.query(`INSERT INTO institution (id, name, kind, account_no, advance_mandate_no) VALUES ($1, $2, 'insurer', $3, $4)`, [
    id,
    name,
    accountNo,
    mandateNo,
  ]);
  return { id, accountNo };
}

async function tellBank(bankUrl: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${bankUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the bank refuses ${path}: ${await response.text()}`);
  return response.json();
}
