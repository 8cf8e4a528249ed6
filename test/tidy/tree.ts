import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A source tree as text: path from the root, with `/`, to content. */
export type Tree = Readonly<Record<string, string>>;

const NOT_OURS = new Set(['node_modules', 'dist', '.data', '.git', 'coverage', '.swc']);
const PLANTED = 'test/tidy/fixtures'; // violations on purpose
const NOT_TEXT = /\.(png|ico|gz)$|^data\/|^test\/golden\//;

/** Reads the text files below `root`; folders that are built, installed or planted are left out. */
export function readTree(root: string): Tree {
  const tree: Record<string, string> = {};
  const read = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path).replaceAll('\\', '/');
      if (NOT_OURS.has(entry.name) || name === PLANTED || NOT_TEXT.test(name)) continue;
      if (entry.isDirectory()) read(path);
      else if (entry.isFile()) tree[name] = readFileSync(path, 'utf8');
    }
  };
  read(root);
  return tree;
}

/** A law about the tree as text. `name` is also the folder of its planted violation. */
export interface TidyRule {
  readonly name: string;
  /** What to do instead, in a sentence. */
  readonly law: string;
  /** One line per violation, beginning with the path. */
  violations(tree: Tree): string[];
}

/** Lines of the files whose path matches, with path and line number. */
export function* linesOf(tree: Tree, paths: RegExp): Generator<{ readonly path: string; readonly at: string; readonly line: string }> {
  for (const [path, text] of Object.entries(tree)) {
    if (!paths.test(path)) continue;
    for (const [index, line] of text.split('\n').entries()) yield { path, at: `${path}:${index + 1}`, line };
  }
}
