import type { TidyRule, Tree } from '../tree';

const PAGE = 'docs/defects.md';
/** Defects of other systems that touch what is built so far; each has a row on the page. */
const TOUCHED = [1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 15, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33];

/** Every known defect of other systems is a test of ours that carries its number, and the page of defects says which. */
export const defectRules: readonly TidyRule[] = [
  {
    name: 'defects-are-tests',
    law: `A test that carries the number of a defect stands in its row of ${PAGE}, and every row leads to tests that carry its number.`,
    violations: (tree) => {
      const named = defectsOfTests(tree);
      const page = tree[PAGE];
      const rows = page === undefined ? new Map<number, string[]>() : rowsOf(page);
      const missing =
        page === undefined ? [] : TOUCHED.filter((number) => !rows.has(number)).map((number) => `${PAGE} has no row ${number}`);
      const wrong = [...rows].flatMap(([number, paths]) => [
        ...(paths.length === 0 ? [`${PAGE} row ${number} leads to no test`] : []),
        ...paths
          .filter((path) => named.get(path)?.has(number) !== true)
          .map((path) => `${PAGE} row ${number}: ${path} has no test of that number`),
      ]);
      const unlisted = [...named].flatMap(([path, numbers]) =>
        [...numbers]
          .filter((number) => rows.get(number)?.includes(path) !== true)
          .map((number) => `${path} is a test of defect ${number}, ${PAGE} does not say so`),
      );
      return [...missing, ...wrong, ...unlisted];
    },
  },
];

/** Paths in each row, by the number in its first column. */
function rowsOf(page: string): Map<number, string[]> {
  const rows = new Map<number, string[]>();
  for (const [, number, rest] of page.matchAll(/^\| (\d+) \|(.*)$/gm)) {
    rows.set(
      Number(number),
      [...rest!.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => path!),
    );
  }
  return rows;
}

/** Numbers in the titles of each test file: `(defect 7)`, `(defects 9, 13)`, `pitfall 26: …`. */
function defectsOfTests(tree: Tree): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const [path, text] of Object.entries(tree)) {
    if (!/\.(spec|test)\.ts$/.test(path) || path.startsWith('test/tidy/')) continue;
    const titles = [...text.matchAll(/(?:\b(?:it|test|describe)|\]\)|\))\(\s*(['`])((?:(?!\1).)*)\1/g)].map(([, , title]) => title!);
    const numbers = titles
      .flatMap((title) => [...title.matchAll(/\b(?:defect|pitfall)s? (\d+(?:(?:, | and )\d+)*)/g)])
      .flatMap(([, list]) => list!.match(/\d+/g)!);
    if (numbers.length > 0) found.set(path, new Set(numbers.map(Number)));
  }
  return found;
}
