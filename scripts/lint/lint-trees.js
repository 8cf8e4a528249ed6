'use strict';
// Lints trees of their own: `node scripts/lint/lint-trees.js <base> <folder…>` prints, per folder below the base and per file,
// the names of the rules that were broken. The law test gives the planted violations; jest itself cannot host ESLint.
const { join, relative, resolve } = require('node:path');
const { ESLint } = require('eslint');
const { laws } = require('./config.js');

async function main([base, ...folders]) {
  const root = resolve(base);
  const broken = {};
  for (const folder of folders) {
    const cwd = join(root, folder);
    const eslint = new ESLint({ cwd, overrideConfigFile: true, overrideConfig: laws(root) });
    const results = await eslint.lintFiles(['.']);
    broken[folder] = Object.fromEntries(
      results.map(({ filePath, messages }) => [
        relative(cwd, filePath),
        messages.filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message),
      ]),
    );
  }
  console.log(JSON.stringify(broken));
}

main(process.argv.slice(2));
