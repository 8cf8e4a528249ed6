// Orders admitted over HTTP, one listing on sale, every check, durable; against the same chain of guards, session, pipes, body and answer with a constant in place of
// the decision, and against one row lock per order in one statement. 10,000 investors who have logged in (written into the tables as sets, before), 20 % refusals, 1 %
// repetitions; the load is a process of its own. After each round the acknowledged orders are compared with the rows, and a difference ends the bench.
// `node dist/bench/admission.js [--json] [--seconds 3] [--rounds 3] [--only <words>] [--help]`
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Range } from './admission/range';
import { VARIANTS } from './admission/variants';
import { World } from './admission/world';
import { wholeNumber } from './options';
import { figureOf, rateOf, reportRates } from './rates';
import type { Rate, RateFigure } from './rates';

const USAGE = `node dist/bench/admission.js [options]
  --seconds <n>   of one round of one variant (3)
  --rounds <n>    counted rounds of each variant, after one that is not (3)
  --only <words>  only variants whose name contains one of these, separated by commas; figures that need others are left out
  --json          JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const SECONDS = wholeNumber('seconds', options.seconds);
const ROUNDS = wholeNumber('rounds', options.rounds);
const INVESTORS = 10_000;

async function main(): Promise<void> {
  const words = options.only.split(',').filter((word) => word !== '');
  const variants = VARIANTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const world = await World.open(resolve('.data/bench-admission'), INVESTORS);
  try {
    const range = await Range.open(world);
    try {
      const rounds = await range.alternate(variants, ROUNDS, SECONDS);
      const rates = [...rounds].map(([{ name }, hits]) => rateOf(name, hits));
      process.stderr.write(`${await range.sellOut()}\n`);
      reportRates(rates, figuresOf(rates), { json: options.json });
    } finally {
      await range.close();
    }
  } finally {
    await world.close();
  }
}

function figuresOf(rates: readonly Rate[]): RateFigure[] {
  const rate = (name: string): Rate | undefined => rates.find((one) => one.name === name);
  const rowLocks = rates.filter(({ name }) => name.startsWith('row lock')).sort((a, b) => b.perSecond - a.perSecond);
  const at64 = rate('admission at 64');
  return [
    ...figure('echo ÷ bare GET, 64 connections', rate('echo at 64'), rate('bare GET at 64'), 0.25),
    ...figure('admission ÷ echo, 64 connections', at64, rate('echo at 64'), 0.4),
    ...figure('admission ÷ echo, 256 connections', rate('admission at 256'), rate('echo at 256'), 0.5),
    ...figure(`admission ÷ the best of the row locks (${rowLocks[0]?.name})`, at64, rowLocks[0], 2.5),
    // Two processes are not slower than one on a machine that both share with the load and the database; at 64 a tenth is left to the spread of a few rounds.
    ...figure('admission by two processes ÷ by one, 64 connections', rate('admission by two processes at 64'), at64, 0.9),
    ...figure(
      'admission by two processes ÷ by one, 256 connections',
      rate('admission by two processes at 256'),
      rate('admission at 256'),
      1,
    ),
  ];
}

function figure(name: string, subject: Rate | undefined, yardstick: Rate | undefined, atLeast: number): RateFigure[] {
  return subject === undefined || yardstick === undefined ? [] : [figureOf(name, subject, yardstick, atLeast)];
}

if (options.help) console.log(USAGE);
else void main();
