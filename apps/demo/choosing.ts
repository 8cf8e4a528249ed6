import { candidates, type MarketplaceRow } from './marketplace-file';
import { planListing } from './listing-plan';
import { inParallel } from './parallel';
import { bringBorrowers } from './people';
import { bringToSale, isRefused } from './selling';
import type { LiveListing, RefusedListing, World } from './world';

/** The listings that live, and those that the gate refused on the way. */
export interface Chosen {
  readonly live: readonly LiveListing[];
  readonly refused: readonly RefusedListing[];
  /** Borrowers who logged in: one per candidate. */
  readonly borrowers: number;
}

const AT_ONCE = 6;

/** Yearly rates above this will hardly pass the gate: they take no turn when guarantees alternate among those who stop paying. */
const LIKELY_BELOW_PPM = 230_000;

/** Takes candidates from the file, in its order, until so many were approved. @throws Error when the file has not that many */
export async function chooseListings(world: World, rows: readonly MarketplaceRow[], wanted: number): Promise<Chosen> {
  const source = candidates(rows);
  const live: LiveListing[] = [];
  const refused: RefusedListing[] = [];
  let place = 0;
  let stopping = 0;
  while (live.length < wanted) {
    const batch: MarketplaceRow[] = [];
    while (batch.length < wanted - live.length) {
      const next = source.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    if (batch.length === 0) {
      throw new Error(`数据文件只有 ${live.length} 个标的可上架 the file has only ${live.length} listings that may be sold, not ${wanted}`);
    }
    const borrowers = await bringBorrowers(world.bank, world.customerApiUrl, batch);
    const plans = batch.map((row) => {
      const plan = planListing(row, place, stopping, world.chance);
      place += 1;
      if (plan.conduct === 'stops' && row.annualRatePpm < LIKELY_BELOW_PPM) stopping += 1;
      return plan;
    });
    const results = await inParallel(plans, AT_ONCE, (plan, index) => bringToSale(world, plan, borrowers[index]!));
    for (const result of results) {
      if (isRefused(result)) refused.push(result);
      else live.push(result);
    }
    world.progress.step(`${live.length} 个上架 on sale, ${refused.length} 个被拒 refused`);
  }
  return { live, refused, borrowers: place };
}
