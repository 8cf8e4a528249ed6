import type { Lifecycle } from '#kernel/lifecycle';

/** One event of one noun, declared by the stage that makes it happen. */
export interface Transition {
  readonly lifecycle: Lifecycle;
  readonly event: string;
  readonly from: readonly string[];
  readonly to: string;
}

const declared = new Map<string, Transition>();

/**
 * Declares the arrow of an event as a transition that may be run. The arrow itself stands in the lifecycle's table and nowhere else; a tidy test compares
 * the declared transitions with the events of all tables, so that neither an event without code nor code without an event can stay.
 */
export function declareTransition<State extends string, Event extends string>(
  lifecycle: Lifecycle<State, Event>,
  event: Event,
): Transition {
  const name = `${lifecycle.noun}.${event}`;
  if (declared.has(name)) throw new TypeError(`transition ${name} is declared twice`);
  const arrow = lifecycle.arrows[event];
  const transition: Transition = { lifecycle: lifecycle as unknown as Lifecycle, event, from: arrow.from, to: arrow.to };
  declared.set(name, transition);
  return transition;
}

/** Every declared transition, for checks and generated documents. */
export function allTransitions(): readonly Transition[] {
  return [...declared.values()];
}
