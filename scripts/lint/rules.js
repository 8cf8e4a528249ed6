'use strict';
// The lint rules that only this project has. Each is a law of docs/architecture.md or CONTRIBUTING.md in a form that a machine
// can check, and each has a planted violation in test/tidy/fixtures/lint/<rule>.
const money = require('./money-rules.js');
const database = require('./database-rules.js');

/** A rule that reports every node which one of the selectors finds. */
function forbid(message, ...selectors) {
  return {
    meta: { type: 'problem', docs: { description: message }, messages: { forbidden: message }, schema: [] },
    create: (context) =>
      Object.fromEntries(selectors.map((selector) => [selector, (node) => context.report({ node, messageId: 'forbidden' })])),
  };
}

module.exports = {
  meta: { name: 'rongqiao' },
  rules: {
    'no-clock': forbid(
      'The time is asked from a clock (#platform/clock, or the business date inside the transaction), never from the machine.',
      'NewExpression[callee.name="Date"][arguments.length=0]',
      'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    ),
    'no-new-errors': forbid(
      'There are three faults, Refusal, Outage and Bug, in #kernel/faults; nobody else extends Error.',
      ':matches(ClassDeclaration, ClassExpression)[superClass.name=/(^|[a-z])(Error|Fault)$/]',
    ),
    'no-bare-errors': forbid(
      'Throw a Refusal (the business says no), an Outage (the world failed) or a Bug (we are wrong), so that callers know what to do.',
      'ThrowStatement > NewExpression[callee.name="Error"]',
    ),
    'no-timers-in-tests': forbid(
      'A test waits for a state with a limit (test/support), never for a time.',
      'CallExpression[callee.name=/^(setTimeout|setInterval|sleep|delay)$/]',
      'ImportDeclaration[source.value=/^(node:)?timers/]',
    ),
    'no-repository-save': forbid(
      'Rows are written by sets in SQL or by insert; save(), remove() and upsert() of TypeORM read, guess and overwrite.',
      'CallExpression[callee.property.name=/^(save|remove|softRemove|upsert)$/][callee.object.name=/(repository|manager|rows)$/i]',
      'CallExpression[callee.property.name=/^(save|remove|softRemove|upsert)$/][callee.object.property.name=/(repository|manager|rows)$/i]',
      'CallExpression[callee.property.name=/^(save|remove|softRemove|upsert)$/][callee.object.callee.property.name="getRepository"]',
    ),
    'no-unbounded-write': database.noUnboundedWrite,
    'no-parallel-queries': database.noParallelQueries,
    'no-number-of-fen': money.noNumberOfFen,
    'no-fen-arithmetic': money.noFenArithmetic,
    'no-fen-casts': forbid(
      'An amount is made by fen(), parseYuan() or fenFromJson() of #kernel/money, which look at it; a cast does not.',
      'TSAsExpression > TSTypeReference[typeName.name="Fen"]',
    ),
    'no-float-text': forbid(
      'Amounts and rates are integers: text is read by #kernel/money, never by parseFloat, and shown by it, never by toFixed.',
      'CallExpression[callee.name="parseFloat"]',
      'CallExpression[callee.property.name=/^(parseFloat|toFixed|toPrecision)$/]',
    ),
  },
};
