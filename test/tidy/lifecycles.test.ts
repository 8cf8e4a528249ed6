import { join, resolve } from 'node:path';
import { allLifecycles } from '#kernel/lifecycle';
import { allTransitions } from '#platform/transitions';
import { stateCheckDifferences, transitionDifferences } from './rules/lifecycles';
import { readTree, type Tree } from './tree';

const root = resolve(__dirname, '../..');
const tree = readTree(root);

/** Declaring is a side effect of loading: every file that declares a lifecycle or a transition is loaded. */
function loadDeclarations(): void {
  for (const [path, text] of Object.entries(tree)) {
    const isProduction = /^(libs|apps)\/.*\.ts$/.test(path) && !/\.(spec|type-test|d)\.ts$|\/testing\//.test(path);
    if (isProduction && /\b(lifecycle|declareTransition)\(/.test(text)) require(join(root, path));
  }
}

describe('the lifecycles', () => {
  beforeAll(loadDeclarations);

  it('are found, and so are their transitions', () => {
    expect(allLifecycles().length).toBeGreaterThan(5);
    expect(allTransitions().length).toBeGreaterThan(20);
  });

  it('have the same states in the tables and in the CHECK constraints of the database', () => {
    expect(stateCheckDifferences(allLifecycles(), tree)).toEqual([]);
  });

  it('have one declared transition per event, and no transition is declared without an event', () => {
    expect(transitionDifferences(allLifecycles(), allTransitions())).toEqual([]);
  });
});

describe('the laws about lifecycles find', () => {
  const order = { noun: 'order', table: 'investment_order', states: ['admitted', 'frozen'], arrows: { freeze: {}, cancel: {} } };
  const migration = (states: string): Tree => ({
    'libs/platform/database/migrations/0001-orders.sql': `CREATE TABLE investment_order (
      state text NOT NULL,
      CONSTRAINT investment_order_state_check CHECK (state IN (${states})));`,
  });

  it('nothing where table and database agree', () => {
    expect(stateCheckDifferences([order], migration(`'frozen', 'admitted'`))).toEqual([]);
  });

  it('a state that the database does not allow', () => {
    expect(stateCheckDifferences([order], migration(`'admitted'`))).toEqual(['order: investment_order_state_check does not allow frozen']);
  });

  it('a state that only the database knows', () => {
    const found = stateCheckDifferences([order], migration(`'admitted', 'frozen', 'lost'`));
    expect(found).toEqual(['order: investment_order_state_check allows the unknown lost']);
  });

  it('a table without a constraint, and a constraint without a lifecycle', () => {
    expect(stateCheckDifferences([order], {})).toEqual(['order: no constraint investment_order_state_check in the migrations']);
    expect(stateCheckDifferences([], migration(`'admitted'`))).toEqual(['investment_order_state_check belongs to no lifecycle']);
  });

  it('the constraint of the last migration, when an earlier one was replaced', () => {
    const later = `ALTER TABLE investment_order ADD CONSTRAINT investment_order_state_check CHECK (state IN ('admitted', 'frozen'));`;
    const both = { ...migration(`'admitted'`), 'libs/platform/database/migrations/0002-frozen.sql': later };
    expect(stateCheckDifferences([order], both)).toEqual([]);
  });

  it('an event that no stage declares', () => {
    const found = transitionDifferences([order], [{ lifecycle: order, event: 'freeze' }]);
    expect(found).toEqual(['order.cancel is in the table, but no stage declares it']);
  });

  it('a transition without an event, and one that is declared twice', () => {
    const declared = ['freeze', 'cancel', 'cancel', 'forget'].map((event) => ({ lifecycle: order, event }));
    expect(transitionDifferences([order], declared)).toEqual([
      'order.forget is declared, but is not in the table',
      'order.cancel is declared twice',
    ]);
  });
});
