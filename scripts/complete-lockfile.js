'use strict';
// `node scripts/complete-lockfile.js [--check]`: package-lock.json names the builds of native packages for every platform, also those
// that the registry at hand does not serve. npm leaves these out when it cannot read them, and `npm ci` then refuses the lockfile.
const { readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const file = join(resolve(__dirname, '..'), 'package-lock.json');
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Optional packages that a locked package wants in an exact version and that have no entry, as {path: entry}. */
function missingFrom(lock) {
  const missing = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const isThere = `${path}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
      if (path !== '' && !isThere && /^\d+\.\d+\.\d+/.test(version)) missing[`node_modules/${name}`] = entryOf(name, version, dev);
    }
  }
  return missing;
}

/** An entry that npm reads as: optional, and for that system and processor only. Both are parts of such a package's name. */
function entryOf(name, version, dev) {
  const parts = name.split(/[-/]/);
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const cpu = PROCESSORS.filter((processor) => parts.includes(processor));
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(dev === true ? { dev } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

function complete(lock) {
  const entries = Object.entries({ ...lock.packages, ...missingFrom(lock) });
  return { ...lock, packages: Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en'))) };
}

function main(words) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = Object.keys(missingFrom(lock));
  if (missing.length === 0) return;
  if (!words.includes('--check')) return writeFileSync(file, `${JSON.stringify(complete(lock), null, 2)}\n`);
  console.error(
    `package-lock.json lacks ${missing.length} builds for other platforms, the first is ${missing[0]}: node scripts/complete-lockfile.js`,
  );
  process.exitCode = 1;
}

module.exports = { missingFrom };
if (require.main === module) main(process.argv.slice(2));
