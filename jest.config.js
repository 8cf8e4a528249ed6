'use strict';
// jest cannot load ES modules by itself here: every package of node_modules that is ESM-only is compiled on the way in.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const modules = join(__dirname, 'node_modules');
const swcOptions = {
  ...JSON.parse(readFileSync(join(__dirname, '.swcrc'), 'utf8')),
  swcrc: false,
  $schema: undefined,
};

/** Names of the packages that say `"type": "module"`; computed, so that an upgrade cannot leave the list behind. */
function esmPackages() {
  const names = [];
  const packagesIn = (folder, prefix) => {
    for (const name of readdirSync(folder)) {
      if (name.startsWith('.')) continue;
      if (name.startsWith('@') && prefix === '') packagesIn(join(folder, name), `${name}/`);
      else if (isEsm(join(folder, name))) names.push(`${prefix}${name}`);
    }
  };
  packagesIn(modules, '');
  return names;
}

function isEsm(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type === 'module';
  } catch {
    return false;
  }
}

const esm = esmPackages().map((name) => name.replace(/[.+]/g, '\\$&'));
const shared = {
  testEnvironment: 'node',
  transform: { '\\.(ts|js|mjs)$': ['@swc/jest', swcOptions] },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
  moduleNameMapper: {
    '^#(kernel|platform|bank|registers|journey|branches|watch)/(.*)$': '<rootDir>/libs/$1/$2',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/tidy/fixtures/'],
};

// The database server of the tests is started by the first suite that needs it, and stopped when the last run has ended.
const databaseServer = { globalSetup: '<rootDir>/test/support/run-begins.js', globalTeardown: '<rootDir>/test/support/run-ends.js' };

/** A kind of test: where its files are, and how long one test may take. */
const kind = (displayName, folders, seconds, more = {}) => ({
  ...shared,
  displayName,
  testMatch: [`<rootDir>/${folders}`],
  globals: { TEST_LIMIT_MS: seconds * 1000 },
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limit.js'],
  ...more,
});

module.exports = {
  projects: [
    kind('unit', '{libs,apps}/**/*.spec.ts', 30),
    kind('tidy', 'test/tidy/**/*.test.ts', 60),
    kind('integration', 'test/{integration,contract,golden}/**/*.test.ts', 120, databaseServer),
    kind('journey', 'test/journey/**/*.test.ts', 600, { ...databaseServer, globalSetup: '<rootDir>/test/support/journeys-begin.js' }),
  ],
};
