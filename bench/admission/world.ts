import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { businessDate } from '#kernel/time';
import { removeEmbeddedPostgres } from '#platform/database';
import { removeSandbox, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';
import { ROW_LOCK_FUNCTION } from './row-lock';
import { TERMS } from './shot';
import type { Hit, Investor } from './shot';

const FIRST_DAY = businessDate('2024-01-02');
const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** A listing on sale. */
export interface Listing {
  readonly id: Uuid;
  /** As the api calls it. */
  readonly publicId: string;
}

/**
 * A platform of its own with one customer API, and a crowd that is logged in. Customers, sessions and listings are written straight into the tables, as sets: what
 * is measured begins with an order of a customer who has logged in before the listing opened.
 */
export class World {
  readonly investors: Investor[] = [];
  private readonly borrower = newId();
  private listings = 0;

  private constructor(
    private readonly dataFolder: string,
    readonly platform: RunningPlatform,
    private readonly owner: Client,
  ) {}

  /** @throws Error when the server would forget a commit in a power cut */
  static async open(dataFolder: string, investors: number): Promise<World> {
    removeSandbox(dataFolder);
    const platform = await startAll({ dataFolder, firstDay: FIRST_DAY, processes: ['customer-api'], environment: { LOG_LEVEL: 'error' } });
    const world = new World(dataFolder, platform, new Client({ connectionString: platform.databases.ownerUrl }));
    try {
      await world.prepare(investors);
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** A listing with this quota that nobody has ordered from, in fen. */
  async listing(quotaFen: bigint): Promise<Listing> {
    this.listings += 1;
    const id = newId();
    await this.owner.query(LISTING, [
      id,
      `BENCH${this.listings}`,
      this.borrower,
      quotaFen,
      TERMS.minimum,
      TERMS.step,
      TERMS.cap,
      FIRST_DAY,
    ]);
    return { id, publicId: publicId('lst', id) };
  }

  /**
   * Compares what was acknowledged with what stands in the tables: every acknowledged order is a row and every row was acknowledged; counter, exposures and orders
   * are one sum, which is within the quota. @throws Error otherwise
   */
  async audit(listing: Listing, hit: Hit): Promise<{ readonly takenFen: bigint; readonly quotaFen: bigint }> {
    const { rows } = await this.owner.query<Record<'taken' | 'quota' | 'orders' | 'ordered' | 'exposed', string>>(AUDIT, [listing.id]);
    const { taken, quota, orders, ordered, exposed } = rows[0]!;
    const seen = `acknowledged ${hit.admitted} orders of ${hit.admittedFen} fen; rows ${orders} of ${ordered}, counter ${taken}, exposures ${exposed}, quota ${quota}`;
    const isWhole = orders === String(hit.admitted) && ordered === String(hit.admittedFen) && taken === ordered && exposed === ordered;
    if (!isWhole || BigInt(taken) > BigInt(quota)) throw new Error(`the books do not agree with the answers: ${seen}`);
    return { takenFen: BigInt(taken), quotaFen: BigInt(quota) };
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.platform.stop();
    // The books of a bench are of no use to anybody; the logs of its processes stay.
    removeEmbeddedPostgres(join(this.dataFolder, 'postgres'));
  }

  private async prepare(investors: number): Promise<void> {
    await this.owner.connect();
    await this.refuseForgetfulServer();
    await this.owner.query(ROW_LOCK_FUNCTION);
    await this.bringPeople(investors);
  }

  private async refuseForgetfulServer(): Promise<void> {
    for (const setting of DURABLE) {
      const { rows } = await this.owner.query<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
      if (rows[0]?.value !== 'on') throw new Error(`${setting} is ${rows[0]?.value}: what is not durable is not measured`);
    }
  }

  private async bringPeople(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) this.investors.push({ customerId: newId(), token: randomBytes(32).toString('base64url') });
    const ids = this.investors.map(({ customerId }) => customerId);
    await this.owner.query(CUSTOMERS, [[...ids, this.borrower]]);
    await this.owner.query(SESSIONS, [ids, this.investors.map(({ token }) => createHash('sha256').update(token).digest('hex'))]);
    await this.owner.query('VACUUM ANALYZE customer');
    await this.owner.query('VACUUM ANALYZE customer_session');
  }
}

const CUSTOMERS = `
  INSERT INTO customer (id, customer_no, e_account_no, e_account_status)
  SELECT id, 'C' || n, 'E' || n, 'ACTIVE' FROM unnest($1::uuid[]) WITH ORDINALITY AS c (id, n)`;

/** Last seen at any time of the last minute, so that the notes of their next use do not come all at once. */
const SESSIONS = `
  INSERT INTO customer_session (token_digest, customer_id, auth_time, seen_at, expires_at)
  SELECT digest, id, clock_timestamp(), clock_timestamp() - random() * interval '1 minute', clock_timestamp() + interval '12 hours'
  FROM unnest($1::uuid[], $2::text[]) AS s (id, digest)`;

const LISTING = `
  WITH listed AS (
    INSERT INTO listing (id, listing_no, state, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method,
                         opens_at, deadline, minimum_order_fen, step_fen, investor_cap_fen)
    VALUES ($1, $2, 'raising', 'bank_offline', 'credit', $3, 'bench', $4, $4, 70000, 12, 'equal_instalments', clock_timestamp(), $8::date + 30, $5, $6, $7)
    RETURNING id)
  INSERT INTO listing_quota (listing_id, quota_fen, amount_fen, is_open) SELECT id, $4, $4, true FROM listed`;

const AUDIT = `
  SELECT q.taken_fen AS taken, q.quota_fen AS quota, o.orders, o.ordered, e.exposed
  FROM listing_quota q,
       (SELECT count(*) AS orders, coalesce(sum(amount_fen), 0) AS ordered FROM investment_order WHERE listing_id = $1) AS o,
       (SELECT coalesce(sum(amount_fen), 0) AS exposed FROM listing_exposure WHERE listing_id = $1) AS e
  WHERE q.listing_id = $1`;
