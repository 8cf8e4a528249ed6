// Orders from their admission to the bank's hold, by a real worker and the simulated bank, each in its process; against the same number of signed calls of holds/place
// and nothing else, over as many connections as a worker has. The queue rings on Redis when REDIS_URL is given, else on PostgreSQL.
// `node dist/bench/freezing.js [--json] [--orders 3000] [--rounds 3] [--help]`
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startChild } from './children';
import type { Child } from './children';
import type { BareAnswer, BareCalls } from './freezing/bare-calls';
import { AMOUNT_FEN, World } from './freezing/world';
import { wholeNumber } from './options';
import { figureOf, rateOf, reportRates } from './rates';

const USAGE = `node dist/bench/freezing.js [options]
  --orders <n>  of one round (3000)
  --rounds <n>  counted rounds, after one that is not (3)
  --json        JSON instead of tables
REDIS_URL names a Redis for the queue; without it the queue is on PostgreSQL.`;

const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const INVESTORS = 2_000;
/** Calls that a worker has under way at the bank at once, at most. */
const CALLS_AT_ONCE = 32;
const GOAL = 0.6;

async function main(): Promise<void> {
  const orders = wholeNumber('orders', options.orders);
  const rounds = wholeNumber('rounds', options.rounds);
  const redisUrl = process.env['REDIS_URL'] === '' ? undefined : process.env['REDIS_URL'];
  const world = await World.open(resolve('.data/bench-freezing'), INVESTORS, redisUrl);
  const { platform } = world;
  const caller = await startChild({
    name: 'bare calls',
    program: 'bench/freezing/bare-calls.js',
    env: platform.environment('worker'),
    logFolder: platform.logFolder,
  });
  try {
    const frozen: number[] = [];
    const called: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const turns = [async () => frozen.push(await freeze(world, orders)), async () => called.push(await bare(world, caller, orders))];
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
    const counted = (rates: readonly number[]) => rates.slice(1).map((perSecond) => ({ perSecond }));
    const subject = rateOf(`orders from admitted to frozen, queue on ${redisUrl === undefined ? 'PostgreSQL' : 'Redis'}`, counted(frozen));
    const yardstick = rateOf(`signed holds/place, ${CALLS_AT_ONCE} at once, nothing else`, counted(called));
    reportRates([subject, yardstick], [figureOf('orders frozen ÷ bare calls', subject, yardstick, GOAL)], { json: options.json });
  } finally {
    await caller.stop();
    await world.close();
  }
}

/** @returns orders a second */
async function freeze(world: World, orders: number): Promise<number> {
  return shown('frozen', orders / (await world.freeze(await world.listing(), orders)));
}

/** @returns calls a second */
async function bare(world: World, caller: Child, calls: number): Promise<number> {
  const { listingNo } = await world.listing();
  const accounts = world.investors.slice(1).map(({ accountNo }) => accountNo);
  const wanted: BareCalls = { calls, connections: CALLS_AT_ONCE, listingNo, accounts, amountFen: AMOUNT_FEN };
  const { seconds, wrong } = await caller.ask<BareAnswer>(wanted);
  if (wrong !== undefined) throw new Error(`the bank answered ${wrong}`);
  return shown('bare calls', calls / seconds);
}

function shown(what: string, perSecond: number): number {
  process.stderr.write(`${what}: ${perSecond.toFixed(0)} a second\n`);
  return perSecond;
}

if (options.help) console.log(USAGE);
else void main();
