import { Bug } from '#kernel/faults';
import type { Tx } from '#platform/database';
import { definedJobs } from './definition';
import type { JobDefinition } from './definition';
import { enqueue } from './enqueue';
import type { NewJob } from './enqueue';

/** What a fact says, for people: Chinese first. */
export interface FactText {
  readonly zh: string;
  readonly en: string;
}

/** Which jobs follow from a fact; `end`: nobody, and that is meant so. */
export type Chain = Readonly<Record<string, readonly string[] | 'end'>>;

/** A subject of a fact; `key` where the same subject can see the same fact more than once. */
export type FactSubject = string | { readonly subject: string; readonly key: string };

const facts = new Map<string, FactText>();
let chain: Chain | undefined;

/** Declares a fact, `noun.past-participle`, and returns its name. A step tells facts and never knows who listens. */
export function defineFact<Name extends string>(name: Name, text: FactText): Name {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(name)) throw new Bug(`fact ${name} is not noun.verb`);
  if (facts.has(name)) throw new Bug(`fact ${name} is declared twice`);
  facts.set(name, text);
  return name;
}

/** Every fact declared in this process, by name. */
export function declaredFacts(): readonly (FactText & { readonly name: string })[] {
  return [...facts].map(([name, text]) => ({ name, ...text })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Sets the chain of this process. Every process that tells facts registers the same one at boot; a second, other one is a Bug. */
export function registerChain(map: Chain): void {
  if (chain !== undefined && JSON.stringify(chain) !== JSON.stringify(map)) throw new Bug('another chain is registered already');
  chain = map;
}

/**
 * Tells a fact about a set of subjects: one job row per subscriber and subject, in the caller's transaction. The job's key is
 * the subject unless another is given, so telling the same twice is telling it once.
 * @param text what every one of these jobs should carry as payload
 */
export async function tell(tx: Tx, fact: string, subjects: readonly FactSubject[], payload?: NewJob['payload']): Promise<void> {
  const subscribers = chain?.[fact];
  if (subscribers === undefined) throw new Bug(`fact ${fact} is told, but the chain of this process does not know it`);
  if (subscribers === 'end') return;
  const jobs = subscribers.flatMap((name) =>
    subjects.map((subject) => ({
      name,
      ...(typeof subject === 'string' ? { subject } : subject),
      ...(payload === undefined ? {} : { payload }),
    })),
  );
  await enqueue(tx, jobs);
}

/**
 * The boot check of the chain: every declared fact has a subscriber or is marked as an end, every fact of the chain is
 * declared, every subscriber and every defined job has exactly one handler.
 * @param handlers the definitions that the workers of this installation run, together
 * @throws Bug naming everything that is wrong
 */
export function checkChain(handlers: readonly JobDefinition[], map: Chain | undefined = chain): void {
  const wrong = chainFaults({
    facts: [...facts.keys()],
    jobs: definedJobs().map((job) => job.name),
    handlers: handlers.map((job) => job.name),
    chain: map ?? {},
  });
  if (wrong.length > 0) throw new Bug(`the chain is broken: ${wrong.join('; ')}`);
}

/** What is wrong with a chain, one sentence each. */
export function chainFaults(world: {
  readonly facts: readonly string[];
  readonly jobs: readonly string[];
  readonly handlers: readonly string[];
  readonly chain: Chain;
}): readonly string[] {
  const subscribers = Object.entries(world.chain).flatMap(([fact, jobs]) => (jobs === 'end' ? [] : jobs.map((job) => ({ fact, job }))));
  const handled = (job: string): number => world.handlers.filter((name) => name === job).length;
  const known = [...new Set([...world.jobs, ...world.handlers])];
  return [
    ...world.facts.filter((fact) => world.chain[fact] === undefined).map((fact) => `fact ${fact} has no subscriber and is not an end`),
    ...Object.keys(world.chain)
      .filter((fact) => !world.facts.includes(fact))
      .map((fact) => `the chain knows ${fact}, which nobody declared`),
    ...Object.entries(world.chain)
      .filter(([, jobs]) => jobs.length === 0)
      .map(([fact]) => `fact ${fact} has no subscriber and is not an end`),
    ...subscribers
      .filter(({ job }) => handled(job) === 0 && !known.includes(job))
      .map(({ fact, job }) => `${job} listens to ${fact} and has no handler`),
    ...known.filter((job) => handled(job) === 0).map((job) => `job ${job} has no handler`),
    ...known.filter((job) => handled(job) > 1).map((job) => `job ${job} has ${handled(job)} handlers`),
  ];
}
