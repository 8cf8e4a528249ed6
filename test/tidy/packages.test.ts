import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTree } from './tree';

const root = resolve(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
const packages = Object.keys(manifest.dependencies).sort();

/** Packages that no file names, each with the one that needs it. */
const NEEDED_BY_OTHERS: Readonly<Record<string, string>> = {
  'class-transformer': '@nestjs/common, for ValidationPipe',
  'reflect-metadata': '@nestjs/core, typeorm',
  rxjs: '@nestjs/core',
};

describe('a runtime dependency', () => {
  it('can be required by plain Node, which jest does not show: it compiles ES modules on the way in', () => {
    const program = `for (const name of ${JSON.stringify(packages)}) { try { require(name); } catch (error) { console.log(name, error.message); } }`;
    const { stdout, status } = spawnSync(process.execPath, ['-e', `${program}; process.exit()`], { cwd: root, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  it('is imported by something that runs', () => {
    const imported = Object.entries(readTree(root))
      .filter(([path]) => /^(libs|apps|bench|bin)\/.*\.(ts|js)$/.test(path))
      .flatMap(([, text]) =>
        [...text.matchAll(/(?:from |import |import\(|require\(|resolve\()'((?:@[^/']+\/)?[^./'#][^/']*)/g)].map(([, name]) => name),
      );
    const idle = packages.filter((name) => !imported.includes(name) && !(name in NEEDED_BY_OTHERS));
    expect(idle).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const { missingFrom } = require('../../scripts/complete-lockfile.js') as { missingFrom(lock: object): object };

  it('names the builds of every platform, without which npm ci refuses it', () => {
    expect(Object.keys(missingFrom(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as object))).toEqual([]);
  });

  it('is found to lack a build', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-darwin-arm64': '1.0.0' } },
      'node_modules/a-linux-x64': {},
    };
    expect(missingFrom({ packages })).toEqual({
      'node_modules/a-darwin-arm64': { version: '1.0.0', cpu: ['arm64'], optional: true, os: ['darwin'] },
    });
  });
});
