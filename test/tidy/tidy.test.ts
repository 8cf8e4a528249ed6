import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeRules } from './rules/code';
import { configurationRules } from './rules/configuration';
import { defectRules } from './rules/defects';
import { tableRules } from './rules/tables';
import { textRules } from './rules/text';
import { readTree, type TidyRule, type Tree } from './tree';

const root = resolve(__dirname, '../..');
const planted = join(__dirname, 'fixtures/text');
const rules: readonly TidyRule[] = [...textRules, ...codeRules, ...tableRules, ...defectRules, ...configurationRules];

/** What every planted tree has besides its violation. */
const SOUND: Tree = { '.npmrc': 'omit-lockfile-registry-resolved=true\n' };

describe('the tree', () => {
  const tree = readTree(root);

  it.each(rules)('$name: $law', (rule) => {
    expect(rule.violations(tree)).toEqual([]);
  });
});

describe('a tidy rule', () => {
  it('has one planted violation each, and there is none without a rule', () => {
    expect(readdirSync(planted).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  it.each(rules.map(({ name }) => name))('%s finds its planted violation in every file, and no other rule does', (name) => {
    const files = readTree(join(planted, name));
    const broken = rules.filter((rule) => rule.violations({ ...SOUND, ...files }).length > 0).map((rule) => rule.name);
    expect(broken).toEqual([name]);
    const rule = rules.find((candidate) => candidate.name === name)!;
    for (const path of Object.keys(files).filter((file) => !file.endsWith('sound.ts'))) {
      expect(rule.violations({ ...SOUND, ...files }).some((line) => line.startsWith(path))).toBe(true);
    }
  });
});
