'use strict';
// Lifecycles, refusals, jobs, facts and transitions are declared by loading the file that holds them.
const { readdirSync, readFileSync } = require('node:fs');
const { join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const DECLARES = /\b(lifecycle|refusals|defineJob|defineFact|declareTransition)\(/;
const NOT_PRODUCTION = /\.(spec|type-test|test|d)\.ts$|\/testing\/|\/main\.ts$/;

/** Loads the compiled form of every file of libs/ and apps/ that declares something. */
function loadDeclarations() {
  for (const folder of ['libs', 'apps']) {
    for (const path of sourcesUnder(join(root, folder))) {
      const isDeclaring = !NOT_PRODUCTION.test(path) && DECLARES.test(readFileSync(path, 'utf8'));
      if (isDeclaring) require(join(root, 'dist', relative(root, path).replace(/\.ts$/, '.js')));
    }
  }
}

function* sourcesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesUnder(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

/** What a compiled module of this repository exports, by its path below dist/. */
const built = (path) => require(join(root, 'dist', path));

module.exports = { built, loadDeclarations, root };
