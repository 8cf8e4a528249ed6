// Splits of 36 periods among 100,000 investors, against the exact floor share of every cell in a bare loop.
// `node dist/bench/split.js [--json]`
import { type Fen, fen, splitter } from '#kernel/money';
import { compare, type Figure, report } from './rounds';

const INVESTORS = 100_000;
const PERIODS = 36;
const GOAL = 10;

async function main(): Promise<void> {
  report([
    await figureOf('orders of whole hundreds of yuan', (random) => 10_000n * BigInt(1 + Math.floor(random * 500))),
    await figureOf('every order of another size', (random) => 10_000n + BigInt(Math.floor(random * 10_000_000))),
  ]);
}

function figureOf(what: string, weightOf: (random: number) => bigint): Promise<Figure> {
  const random = sequence();
  const weights = Array.from({ length: INVESTORS }, () => weightOf(random()));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const amounts = Array.from({ length: PERIODS }, () => fen(total / BigInt(PERIODS) - BigInt(Math.floor(random() * 1_000_000))));
  const shared = { name: 'split', run: () => sharedOut(amounts, weights) };
  const floors = { name: 'floor shares in a bare loop', run: () => bareFloors(amounts, weights, total) };
  return compare(`split of ${INVESTORS} × ${PERIODS}, ${what}`, shared, floors, GOAL, 7);
}

function sharedOut(amounts: readonly Fen[], weights: readonly bigint[]): Fen[] {
  const shares = splitter(weights);
  let row: Fen[] = [];
  for (const amount of amounts) row = shares.next(amount);
  return row;
}

/** Each period's shares are made and held until the next period's, as the splitter's are. */
function bareFloors(amounts: readonly Fen[], weights: readonly bigint[], total: bigint): bigint[] {
  let row: bigint[] = [];
  for (const amount of amounts) {
    row = new Array<bigint>(weights.length);
    for (let owner = 0; owner < weights.length; owner += 1) row[owner] = (amount * weights[owner]!) / total;
  }
  return row;
}

/** Numbers in [0, 1) that are the same in every run: Lehmer's generator. */
function sequence(): () => number {
  let state = 20_261_122;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

void main();
