'use strict';
// Compiles apps/, libs/, bench/ and test/ to dist/ with swc, file by file, keeping the tree's shape. Types are checked by
// `tsc --noEmit`, not here: running must be quick, truth is a step of its own.
const { mkdirSync, readdirSync, rmSync, statSync, writeFileSync, copyFileSync } = require('node:fs');
const { dirname, extname, join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const folders = ['apps', 'libs', 'bench', 'test'];
const plantedViolations = join('tidy', 'fixtures'); // read by the law tests as text, never run

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path.endsWith(plantedViolations)) continue;
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

function build() {
  let swc;
  try {
    swc = require('@swc/core');
  } catch {
    // A production install without development packages keeps the dist/ it was shipped with.
    return;
  }
  const options = JSON.parse(require('node:fs').readFileSync(join(root, '.swcrc'), 'utf8'));
  delete options.$schema;
  const wanted = new Set();
  let compiled = 0;
  for (const folder of folders) {
    const source = join(root, folder);
    try {
      statSync(source);
    } catch {
      continue;
    }
    for (const file of filesUnder(source)) {
      const isTypeScript = extname(file) === '.ts' && !file.endsWith('.d.ts');
      const isAsset = /\.(sql|json|txt|csv)$/.test(file);
      if (!isTypeScript && !isAsset) continue;
      const target = join(root, 'dist', relative(root, file)).replace(/\.ts$/, '.js');
      wanted.add(target);
      if (isTypeScript) wanted.add(`${target}.map`);
      if (isFresh(target, file)) continue;
      mkdirSync(dirname(target), { recursive: true });
      if (isAsset) {
        copyFileSync(file, target);
      } else {
        const output = swc.transformFileSync(file, { ...options, swcrc: false, filename: file });
        writeFileSync(target, `${output.code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
        writeFileSync(`${target}.map`, output.map ?? '');
      }
      compiled += 1;
    }
  }
  removeOrphans(wanted);
  return compiled;
}

function isFresh(target, source) {
  try {
    return statSync(target).mtimeMs >= statSync(source).mtimeMs;
  } catch {
    return false;
  }
}

function removeOrphans(wanted) {
  const dist = join(root, 'dist');
  try {
    statSync(dist);
  } catch {
    return;
  }
  for (const file of [...filesUnder(dist)]) if (!wanted.has(file)) rmSync(file);
}

module.exports = { build };
if (require.main === module) build();
