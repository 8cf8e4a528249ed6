import ts from 'typescript';
import { exportsOf, parse, type Export } from '../syntax';
import type { TidyRule, Tree } from '../tree';

/** Laws about what stands beside what, and what a front door says. */
export const codeRules: readonly TidyRule[] = [
  {
    name: 'kernel-files-have-specs',
    law: 'A file of the kernel that computes something has its spec beside it: a spec of its name, or one that imports it by name.',
    violations: (tree) =>
      Object.keys(tree)
        .filter((path) => /^libs\/kernel\/.*\.ts$/.test(path) && !/(index|\.spec|\.type-test|\.refusals)\.ts$|\/testing\//.test(path))
        .filter((path) => computes(parse(path, tree[path]!)))
        .filter((path) => !(path.replace(/\.ts$/, '.spec.ts') in tree) && !isNamedBySpec(tree, path))
        .map((path) => `${path} has no spec beside it`),
  },
  {
    name: 'front-doors-are-documented',
    law: 'Every function, class and constant that a folder exports has a docblock where it is declared: shape, unit, errors, source of a formula.',
    violations: (tree) =>
      Object.keys(tree)
        .filter((path) => /^libs\/[^/]+\/[^/]+\/index\.ts$/.test(path))
        .flatMap((door) =>
          exportsOf(tree, door)
            .filter(isUndocumented)
            .map((found) => `${found.path} ${found.name} has no docblock (exported by ${door})`),
        ),
  },
  {
    name: 'refusals-speak-both-languages',
    law: 'A refusal has a Chinese text, an English text and a kind.',
    violations: refusalsWithoutText,
  },
];

/** Whether a spec in the same folder imports the file by its own name and not through the front door. */
function isNamedBySpec(tree: Tree, path: string): boolean {
  const folder = path.replace(/[^/]+$/, '');
  const name = path.slice(folder.length).replace(/\.ts$/, '');
  return Object.entries(tree).some(
    ([other, text]) => other.startsWith(folder) && other.endsWith('.spec.ts') && text.includes(`from './${name}'`),
  );
}

/** Types and interfaces may speak through their members; what runs may not. */
function isUndocumented({ node }: Export): boolean {
  if (node === undefined || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return false;
  return ts.getJSDocCommentsAndTags(node).length === 0;
}

/** Whether a file contains a function or a class: tables and types need no spec of their own. */
function computes(file: ts.SourceFile): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if ((ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) || ts.isClassDeclaration(node)) found = true;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Reads the object literal of every call of `refusals({…})`. */
function refusalsWithoutText(tree: Tree): string[] {
  const wrong: string[] = [];
  for (const [path, text] of Object.entries(tree)) {
    if (!/^(libs|apps)\/.*\.ts$/.test(path) || /\.spec\.ts$|\.type-test\.ts$/.test(path) || !text.includes('refusals(')) continue;
    const visit = (node: ts.Node): void => {
      const isCall = ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'refusals';
      const table = isCall ? node.arguments[0] : undefined;
      if (table !== undefined && ts.isObjectLiteralExpression(table)) wrong.push(...badEntries(path, table));
      else ts.forEachChild(node, visit);
    };
    visit(parse(path, text));
  }
  return wrong;
}

function badEntries(path: string, table: ts.ObjectLiteralExpression): string[] {
  return table.properties.flatMap((entry) => {
    const code = entry.name?.getText() ?? '?';
    const texts = ts.isPropertyAssignment(entry) && ts.isObjectLiteralExpression(entry.initializer) ? textsOf(entry.initializer) : {};
    const isFine = /\p{Script=Han}/u.test(texts['zh'] ?? '') && /^[\x20-\x7e\u2013\u2014\u2019\u00a5…]{5,}$/.test(texts['en'] ?? '');
    return isFine ? [] : [`${path} ${code} lacks its Chinese or its English text`];
  });
}

function textsOf(entry: ts.ObjectLiteralExpression): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const property of entry.properties) {
    if (ts.isPropertyAssignment(property) && ts.isStringLiteralLike(property.initializer))
      texts[property.name.getText()] = property.initializer.text;
  }
  return texts;
}
