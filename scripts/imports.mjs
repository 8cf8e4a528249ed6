// The import laws, checked: `node scripts/imports.mjs [--json] [root…]`. Without a root it checks this repository; the law test
// gives the roots of planted violations. dependency-cruiser is used through its API, which runs on every Node that we run on.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const require = createRequire(import.meta.url);
const laws = require('../.dependency-cruiser.cjs');
const home = resolve(fileURLToPath(import.meta.url), '../..');
const FOLDERS = ['apps', 'libs', 'bench', 'test'];

/** Every violation in the tree at `root`, as {rule, from, to, comment}. */
export async function violationsOf(root) {
  process.chdir(root); // paths are compared from the root, and the API resolves some of them from the working folder
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const options = { ...laws.options, validate: true, ruleSet: { forbidden: laws.forbidden }, baseDir: root };
  const { output } = await cruise(folders, options, undefined, { tsConfig: extractTSConfig(join(root, 'tsconfig.json')) });
  return output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle ? cycle.map((step) => step.name).join(' → ') : to,
    comment: laws.forbidden.find((law) => law.name === rule.name).comment,
  }));
}

function show(violations) {
  for (const { rule, from, to, comment } of violations) console.error(`${from} → ${to}\n  ${rule}: ${comment}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asJson = process.argv.includes('--json');
  const roots = process.argv.slice(2).filter((argument) => argument !== '--json');
  const found = {};
  for (const root of roots.length > 0 ? roots : [home]) found[root] = await violationsOf(resolve(root));
  const all = Object.values(found).flat();
  if (asJson) console.log(JSON.stringify(found));
  else show(all);
  process.exitCode = all.length > 0 ? 1 : 0;
}
