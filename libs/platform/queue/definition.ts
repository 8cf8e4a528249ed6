import { Bug } from '#kernel/faults';
import type { Tx, Work } from '#platform/database';
import type { Logger } from '#platform/logging';
import type { JobLimit } from './backoff';
import type { Lane } from './lanes';

/** What a run of a job sees of its row. */
export interface JobFacts {
  readonly id: bigint;
  readonly name: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Runs since the job last had a result, this one included. */
  readonly tries: number;
  /** The request that started the chain of which this job is a link. */
  readonly requestId: string | null;
}

/**
 * One run of a job. A run ends with exactly one of `done` and `again`, inside the transaction that holds its effect: effect
 * and end are committed together or not at all. A run that was given up (its process stood still, a successor was called)
 * finds its job taken: `done` and `again` then roll the transaction back, and the run is forgotten without an error.
 */
export interface JobCall {
  readonly job: JobFacts;
  readonly work: Work;
  readonly log: Logger;
  done(tx: Tx): Promise<void>;
  /** Not finished: run again at `dueAt` (wall time). This is a result, not a failure: the count of tries starts anew. */
  again(tx: Tx, dueAt: Date, why?: string): Promise<void>;
}

export interface JobDefinition {
  readonly name: string;
  readonly lane: Lane;
  readonly limit: JobLimit;
  readonly run: (call: JobCall) => Promise<void>;
}

const defined = new Map<string, JobDefinition>();

/**
 * Declares a job and its only handler. Importing the declaration is enough for a process that writes job rows; only
 * `startWorker` runs handlers. Names are `noun.verb` in lower case.
 */
export function defineJob(definition: JobDefinition): JobDefinition {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(definition.name)) throw new Bug(`job name ${definition.name} is not noun.verb`);
  if (!(definition.limit.rings >= 1)) throw new Bug(`job ${definition.name} may never run: limit.rings is ${definition.limit.rings}`);
  if (defined.has(definition.name)) throw new Bug(`job ${definition.name} has two handlers`);
  defined.set(definition.name, definition);
  return definition;
}

/** The lane of a defined job; a name that nobody defined is a Bug, in every process that enqueues. */
export function laneOf(name: string): Lane {
  const definition = defined.get(name);
  if (definition === undefined) throw new Bug(`job ${name} is not defined in this process: import the folder that declares it`);
  return definition.lane;
}

/** Every job that was defined in this process, sorted by name. */
export function definedJobs(): readonly JobDefinition[] {
  return [...defined.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
