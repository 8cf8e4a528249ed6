import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { quotaOf } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { median } from '../rates';

/** What the rows of one listing say in one instant; amounts in fen. */
export interface Snapshot {
  readonly listingState: string;
  readonly appliedFen: bigint;
  readonly overbookingPpm: bigint;
  /** The counters of the door. */
  readonly quotaFen: bigint;
  readonly takenFen: bigint;
  readonly frozenFen: bigint;
  /** What the investors have in it together, after the table that their caps are kept by. */
  readonly exposedFen: bigint;
  readonly orders: ReadonlyMap<string, StateSum>;
}

/** The orders in one state: how many, what was ordered, and what counts (the accepted part, once it is known). */
export interface StateSum {
  readonly orders: number;
  readonly orderedFen: bigint;
  readonly countsFen: bigint;
}

/** Between two snapshots at least; and so long that looking takes a tenth of the time at most, however many rows there are. */
const PAUSE_MS = 75;
const PART_OF_TIME = 10;
/** States in which an order counts against what is sold, and those in which it is in the loan. */
const LIVE = ['admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent', 'settled'];
const ACCEPTED = ['accepted', 'collected', 'lent', 'settled'];

/**
 * A reader beside the raise: a connection of its own, as the role that may only read. Each snapshot is one REPEATABLE READ transaction that adds up every row of the
 * listing's orders, and is judged by itself.
 */
export class Snapshots {
  taken = 0;
  latest: Snapshot | undefined;
  readonly violations: string[] = [];
  private readonly timesMs: number[] = [];
  private isOver = false;
  private ended: Promise<void> = Promise.resolve();

  private constructor(
    private readonly client: Client,
    private readonly listingId: Uuid,
  ) {}

  static async begin(readUrl: string, listingId: Uuid): Promise<Snapshots> {
    const client = new Client({ connectionString: readUrl, application_name: 'bench snapshots' });
    await client.connect();
    const snapshots = new Snapshots(client, listingId);
    await snapshots.take();
    snapshots.ended = snapshots.keepTaking();
    // Whoever ends the raise early does not wait for it.
    snapshots.ended.catch(() => undefined);
    return snapshots;
  }

  /** Orders that the rows have now, in any of these states; in all without them. */
  orders(...states: readonly string[]): number {
    const sums = [...(this.latest?.orders ?? [])].filter(([state]) => states.length === 0 || states.includes(state));
    return sums.reduce((all, [, { orders }]) => all + orders, 0);
  }

  /** What one of them cost, in milliseconds. */
  cost(): { readonly medianMs: number; readonly longestMs: number } {
    return { medianMs: median(this.timesMs), longestMs: Math.max(...this.timesMs) };
  }

  /** Takes a last one. @throws Error when a snapshot could not be taken */
  async end(): Promise<void> {
    this.isOver = true;
    await this.ended;
    await this.take();
  }

  async close(): Promise<void> {
    this.isOver = true;
    await this.client.end();
  }

  private async keepTaking(): Promise<void> {
    while (!this.isOver) {
      const tookMs = await this.take();
      await pause(Math.max(PAUSE_MS, tookMs * (PART_OF_TIME - 1)));
    }
  }

  private async take(): Promise<number> {
    const begun = performance.now();
    const snapshot = await this.read();
    const tookMs = performance.now() - begun;
    this.timesMs.push(tookMs);
    this.taken += 1;
    this.latest = snapshot;
    this.violations.push(...violationsOf(snapshot).map((what) => `snapshot ${this.taken}: ${what}`));
    return tookMs;
  }

  private async read(): Promise<Snapshot> {
    await this.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const sums = await this.client.query<Record<'state' | 'orders' | 'ordered' | 'counts', string>>(SUMS, [this.listingId]);
    const door = await this.client.query<Record<keyof Omit<Snapshot, 'orders'>, string>>(DOOR, [this.listingId]);
    await this.client.query('COMMIT');
    const { listingState, appliedFen, overbookingPpm, quotaFen, takenFen, frozenFen, exposedFen } = door.rows[0]!;
    return {
      listingState,
      appliedFen: BigInt(appliedFen),
      overbookingPpm: BigInt(overbookingPpm),
      quotaFen: BigInt(quotaFen),
      takenFen: BigInt(takenFen),
      frozenFen: BigInt(frozenFen),
      exposedFen: BigInt(exposedFen),
      orders: new Map(
        sums.rows.map((row) => [row.state, { orders: Number(row.orders), orderedFen: BigInt(row.ordered), countsFen: BigInt(row.counts) }]),
      ),
    };
  }
}

const SUMS = `
  SELECT state, count(*) AS orders, sum(amount_fen) AS ordered, sum(coalesce(accepted_fen, amount_fen)) AS counts
  FROM investment_order WHERE listing_id = $1 GROUP BY state`;

const DOOR = `
  SELECT l.state AS "listingState", l.applied_fen AS "appliedFen", l.overbooking_ppm AS "overbookingPpm", q.quota_fen AS "quotaFen", q.taken_fen AS "takenFen",
    q.frozen_fen AS "frozenFen", (SELECT coalesce(sum(amount_fen), 0) FROM listing_exposure WHERE listing_id = $1) AS "exposedFen"
  FROM listing l JOIN listing_quota q ON q.listing_id = l.id WHERE l.id = $1`;

/** What must hold in every instant of a raise and after it, in sentences about what does not. */
export function violationsOf(snapshot: Snapshot): string[] {
  const { appliedFen, overbookingPpm, takenFen, frozenFen, exposedFen } = snapshot;
  const mayBeSold = quotaOf({ amount_fen: appliedFen, overbooking_ppm: overbookingPpm });
  const live = sumOf(snapshot, (state) => LIVE.includes(state), 'countsFen');
  const taken = sumOf(snapshot, (state) => state !== 'refused' && state !== 'cancelled', 'orderedFen');
  const accepted = sumOf(snapshot, (state) => ACCEPTED.includes(state), 'countsFen');
  const frozen = sumOf(snapshot, (state) => state === 'frozen', 'orderedFen');
  const isRaising = snapshot.listingState === 'raising' || snapshot.listingState === 'raised';
  const laws: readonly (readonly [holds: boolean, sentence: string])[] = [
    [live <= mayBeSold, `live orders of ${live} fen, ${mayBeSold} may be sold`],
    [takenFen <= mayBeSold, `the counter says ${takenFen} fen, ${mayBeSold} may be sold`],
    [takenFen === taken, `the counter says ${takenFen} fen, the rows ${taken}`],
    [exposedFen === live, `the investors' sums make ${exposedFen} fen, their live orders ${live}`],
    [accepted <= appliedFen, `${accepted} fen are accepted, ${appliedFen} are wanted`],
    [!isRaising || frozenFen === frozen, `the counter says ${frozenFen} fen frozen, the rows ${frozen}`],
  ];
  return laws.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

function sumOf({ orders }: Snapshot, counts: (state: string) => boolean, what: 'orderedFen' | 'countsFen'): bigint {
  return [...orders].reduce((sum, [state, one]) => (counts(state) ? sum + one[what] : sum), 0n);
}
