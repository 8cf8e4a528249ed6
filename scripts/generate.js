'use strict';
// `npm run generate`: writes docs/generated from what the code declares. `--check` writes nothing and fails when a page is stale.
const { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { build } = require('./build.js');
const { loadDeclarations, root } = require('./pages/declarations.js');
const { configuration, entries, jobs, lifecycles, refusals } = require('./pages/pages.js');
const { openApi } = require('./pages/openapi.js');
const { schema } = require('./pages/schema.js');

const folder = join(root, 'docs', 'generated');

/** Every generated page, with the function that writes it from the loaded code. */
const PAGES = [
  { file: 'lifecycles.md', write: lifecycles },
  { file: 'refusals.md', write: refusals },
  { file: 'jobs.md', write: jobs },
  { file: 'entries.md', write: entries },
  { file: 'configuration.md', write: configuration },
  { file: 'schema.md', write: schema },
  { file: 'openapi-customer.json', write: () => openApi('customer-api') },
  { file: 'openapi-back-office.json', write: () => openApi('back-office-api') },
];

const HELP = `npm run generate [-- --check]

Writes docs/generated/{${PAGES.map(({ file }) => file).join(',')}} from the code.
--check  writes nothing; exit status 1 when a page is missing, stale or nobody's`;

async function main(words) {
  if (words.includes('--help')) return console.log(HELP);
  build();
  loadDeclarations();
  const stale = [];
  const isCheck = words.includes('--check');
  for (const { file, write } of PAGES) {
    const text = await textOf(file, write);
    if (text === undefined) continue;
    const path = join(folder, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale.push(file);
    if (isCheck) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  }
  const strangers = existsSync(folder) ? readdirSync(folder).filter((name) => !PAGES.some(({ file }) => file === name)) : [];
  report(stale, strangers, isCheck);
}

/** The page's text; a page that cannot be written is named, and the others are written all the same. */
async function textOf(file, write) {
  try {
    return await write();
  } catch (error) {
    console.error(`${file} cannot be written: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
    return undefined;
  }
}

function report(stale, strangers, isCheck) {
  if (!isCheck) {
    for (const name of strangers) rmSync(join(folder, name));
    return console.log(stale.length === 0 ? 'docs/generated is fresh' : `written: ${stale.join(', ')}`);
  }
  if (stale.length + strangers.length === 0) return;
  console.error(
    `docs/generated is not what the code says: ${[...stale, ...strangers].join(', ')}. Run npm run generate and commit the result.`,
  );
  process.exitCode = 1;
}

// Libraries that were loaded may hold the process open (a telemetry timer, a pool): the work is done when main is done.
main(process.argv.slice(2)).then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
