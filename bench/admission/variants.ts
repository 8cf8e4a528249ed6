import type { Decision } from '../wishes';

/** Pools of the row locks: the best of them is the yardstick. */
const POOLS = [1, 4, 16];

/** One way in which requests are answered: by the real doors, or by the stand-in with a decision that is not the platform's. */
export interface Variant {
  readonly name: string;
  readonly connections: number;
  /** What the stand-in is told to do; without it the doors are asked. */
  readonly standIn?: string;
  /** Real processes, when the doors are asked. */
  readonly doors: 1 | 2;
  /** GET of this path in place of orders. */
  readonly path?: string;
  readonly decision: Decision;
}

const byStandIn = (name: string, connections: number, standIn: string, decision: Decision): Variant => ({
  name: `${name} at ${connections}`,
  connections,
  standIn,
  doors: 1,
  decision,
});
const byDoors = (name: string, connections: number, doors: 1 | 2): Variant => ({
  name: `${name} at ${connections}`,
  connections,
  doors,
  decision: 'door',
});

/** All of them, in the order of the table. */
export const VARIANTS: readonly Variant[] = [
  { ...byStandIn('bare GET', 64, 'echo', 'constant'), path: '/health' },
  byStandIn('echo', 64, 'echo', 'constant'),
  byDoors('admission', 64, 1),
  byDoors('admission by two processes', 64, 2),
  byStandIn('echo', 256, 'echo', 'constant'),
  byDoors('admission', 256, 1),
  byDoors('admission by two processes', 256, 2),
  ...POOLS.map((pool) => byStandIn(`row lock with a pool of ${pool}`, 64, `row lock ${pool}`, 'door')),
];
