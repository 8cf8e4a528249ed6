import { join } from 'node:path';
import { Client } from 'pg';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { removeEmbeddedPostgres } from '#platform/database';
import { removeSandbox, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';
import { refuseForgetfulServer } from '../durable';
import { logIn, writePeople } from '../people';
import type { Investor, Person } from '../people';
import { FIRST_DAY, putOnSale } from '../sale';
import { TERMS } from '../wishes';
import { ROW_LOCK_FUNCTION } from './row-lock';
import type { Hit } from './shot';

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
  investors: readonly Investor[] = [];
  private readonly borrower = someone('borrower');
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
    const id = await putOnSale(this.owner, {
      listingNo: `BENCH${this.listings}`,
      borrowerId: this.borrower.id,
      amountFen: quotaFen,
      minimumFen: TERMS.minimum,
      stepFen: TERMS.step,
      investorCapFen: TERMS.cap,
    });
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
    await refuseForgetfulServer(this.owner);
    await this.owner.query(ROW_LOCK_FUNCTION);
    const people = Array.from({ length: investors }, (_, at) => someone(at + 1));
    await writePeople(this.owner, [...people, this.borrower]);
    this.investors = await logIn(
      this.owner,
      people.map(({ id }) => id),
    );
  }
}

/** Somebody whom no bank is asked about here. */
function someone(no: number | string): Person {
  return { id: newId(), customerNo: `C${no}`, accountNo: `E${no}` };
}

const AUDIT = `
  SELECT q.taken_fen AS taken, q.quota_fen AS quota, o.orders, o.ordered, e.exposed
  FROM listing_quota q,
       (SELECT count(*) AS orders, coalesce(sum(amount_fen), 0) AS ordered FROM investment_order WHERE listing_id = $1) AS o,
       (SELECT coalesce(sum(amount_fen), 0) AS exposed FROM listing_exposure WHERE listing_id = $1) AS e
  WHERE q.listing_id = $1`;
