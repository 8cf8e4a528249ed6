import { processTable } from '#platform/processes';
import { startChild } from '../children';
import type { Child } from '../children';
import type { Round } from '../rates';
import type { Hit, Shot } from './shot';
import type { Variant } from './variants';
import type { World } from './world';

/** More than any round sells. */
const ENDLESS_FEN = 900_000_000_000_000n;
/** Sold out within a moment. */
const SMALL_FEN = 40_000_000n;

/** The processes that are shot at, and the one that shoots. */
export class Range {
  private constructor(
    private readonly world: World,
    private readonly second: Child,
    private readonly standIn: Child,
    private readonly load: Child,
  ) {}

  /** A second customer API beside the world's, the stand-in, and the load. */
  static async open(world: World): Promise<Range> {
    const { logFolder } = world.platform;
    const env = world.platform.environment('customer-api');
    // Every api of the bench runs with the options of the real one.
    const { entry, nodeFlags } = processTable.find(({ name }) => name === 'customer-api')!;
    const second = await startChild({ name: 'second customer-api', program: entry, nodeFlags, env, logFolder });
    const standIn = await startChild({ name: 'stand-in', program: 'bench/admission/stand-in-api.js', nodeFlags, env, logFolder });
    const load = await startChild({ name: 'load', program: 'bench/admission/load.js', env, logFolder });
    load.tell({ investors: world.investors });
    return new Range(world, second, standIn, load);
  }

  /** Every variant once per round, there and back again; the first round warms up and is not counted. */
  async alternate(variants: readonly Variant[], rounds: number, seconds: number): Promise<ReadonlyMap<Variant, readonly Round[]>> {
    const counted = new Map<Variant, Hit[]>(variants.map((variant) => [variant, []]));
    if (variants.some(({ doors }) => doors === 2)) await this.warmUp(seconds);
    for (let round = 0; round <= rounds; round += 1) {
      for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
        const hit = await this.measure(variant, seconds);
        if (round > 0) counted.get(variant)!.push(hit);
      }
    }
    return counted;
  }

  /** Two processes sell a small listing until nobody gets anything any more. @returns what came of it, in a sentence */
  async sellOut(): Promise<string> {
    const listing = await this.world.listing(SMALL_FEN);
    const shot = { connections: 64, seconds: 2, listing: listing.publicId, decision: 'door of a small listing' } as const;
    const hit = await this.fire({ ...shot, ports: this.ports(2) });
    const { takenFen, quotaFen } = await this.world.audit(listing, hit);
    return `sold by two processes: ${hit.admitted} orders of ${takenFen} fen out of ${quotaFen}, ${hit.refused} refused`;
  }

  async close(): Promise<void> {
    await Promise.all([this.load, this.standIn, this.second].map((child) => child.stop()));
  }

  private async measure({ name, connections, standIn, doors, path, decision }: Variant, seconds: number): Promise<Hit> {
    const listing = await this.world.listing(ENDLESS_FEN);
    if (standIn !== undefined) await this.standIn.ask({ decision: standIn });
    const ports = standIn === undefined ? this.ports(doors) : [this.standIn.port!];
    const hit = await this.fire({
      ports,
      connections,
      seconds,
      listing: listing.publicId,
      decision,
      ...(path === undefined ? {} : { path }),
    });
    if (decision === 'door') await this.world.audit(listing, hit);
    process.stderr.write(`${name}: ${hit.perSecond.toFixed(0)} a second; the load took ${(hit.loadCpu * 100).toFixed(0)} % of a core\n`);
    return hit;
  }

  /** The second process is asked by one variant only: it would still be cold when the others are warm. */
  private async warmUp(seconds: number): Promise<void> {
    const { publicId } = await this.world.listing(ENDLESS_FEN);
    await this.fire({ ports: [this.second.port!], connections: 64, seconds, listing: publicId, decision: 'door' });
  }

  private async fire(shot: Shot): Promise<Hit> {
    const hit = await this.load.ask<Hit>(shot);
    if (hit.wrong !== undefined) throw new Error(hit.wrong);
    return hit;
  }

  private ports(doors: 1 | 2): readonly number[] {
    const first = Number(new URL(this.world.platform.urls.customerApi).port);
    return doors === 1 ? [first] : [first, this.second.port!];
  }
}
