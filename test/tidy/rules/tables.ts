import { linesOf, type TidyRule, type Tree } from '../tree';

const MIGRATION = /^libs\/platform\/database\/migrations\/.*\.sql$/;

/** Laws about the database's tables, read from the migrations. */
export const tableRules: readonly TidyRule[] = [
  {
    name: 'amounts-are-whole-fen',
    law: 'A column of money is named …_fen and is a bigint; no column is a float.',
    violations: (tree) =>
      [...linesOf(tree, MIGRATION)]
        .map(({ at, line }) => ({ at, line: line.replace(/--.*/, '') }))
        .filter(
          ({ line }) =>
            /\b(real|float[48]?|double precision|money)\b\s*(not null|null|default|check|,|$)/i.test(line) ||
            /^\s*(add column\s+)?\w*_fen\s+(?!bigint\b)(integer|int|int4|numeric|decimal|text|smallint|varchar)/i.test(line) ||
            /^\s*(add column\s+)?\w*amount\s+(bigint|numeric|integer)/i.test(line),
        )
        .map(({ at, line }) => `${at} ${line.trim()}`),
  },
  {
    name: 'instants-have-a-zone',
    law: 'An instant is a timestamptz, a business date is a date.',
    violations: (tree) =>
      [...linesOf(tree, MIGRATION)]
        .filter(({ line }) => /^\s*\w+\s+timestamp\b(?!tz)(?!\s*(\(\d\)\s*)?with time zone)/i.test(line.replace(/--.*/, '')))
        .map(({ at, line }) => `${at} ${line.trim()}`),
  },
];

/** The states that the database allows per table, from the constraints named `<table>_state_check`; the last migration wins. */
export function stateChecksOf(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const checks = new Map<string, readonly string[]>();
  const files = Object.keys(tree).filter((path) => MIGRATION.test(path));
  for (const path of files.sort()) {
    for (const [, table, list] of tree[path]!.matchAll(
      /CONSTRAINT\s+(\w+)_state_check\s+CHECK\s*\(\s*state\s+(?:IN|=\s*ANY)\s*\(([^)]*)\)/gi,
    )) {
      checks.set(table!, [...list!.matchAll(/'([^']*)'/g)].map(([, state]) => state!).sort());
    }
  }
  return checks;
}
