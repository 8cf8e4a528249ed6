'use strict';
// `npm run check`: everything that a machine can say about the tree without a database. Quiet when fine; the last line is the result.
const { build } = require('./build.js');
const { progress, runSteps } = require('./steps.js');

const bin = (name) => `node_modules/.bin/${name}`;
const jest = (project) => [
  bin('jest'),
  '--selectProjects',
  project,
  '--maxWorkers',
  '1',
  '--silent',
  '--reporters',
  './scripts/failures-only.js',
];

/** What is checked. The longest come first: two run at a time. */
const STEPS = [
  { name: 'types', what: 'TypeScript, strict', command: process.execPath, args: [bin('tsc'), '--noEmit', '-p', '.'] },
  {
    name: 'lint',
    what: 'ESLint with our own rules (scripts/lint)',
    command: process.execPath,
    args: [bin('eslint'), '.', '--max-warnings', '0'],
  },
  { name: 'unit', what: 'specs beside the code', command: process.execPath, args: jest('unit') },
  { name: 'tidy', what: 'laws about the tree, each with its planted violation', command: process.execPath, args: jest('tidy') },
  { name: 'format', what: 'Prettier', command: process.execPath, args: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'imports', what: 'import laws (.dependency-cruiser.cjs)', command: process.execPath, args: ['scripts/imports.mjs'] },
  { name: 'generated', what: 'docs/generated is what the code says', command: process.execPath, args: ['scripts/generate.js', '--check'] },
  {
    name: 'openapi',
    what: 'Redocly on the two OpenAPI documents',
    command: process.execPath,
    args: [
      bin('redocly'),
      'lint',
      '--config',
      'redocly.yaml',
      'docs/generated/openapi-customer.json',
      'docs/generated/openapi-back-office.json',
    ],
    environment: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  },
];

const HELP = `npm run check [-- names…] [--json] [--help]

Checks the tree without a database. Without names, everything:
${STEPS.map(({ name, what }) => `  ${name.padEnd(10)} ${what}`).join('\n')}

--json  one JSON object on standard output instead of text
Exit status: 0 when everything is fine, 1 when something is not, 2 for a wrong name.`;

async function main(words) {
  if (words.includes('--help')) return console.log(HELP);
  const asJson = words.includes('--json');
  const names = words.filter((word) => word !== '--json');
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    console.error(`${unknown} is not a check: ${STEPS.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const started = performance.now();
  build();
  const steps = names.length === 0 ? STEPS : STEPS.filter(({ name }) => names.includes(name));
  const results = await runSteps(steps, { width: 2, onStep: asJson ? () => undefined : showFailure });
  const failed = results.filter(({ code }) => code !== 0);
  process.exitCode = failed.length > 0 ? 1 : 0;
  const seconds = Math.round((performance.now() - started) / 1000);
  if (asJson) console.log(JSON.stringify({ ok: failed.length === 0, seconds, checks: results }));
  else console.log(summary(steps, failed, seconds));
}

function showFailure({ name, code, output, seconds }) {
  if (code === 0) return;
  progress.clear();
  console.error(`\n${name} failed after ${seconds.toFixed(0)} s\n${output.trimEnd()}\n`);
}

function summary(steps, failed, seconds) {
  const fine = steps.length - failed.length;
  const names = failed.length > 0 ? `; not fine: ${failed.map(({ name }) => name).join(', ')}` : '';
  return `check: ${fine} of ${steps.length} fine in ${seconds} s${names}`;
}

main(process.argv.slice(2));
