import { createHash } from 'node:crypto';
import type { Session } from '../database/connection';
import { isAimedAt, type FaultKind, type FaultPlan, type Occasion, type PlannedFault } from './fault';

/** The plan of faults of a sandbox; counted in memory, kept in the database so that a restart goes on with it. */
export interface FaultBook {
  plan(faults: readonly FaultPlan[]): Promise<PlannedFault[]>;
  list(): readonly PlannedFault[];
  remove(id?: string): Promise<void>;
  /** Whether any fault of these kinds is planned: lets the usual case cost nothing. */
  has(...kinds: readonly FaultKind[]): boolean;
  /** The faults of these kinds that strike on this occasion. Each is counted, durably, before it is told. */
  strike(kinds: readonly FaultKind[], occasion: Occasion): Promise<PlannedFault[]>;
}

export async function openFaultBook(session: Session): Promise<FaultBook> {
  const stored = await session.rows<{ id: string; plan: FaultPlan; matches: number; hits: number }>(
    'select id, plan, matches, hits from fault order by id',
  );
  const faults = new Map<string, PlannedFault>(stored.map(({ id, plan, matches, hits }) => [id, { ...plan, id, matches, hits }]));

  return {
    plan: async (plans) => {
      const planned = plans.map((plan): PlannedFault => ({ ...plan, id: plan.id ?? freeId(faults, plan), matches: 0, hits: 0 }));
      for (const fault of planned) {
        faults.set(fault.id, fault);
        await session.rows(
          'insert into fault (id, plan) values ($1, $2) on conflict (id) do update set plan = excluded.plan, matches = 0, hits = 0',
          [fault.id, JSON.stringify(fault)],
        );
      }
      return planned;
    },
    list: () => [...faults.values()],
    remove: async (id) => {
      if (id === undefined) faults.clear();
      else faults.delete(id);
      await session.rows('delete from fault where $1::text is null or id = $1', [id ?? null]);
    },
    has: (...kinds) => [...faults.values()].some((fault) => kinds.includes(fault.kind)),
    strike: async (kinds, occasion) => {
      const struck: PlannedFault[] = [];
      for (const fault of faults.values()) {
        if (!kinds.includes(fault.kind) || !isAimedAt(fault, occasion)) continue;
        fault.matches += 1;
        if (!isDue(fault)) continue;
        fault.hits += 1;
        struck.push(fault);
      }
      for (const fault of struck) {
        await session.rows('update fault set matches = $2, hits = $3 where id = $1', [fault.id, fault.matches, fault.hits]);
      }
      return struck;
    },
  };
}

/** After its match was counted: whether this match is one that the fault strikes. */
function isDue(fault: PlannedFault): boolean {
  if (fault.matches < fault.nth) return false;
  const limit = fault.times ?? (fault.probability === undefined ? 1 : Number.MAX_SAFE_INTEGER);
  if (fault.hits >= limit) return false;
  return fault.probability === undefined || chance(fault.seed, fault.id, fault.matches) < fault.probability;
}

/** A number in [0, 1) that depends on the seed, the fault and the count of its matches, and on nothing else. */
function chance(seed: number, id: string, match: number): number {
  return createHash('sha256').update(`${seed}|${id}|${match}`).digest().readUInt32BE(0) / 2 ** 32;
}

function freeId(faults: ReadonlyMap<string, unknown>, plan: FaultPlan): string {
  let no = faults.size + 1;
  while (faults.has(`${plan.kind}-${no}`)) no += 1;
  return `${plan.kind}-${no}`;
}
