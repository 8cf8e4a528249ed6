import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createDirectBank } from '#bank/direct-adapter';
import type { DirectBank } from '#bank/direct-adapter';
import { Admission } from '#journey/investment';
import { newId, requestNoOf } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { openDatabase, removeEmbeddedPostgres } from '#platform/database';
import type { Database } from '#platform/database';
import { removeSandbox, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';

const FIRST_DAY = businessDate('2024-01-02');
/** What every order is about: 100 yuan. */
export const AMOUNT_FEN = 10_000;
const QUOTA_FEN = 900_000_000_000n;
const BALANCE_FEN = 100_000_000_000;
/** Longest time that a round of orders may take. */
const PATIENCE_MS = 120_000;
/** Customers that the bank makes at once. */
const AT_ONCE = 1_000;

interface Investor {
  readonly id: Uuid;
  readonly accountNo: string;
}

/** A listing on sale, registered at the bank. */
export interface Listing {
  readonly id: Uuid;
  readonly listingNo: string;
}

/** A bank, a worker, their databases, and customers with money. Rows that exist before an order does are written as sets. */
export class World {
  readonly investors: Investor[] = [];
  private readonly admission: Admission;
  private listings = 0;

  private constructor(
    private readonly dataFolder: string,
    readonly platform: RunningPlatform,
    private readonly database: Database,
    private readonly bank: DirectBank,
    private readonly owner: Client,
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
      const env = platform.environment('worker');
      const owner = new Client({ connectionString: platform.databases.ownerUrl });
      await owner.connect();
      const database = await openDatabase({ url: platform.databases.appUrl, poolSize: 4, applicationName: 'bench', role: 'app' });
      const bank = await createDirectBank({
        url: platform.urls.bank,
        platformNo: env['BANK_PLATFORM_NO']!,
        keySerial: env['BANK_KEY_SERIAL']!,
        privateKeyPem: env['PLATFORM_PRIVATE_KEY']!,
        bankPublicKeyPem: env['BANK_PUBLIC_KEY']!,
      });
      const world = new World(dataFolder, platform, database, bank, owner);
      for (let made = 0; made < investors; made += AT_ONCE) await world.bring(AT_ONCE);
      return world;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** A listing that is on sale here and known to the bank. */
  async listing(): Promise<Listing> {
    const id = newId();
    const listingNo = `BENCH${(this.listings += 1)}`;
    const borrower = this.investors[0]!;
    const instruction = this.bank.encode({
      do: 'register_listing',
      listingNo,
      amount: fen(QUOTA_FEN),
      annualRatePpm: 70_000n,
      termDays: 365,
      borrowerAccountNo: borrower.accountNo,
      borrowerCustomerNo: `C${borrower.accountNo}`,
      borrowerName: '*',
      payeeAccountNos: [borrower.accountNo],
      guarantorAccountNo: null,
    });
    const outcome = await this.bank.send(requestNoOf(newId()), instruction);
    if (outcome.kind !== 'done') throw new Error(`the bank does not register ${listingNo}: ${JSON.stringify(outcome)}`);
    await this.owner.query(LISTING, [id, listingNo, borrower.id, QUOTA_FEN, AMOUNT_FEN, FIRST_DAY]);
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

  private async bring(count: number): Promise<void> {
    const wanted = Array.from({ length: count }, () => ({ name: '投资人', balanceFen: BALANCE_FEN }));
    const response = await fetch(`${this.platform.urls.bank}/sandbox/customers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
    if (!response.ok) throw new Error(`the bank makes no customers: ${await response.text()}`);
    const made = (await response.json()) as { readonly customerNo: string; readonly accountNo: string }[];
    const ids = made.map(() => newId());
    await this.owner.query(CUSTOMERS, [ids, made.map(({ customerNo }) => customerNo), made.map(({ accountNo }) => accountNo)]);
    made.forEach(({ accountNo }, at) => this.investors.push({ id: ids[at]!, accountNo }));
  }
}

const CUSTOMERS = `
  INSERT INTO customer (id, customer_no, e_account_no, e_account_status)
  SELECT id, customer_no, account_no, 'ACTIVE' FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (id, customer_no, account_no)`;

const LISTING = `
  WITH listed AS (
    INSERT INTO listing (id, listing_no, state, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method,
                         opens_at, deadline, minimum_order_fen, step_fen)
    VALUES ($1, $2, 'raising', 'bank_offline', 'credit', $3, 'bench', $4, $4, 70000, 12, 'equal_instalments', clock_timestamp(), $6::date + 30, $5, $5)
    RETURNING id)
  INSERT INTO listing_quota (listing_id, quota_fen, amount_fen, is_open) SELECT id, $4, $4, true FROM listed`;

const CHECK = `
  SELECT count(*) FILTER (WHERE o.state = 'frozen') AS frozen, count(DISTINCT o.hold_no) AS holds, min(q.frozen_fen) AS counted
  FROM investment_order o JOIN listing_quota q ON q.listing_id = o.listing_id WHERE o.listing_id = $1`;
