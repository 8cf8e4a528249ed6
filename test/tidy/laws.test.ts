import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const fixtures = join(__dirname, 'fixtures');

interface ImportViolation {
  readonly rule: string;
  readonly from: string;
}

/** What the planted violations of the import laws are found to break, by rule. */
function cruiseFixtures(rules: readonly string[]): Record<string, ImportViolation[]> {
  const copies = mkdtempSync(join(tmpdir(), 'rongqiao-laws-'));
  try {
    for (const rule of rules) {
      cpSync(join(fixtures, 'imports', rule), join(copies, rule), { recursive: true });
      for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(copies, rule, file));
      symlinkSync(join(root, 'node_modules'), join(copies, rule, 'node_modules'));
    }
    const roots = rules.map((rule) => join(copies, rule));
    const run = spawnSync(process.execPath, [join(root, 'scripts/imports.mjs'), '--json', ...roots], { encoding: 'utf8', cwd: root });
    if (run.stdout === '') throw new Error(run.stderr);
    const found = JSON.parse(run.stdout) as Record<string, ImportViolation[]>;
    return Object.fromEntries(rules.map((rule) => [rule, found[join(copies, rule)] ?? []]));
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

interface LintConfig {
  readonly rules?: Readonly<Record<string, unknown>>;
}

/** Which lint rules the files below each folder break, by folder and file. */
function lintFixtures(base: string, folders: readonly string[]): Record<string, Record<string, string[]>> {
  const run = spawnSync(process.execPath, [join(root, 'scripts/lint/lint-trees.js'), base, ...folders], { encoding: 'utf8' });
  if (run.stdout === '') throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Record<string, Record<string, string[]>>;
}

/** Names of the folders of planted violations; a rule of a plug-in has a folder in the plug-in's. */
function plantedIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const isPlugin = name.startsWith('@') || name === 'rongqiao';
      return isPlugin ? readdirSync(join(folder, name)).map((rule) => `${name}/${rule}`) : [name];
    })
    .sort();
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

describe('the import laws', () => {
  const laws = require(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string; comment: string }[] };
  const rules = laws.forbidden.map((law) => law.name);
  let found: Record<string, ImportViolation[]>;

  beforeAll(() => {
    found = cruiseFixtures(rules.filter((rule) => existsSync(join(fixtures, 'imports', rule))));
  });

  it('have one planted violation each, and no planted violation without a law', () => {
    expect(plantedIn(join(fixtures, 'imports'))).toEqual(unique(rules));
  });

  it.each(rules)('%s finds its planted violation, and no other law does', (rule) => {
    expect(unique((found[rule] ?? []).map((violation) => violation.rule))).toEqual([rule]);
  });

  it('say in a sentence what to do instead', () => {
    for (const law of laws.forbidden) expect(law.comment).toMatch(/^.{20,}\.$/);
  });
});

describe('the lint rules', () => {
  const folder = join(fixtures, 'lint');
  const { laws } = require(join(root, 'scripts/lint/config.js')) as { laws(root: string): LintConfig[] };
  const rules = unique(laws(folder).flatMap(({ rules: set }) => Object.keys(set ?? {})));
  let broken: Record<string, Record<string, string[]>>;

  beforeAll(() => {
    broken = lintFixtures(folder, plantedIn(folder));
  });

  it('have one planted violation each, and no planted violation without a rule', () => {
    expect(plantedIn(folder)).toEqual(rules);
  });

  it.each(rules)('%s finds its planted violation in every file, and no other rule does', (rule) => {
    const files = Object.entries(broken[rule] ?? {});
    expect(files).not.toEqual([]);
    for (const [file, names] of files) expect({ file, broken: unique(names) }).toEqual({ file, broken: [rule] });
  });

  it('cannot be switched off by a comment', () => {
    expect(readFileSync(join(folder, 'no-debugger/libs/journey/listing/stop.ts'), 'utf8')).toMatch(/^\/\* eslint-disable \*\//);
    expect(broken['no-debugger']).toEqual({ 'libs/journey/listing/stop.ts': ['no-debugger'] });
  });
});
