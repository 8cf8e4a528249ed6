import { linesOf, type TidyRule } from '../tree';

const KEYS = /^libs\/platform\/config\/keys-of-[a-z-]+\.ts$/;
/** What gives values to a sandbox's processes reads none of them. */
const READERS = /^(apps|libs)\/(?!platform\/config\/|platform\/processes\/environments\.ts$).*(?<!\.spec)\.ts$/;
const COMMENT = /^\s*(\/\/|\/?\*)/;

/** Laws about the keys of the environment. */
export const configurationRules: readonly TidyRule[] = [
  {
    name: 'keys-are-read',
    law: 'A key of the configuration is read by a process: one that nobody reads is deleted, and nobody is asked for it.',
    violations: (tree) => {
      const read = new Set<string>();
      for (const { line } of linesOf(tree, READERS)) {
        if (!COMMENT.test(line)) for (const [word] of line.matchAll(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\b/g)) read.add(word);
      }
      return [...linesOf(tree, KEYS)].flatMap(({ at, line }) => {
        const key = /^ {2}([A-Z][A-Z0-9_]+): \{$/.exec(line)?.[1];
        return key === undefined || read.has(key) ? [] : [`${at} ${key} is read by no process`];
      });
    },
  },
];
