import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { DirectBank } from '#bank/direct-adapter';
import { Admission } from '#journey/investment';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { openDatabase, removeEmbeddedPostgres } from '#platform/database';
import type { Database } from '#platform/database';
import { removeSandbox, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';
import { bringPeople } from '../people';
import type { Person } from '../people';
import { FIRST_DAY, openBank, putOnSale, registerListing } from '../sale';

/** What every order is about: 100 yuan. */
export const AMOUNT_FEN = 10_000;
const QUOTA_FEN = 900_000_000_000n;
const BALANCE_FEN = 100_000_000_000;
/** Longest time that a round of orders may take. */
const PATIENCE_MS = 120_000;

/** A listing on sale, registered at the bank. */
export interface Listing {
  readonly id: Uuid;
  readonly listingNo: string;
}

/** A bank, a worker, their databases, and customers with money. Rows that exist before an order does are written as sets. */
export class World {
  private readonly admission: Admission;
  private listings = 0;

  private constructor(
    private readonly dataFolder: string,
    readonly platform: RunningPlatform,
    private readonly database: Database,
    private readonly bank: DirectBank,
    private readonly owner: Client,
    readonly investors: readonly Person[],
  ) {
    this.admission = new Admission(database.work);
  }

  static async open(dataFolder: string, investors: number, redisUrl: string | undefined): Promise<World> {
    removeSandbox(dataFolder);
    const platform = await startAll({
      dataFolder,
      firstDay: FIRST_DAY,
      processes: ['worker'],
      redisUrl,
      redisPrefix: `bench-freezing-${process.pid}`,
      environment: { LOG_LEVEL: 'error', SIMULATOR_REQUESTS_PER_SECOND: '100000' },
    });
    try {
      const owner = new Client({ connectionString: platform.databases.ownerUrl });
      await owner.connect();
      const database = await openDatabase({ url: platform.databases.appUrl, poolSize: 4, applicationName: 'bench', role: 'app' });
      const people = await bringPeople(platform.urls.bank, owner, new Array<number>(investors).fill(BALANCE_FEN));
      return new World(dataFolder, platform, database, await openBank(platform), owner, people);
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** A listing that is on sale here and known to the bank. */
  async listing(): Promise<Listing> {
    const listingNo = `BENCH${(this.listings += 1)}`;
    const borrower = this.investors[0]!;
    await registerListing(this.bank, { listingNo, amountFen: QUOTA_FEN, borrower });
    const terms = { listingNo, borrowerId: borrower.id, amountFen: QUOTA_FEN, minimumFen: AMOUNT_FEN, stepFen: AMOUNT_FEN };
    const id = await putOnSale(this.owner, terms);
    return { id, listingNo };
  }

  /**
   * So many orders are admitted, as fast as the door takes them, and the worker, who hears of each batch, freezes them.
   * @returns seconds from the first order at the door to the last one frozen
   */
  async freeze(listing: Listing, orders: number): Promise<number> {
    const start = performance.now();
    const asked = Array.from({ length: orders }, (_, at) =>
      this.admission.admit({
        listingId: listing.id,
        customerId: this.investors[1 + (at % (this.investors.length - 1))]!.id,
        amount: fen(BigInt(AMOUNT_FEN)),
        acceptsPart: false,
        key: `${listing.listingNo}-${at}`,
        digest: 'bench',
      }),
    );
    await Promise.all(asked);
    while (await this.isFreezing(listing)) {
      if (performance.now() - start > PATIENCE_MS) throw new Error(`${listing.listingNo} was not frozen within ${PATIENCE_MS / 1_000} s`);
      await pause(20);
    }
    const seconds = (performance.now() - start) / 1_000;
    await this.check(listing, orders);
    return seconds;
  }

  async close(): Promise<void> {
    this.bank.disconnect();
    await this.database.close();
    await this.owner.end();
    await this.platform.stop();
    // The books of a bench are of no use to anybody; the logs of its processes stay.
    removeEmbeddedPostgres(join(this.dataFolder, 'postgres'));
  }

  private async isFreezing(listing: Listing): Promise<boolean> {
    const sql = `SELECT FROM investment_order WHERE listing_id = $1 AND state IN ('admitted', 'freezing') LIMIT 1`;
    return (await this.owner.query(sql, [listing.id])).rowCount === 1;
  }

  /** Every order is frozen under a hold of its own, and the listing's counter says so. @throws Error otherwise */
  private async check(listing: Listing, orders: number): Promise<void> {
    const { rows } = await this.owner.query<{ frozen: string; holds: string; counted: string }>(CHECK, [listing.id]);
    const { frozen, holds, counted } = rows[0]!;
    const isWhole = frozen === String(orders) && holds === frozen && counted === String(orders * AMOUNT_FEN);
    if (!isWhole) throw new Error(`of ${orders} orders ${frozen} are frozen under ${holds} holds, counted as ${counted} fen`);
  }
}

const CHECK = `
  SELECT count(*) FILTER (WHERE o.state = 'frozen') AS frozen, count(DISTINCT o.hold_no) AS holds, min(q.frozen_fen) AS counted
  FROM investment_order o JOIN listing_quota q ON q.listing_id = o.listing_id WHERE o.listing_id = $1`;
