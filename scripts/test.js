'use strict';
// `npm test`: builds, then runs every kind of test; what needs the machine room runs once per backend of the queue. The last
// line counts. A test that was not run counts as failed: there is no skipping here.
const { mkdirSync, readFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { build } = require('./build.js');
const { progress, root, run } = require('./steps.js');
const { verdictOf } = require('./verdict.js');

const results = join(root, '.data', 'test', 'results');

/** Kinds of tests. `backends`: whether the kind runs once per backend of the queue. */
const KINDS = [
  { name: 'unit', backends: false, workers: 2, limitSeconds: 300 },
  { name: 'tidy', backends: false, workers: 2, limitSeconds: 300 },
  { name: 'integration', backends: true, workers: 2, limitSeconds: 900 },
  { name: 'journey', backends: true, workers: 1, limitSeconds: 1500 },
];

const HELP = `npm test [-- kinds…] [--json] [--help]

Kinds: ${KINDS.map(({ name }) => name).join(', ')}; without one, all of them.
PostgreSQL is started by the tests themselves. BullMQ runs on PostgreSQL; with REDIS_URL in the environment, integration and
journey run a second time with BullMQ on that Redis (which needs maxmemory-policy noeviction and is not shared with others).

--json  one JSON object on standard output in place of the closing lines
Exit status: 0 when every test passed, 1 otherwise, 2 for a wrong kind.`;

async function main(words) {
  if (words.includes('--help')) return console.log(HELP);
  const asJson = words.includes('--json');
  const names = words.filter((word) => word !== '--json');
  const unknown = names.find((name) => !KINDS.some((kind) => kind.name === name));
  if (unknown !== undefined) {
    console.error(`${unknown} is not a kind of test: ${KINDS.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  build();
  const counts = [];
  for (const one of plan(names)) counts.push(await count(one));
  const passed = counts.reduce((sum, one) => sum + one.passed, 0);
  const failed = counts.reduce((sum, one) => sum + one.failed, 0);
  process.exitCode = failed > 0 ? 1 : 0;
  if (asJson) return console.log(JSON.stringify({ passed, failed, kinds: counts }));
  for (const one of counts) console.log(lineOf(one));
  console.log(`${passed} passed, ${failed} failed`);
}

/** What is to be run: kind and backend, in order. */
function plan(names) {
  const backends = process.env.REDIS_URL ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'];
  return KINDS.filter(({ name }) => names.length === 0 || names.includes(name)).flatMap((kind) =>
    kind.backends ? backends.map((backend) => ({ kind, backend })) : [{ kind, backend: undefined }],
  );
}

/** Runs one kind on one backend. */
async function count({ kind, backend }) {
  const label = backend === undefined ? kind.name : `${kind.name} (${backend})`;
  const file = join(results, `${label.replace(/\W+/g, '-')}.json`);
  rmSync(file, { force: true });
  mkdirSync(results, { recursive: true });
  const jest = ['node_modules/.bin/jest', '--selectProjects', kind.name, '--json', `--outputFile=${file}`];
  const { code, output, seconds } = await run({
    command: process.execPath,
    args: [
      ...jest,
      // One at a time means in this process, too; jest takes either option, not both.
      ...(kind.workers === 1 ? ['--runInBand'] : ['--maxWorkers', String(kind.workers)]),
      '--reporters',
      './scripts/failures-only.js',
    ],
    environment: { REDIS_URL: backend === 'Redis' ? process.env.REDIS_URL : '', FORCE_COLOR: '0' },
    limitSeconds: kind.limitSeconds,
    onLine: (line) => progress.show(`${label}: ${line}`),
  });
  progress.clear();
  const { why, ...verdict } = verdictOf(readResults(file), code);
  if (verdict.failed > 0) process.stderr.write(`\n${label}\n${why === undefined ? '' : `${why}\n`}${withoutJson(output)}\n`);
  return { kind: kind.name, backend, ...verdict, seconds };
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // jest ended before it could write: that is a failure of its own
  }
}

/** What jest said, less its own note about the file of results. */
function withoutJson(output) {
  return output.replace(/^Test results written to.*$/m, '').trim();
}

function lineOf({ kind, backend, passed, failed, notRun, seconds }) {
  const label = backend === undefined ? kind : `${kind} on ${backend}`;
  const skipped = notRun > 0 ? `, of these ${notRun} not run` : '';
  return `${label.padEnd(26)} ${String(passed).padStart(5)} ok ${String(failed).padStart(4)} not ok${skipped} in ${seconds.toFixed(0)} s`;
}

main(process.argv.slice(2));
