import { linesOf, type TidyRule } from '../tree';

const LONGEST_FILE = 300;
const PROGRAM = /\.(ts|js|cjs|mjs)$/;
const ANY = /^(?!package-lock\.json$|LICENSE$)/;
/** This file names what it forbids. */
const EXCEPT_ITSELF = /^(?!test\/tidy\/rules\/text\.ts$|package-lock\.json$|LICENSE$|docs\/generated\/)/;

/** A rule that finds a pattern in any line. */
function noLine(name: string, law: string, paths: RegExp, pattern: RegExp): TidyRule {
  return {
    name,
    law,
    violations: (tree) =>
      [...linesOf(tree, paths)].filter(({ line }) => pattern.test(line)).map(({ at, line }) => `${at} ${line.trim().slice(0, 100)}`),
  };
}

/** Laws about names and words. */
export const textRules: readonly TidyRule[] = [
  {
    name: 'files-are-short',
    law: `A file has at most ${LONGEST_FILE} lines; where that hurts, a noun is missing.`,
    violations: (tree) =>
      Object.entries(tree)
        .filter(([path]) => PROGRAM.test(path))
        .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
        .filter(({ lines }) => lines > LONGEST_FILE)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
  },
  {
    name: 'names-say-what',
    law: 'A file or folder is named for the noun or the verb in it, never utils, helpers, common, manager, base or misc.',
    violations: (tree) =>
      Object.keys(tree).filter((path) => path.split(/[/._-]/).some((part) => /^(utils?|helpers?|common|managers?|base|misc)$/i.test(part))),
  },
  noLine(
    'nothing-is-left-for-later',
    'What is not finished is not there; what is known and open stands in an issue.',
    EXCEPT_ITSELF,
    /\b(TODO|FIXME|XXX|HACK)\b/,
  ),
  noLine(
    'rules-are-not-switched-off',
    'An exception to a rule is a line in scripts/lint/config.js with its reason.',
    /^(?!test\/tidy\/).*\.(ts|js|cjs|mjs)$/,
    /eslint-disable|@ts-ignore|@ts-nocheck|prettier-ignore|istanbul ignore/,
  ),
  noLine(
    'every-test-runs',
    'A test that does not run is deleted or repaired.',
    /^(?!test\/tidy\/rules\/text\.ts$).*\.(spec|test)\.ts$/,
    /(\b(it|test|describe)(\.each\([^)]*\))?\.(skip|only|todo|failing)\b)|^\s*(xit|xtest|xdescribe|fit|fdescribe)\(|\bpending\(\)/,
  ),
  noLine(
    'no-paths-of-a-machine',
    'Paths are relative to the repository or configured: another machine has other folders.',
    EXCEPT_ITSELF,
    /(^|[\s'"`(=:,[])\/(work|home|root|Users)\//,
  ),
  noLine(
    'no-registry-is-named',
    'Where packages come from is decided by the machine that installs them.',
    /^(?!test\/tidy\/rules\/text\.ts$)/,
    /\bregistry\.(npmjs|yarnpkg|npmmirror|[a-z-]+\.(com|org|cn|net|example))|"resolved":/,
  ),
  {
    name: 'the-lockfile-stays-free-of-hosts',
    law: '.npmrc keeps omit-lockfile-registry-resolved=true, so that package-lock.json names no host.',
    violations: (tree) => (/^omit-lockfile-registry-resolved=true$/m.test(tree['.npmrc'] ?? '') ? [] : ['.npmrc lacks the line']),
  },
  noLine('tabs-and-returns-stay-out', 'Text is UTF-8 with plain line ends and spaces.', ANY, /\r|\t/),
  {
    name: 'links-lead-somewhere',
    law: 'A relative link of a page leads to a file or folder of this repository.',
    violations: (tree) =>
      [...linesOf(tree, /\.md$/)].flatMap(({ path, at, line }) =>
        [...line.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)]
          .map(([, target]) => resolveLink(path, target!))
          .filter((target) => !(target in tree) && !Object.keys(tree).some((file) => file.startsWith(`${target}/`)) && target !== '')
          .map((target) => `${at} leads to ${target}, which is not there`),
      ),
  },
  {
    name: 'links-name-what-is-there',
    law: 'A link of a page that names code leads to a file in which the name stands.',
    violations: (tree) =>
      [...linesOf(tree, /^docs\/.*\.md$/)].flatMap(({ path, at, line }) =>
        [...line.matchAll(/\[((?:`[\w.]+`(?:, )?)+)\]\(([^)#\s]+\.ts)\)/g)].flatMap(([, names, target]) =>
          [...names!.matchAll(/(\w+)`/g)]
            .filter(([, name]) => !new RegExp(`\\b${name}\\b`).test(tree[resolveLink(path, target!)] ?? name!))
            .map(([, name]) => `${at} names ${name}, which is not in ${target}`),
        ),
      ),
  },
];

/** The path from the root that a link on a page means. */
function resolveLink(page: string, target: string): string {
  const parts = target.startsWith('/') ? [] : page.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
