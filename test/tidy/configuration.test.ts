import { resolve } from 'node:path';
import { keysOf, processNames } from '#platform/config';
import type { ProcessName } from '#platform/config';
import { readTree } from './tree';

const tree = readTree(resolve(__dirname, '../..'));

/** Where the code of each process begins to read its keys; the line to the bank and the start of a process are shared. */
const SHARED = /^(apps\/bank-options|libs\/platform\/processes\/run-process)\.ts$/;
const PROGRAMS: Readonly<Record<ProcessName, readonly RegExp[]>> = {
  'customer-api': [/^apps\/customer-api\//, SHARED],
  'back-office-api': [/^apps\/back-office-api\//, SHARED],
  worker: [/^apps\/worker\//, SHARED],
  'reconciliation-worker': [/^apps\/reconciliation-worker\//, SHARED],
  'bank-simulator': [/^apps\/bank-simulator\/.*\.ts$/],
  migrate: [/^apps\/command-line\/migrate\.ts$/],
  verify: [/^apps\/command-line\/(verify|books)\.ts$/],
  up: [/^apps\/command-line\/up\.ts$/],
};

it.each(processNames)('%s reads every key that it asks for', (name) => {
  const code = Object.entries(tree)
    .filter(([path]) => PROGRAMS[name].some((pattern) => pattern.test(path)))
    .map(([, text]) => text)
    .join('\n');
  expect(code).not.toBe('');
  // SANDBOX is read by the configuration itself: it decides what may be weak or missing.
  const asked = keysOf(name).filter((key) => key !== 'SANDBOX');
  expect(asked.filter((key) => !new RegExp(`\\b${key}\\b`).test(code))).toEqual([]);
});
