'use strict';
// Which lint rule holds where. `laws(root)` builds the configuration for a tree; the law test builds it for its fixtures.
const tseslint = require('typescript-eslint');
const rongqiao = require('./rules.js');

const SPECS = ['**/*.spec.ts', '**/*.type-test.ts', 'test/**/*.ts', '**/testing/**/*.ts'];

/** Rules for every program text, the scripts included. */
const plain = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-eval': 'error',
  'no-debugger': 'error',
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60 }],
};

/** Rules for every TypeScript file. */
const everywhere = {
  ...plain,
  'no-console': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
  'rongqiao/no-new-errors': 'error',
  'rongqiao/no-parallel-queries': 'error',
  'rongqiao/no-number-of-fen': 'error',
};

/** Rules for what runs in production. */
const inProduction = {
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  'rongqiao/no-clock': 'error',
  'rongqiao/no-repository-save': 'error',
  'rongqiao/no-unbounded-write': 'error',
};

/**
 * The flat configuration of ESLint for the tree at `root`. Comments cannot switch a rule off: an exception is a line in this
 * file, where it is seen.
 */
function laws(root) {
  return [
    { name: 'rongqiao/ignored', ignores: ['node_modules/', 'dist/', '.data/', 'coverage/', 'test/tidy/fixtures/'] },
    {
      name: 'rongqiao/everywhere',
      files: ['**/*.ts'],
      linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
      languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: root } },
      plugins: { '@typescript-eslint': tseslint.plugin, rongqiao },
      rules: everywhere,
    },
    { name: 'rongqiao/scripts', files: ['**/*.{js,cjs,mjs}'], linterOptions: { noInlineConfig: true }, rules: plain },
    { name: 'rongqiao/production', files: ['libs/**/*.ts', 'apps/**/*.ts'], ignores: SPECS, rules: inProduction },
    {
      name: 'rongqiao/faults',
      files: ['libs/**/*.ts'],
      ignores: SPECS,
      rules: { 'rongqiao/no-bare-errors': 'error' },
    },
    {
      name: 'rongqiao/money',
      files: ['libs/{registers,journey,branches,watch,bank}/**/*.ts', 'apps/**/*.ts'],
      ignores: SPECS,
      rules: { 'rongqiao/no-fen-arithmetic': 'error', 'rongqiao/no-fen-casts': 'error', 'rongqiao/no-float-text': 'error' },
    },
    { name: 'rongqiao/tests', files: SPECS, rules: { 'rongqiao/no-timers-in-tests': 'error', 'max-lines-per-function': 'off' } },
    ...exceptions,
  ];
}

/** Places where a rule does not hold, each with its reason. */
const exceptions = [
  // The clock itself, ids that carry a time, the queue's leases and retries, which are wall time; and the bank simulator, which is
  // a stranger with a clock of its own.
  {
    name: 'rongqiao/except-clocks',
    files: ['libs/platform/{clock,queue}/**', 'libs/kernel/{ids,time}/**', 'apps/bank-simulator/**'],
    rules: { 'rongqiao/no-clock': 'off' },
  },
  // The one declaration of the three faults.
  { name: 'rongqiao/except-faults', files: ['libs/kernel/faults/**'], rules: { 'rongqiao/no-new-errors': 'off' } },
  // Programs that people read while they run, and programs that measure.
  {
    name: 'rongqiao/except-terminals',
    files: ['apps/command-line/**', 'apps/demo/**', 'bench/**'],
    rules: { 'no-console': 'off', 'rongqiao/no-clock': 'off', 'rongqiao/no-float-text': 'off' },
  },
  // Amounts become numbers in one place, where the safe range is checked, and for rates that are only shown.
  {
    name: 'rongqiao/except-amounts',
    files: ['libs/kernel/money/**', 'libs/kernel/interest/**', 'bench/**'],
    rules: { 'rongqiao/no-number-of-fen': 'off' },
  },
  // Type tests: what must not compile is marked with @ts-expect-error, which fails when it does.
  {
    name: 'rongqiao/except-type-tests',
    files: ['**/*.type-test.ts'],
    rules: { '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': false }], '@typescript-eslint/no-unused-vars': 'off' },
  },
  // The one helper that waits between two looks at a state.
  { name: 'rongqiao/except-waiting', files: ['test/support/until.ts'], rules: { 'rongqiao/no-timers-in-tests': 'off' } },
];

module.exports = { laws };
