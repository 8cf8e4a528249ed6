import type { Logger } from '#platform/logging';
import type { Decision, Settled } from './door';

/** Says in the log which words of the bank a person should look at: what cannot be, what is not believed, and what the adapter could not read. */
export function sayAlarms(log: Logger, { contradicted, unbelieved }: Settled, decisions: readonly Decision[]): void {
  if (contradicted.length > 0) log.error({ contradicted }, 'the bank contradicts what it said before; nothing was changed');
  const unreadable = decisions.flatMap(({ id, outcome }) =>
    'alarm' in outcome && outcome.alarm === true ? [{ id, why: outcome.why }] : [],
  );
  const strange = [...unbelieved, ...unreadable];
  if (strange.length > 0) log.error({ strange }, 'the bank answered what it should not; these orders are asked about until they are known');
}
