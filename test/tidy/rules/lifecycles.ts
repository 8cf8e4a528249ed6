import { stateChecksOf } from './tables';
import type { Tree } from '../tree';

/** What these laws need to know of a lifecycle table. */
export interface LifecycleFacts {
  readonly noun: string;
  readonly table: string;
  readonly states: readonly string[];
  readonly arrows: Readonly<Record<string, unknown>>;
}

/** A transition that a stage file declares. */
export interface TransitionFacts {
  readonly lifecycle: { readonly noun: string };
  readonly event: string;
}

/** States of each lifecycle against the CHECK constraint of its table, both ways. */
export function stateCheckDifferences(lifecycles: readonly LifecycleFacts[], tree: Tree): string[] {
  const checks = stateChecksOf(tree);
  const tables = new Set(lifecycles.map(({ table }) => table));
  const wrong = lifecycles.flatMap(({ noun, table, states }) => {
    const allowed = checks.get(table);
    if (allowed === undefined) return [`${noun}: no constraint ${table}_state_check in the migrations`];
    const missing = states
      .filter((state) => !allowed.includes(state))
      .map((state) => `${noun}: ${table}_state_check does not allow ${state}`);
    const extra = allowed
      .filter((state) => !states.includes(state))
      .map((state) => `${noun}: ${table}_state_check allows the unknown ${state}`);
    return [...missing, ...extra];
  });
  const orphans = [...checks.keys()].filter((table) => !tables.has(table)).map((table) => `${table}_state_check belongs to no lifecycle`);
  return [...wrong, ...orphans];
}

/** Declared transitions against the events of the tables: each event is declared exactly once, nothing else is. */
export function transitionDifferences(lifecycles: readonly LifecycleFacts[], transitions: readonly TransitionFacts[]): string[] {
  const events = new Set(lifecycles.flatMap(({ noun, arrows }) => Object.keys(arrows).map((event) => `${noun}.${event}`)));
  const declared = transitions.map(({ lifecycle, event }) => `${lifecycle.noun}.${event}`);
  const missing = [...events]
    .filter((event) => !declared.includes(event))
    .map((event) => `${event} is in the table, but no stage declares it`);
  const unknown = declared.filter((event) => !events.has(event)).map((event) => `${event} is declared, but is not in the table`);
  const twice = declared.filter((event, index) => declared.indexOf(event) !== index).map((event) => `${event} is declared twice`);
  return [...missing, ...unknown, ...twice];
}
