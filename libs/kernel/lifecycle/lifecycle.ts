/** One arrow: from any of these states, by this event, to that state. Each event has exactly one arrow. */
export interface Arrow<State extends string> {
  readonly from: readonly State[];
  readonly to: State;
}

/** A noun's life as a table: the only list of its states and events. The database has a CHECK with the same states. */
export interface Lifecycle<State extends string = string, Event extends string = string> {
  readonly noun: string;
  /** Database table that holds the noun's rows (`id`, `state`). */
  readonly table: string;
  readonly states: readonly State[];
  readonly initial: State;
  /** States that nothing leaves. */
  readonly ends: readonly State[];
  readonly arrows: Readonly<Record<Event, Arrow<State>>>;
}

export type StateOf<L> = L extends Lifecycle<infer State, string> ? State : never;
export type EventOf<L> = L extends Lifecycle<string, infer Event> ? Event : never;

const declared = new Map<string, Lifecycle>();

/**
 * Declares a lifecycle and checks it: every state is reachable from the first one, every end is left by no arrow, every other state is left by one.
 * A broken table is a programming error and stops the process at start.
 */
export function lifecycle<const State extends string, const Event extends string>(table: Lifecycle<State, Event>): Lifecycle<State, Event> {
  const known = declared.get(table.noun);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(table))
    throw new TypeError(`lifecycle ${table.noun} is declared twice`);
  check(table as unknown as Lifecycle);
  declared.set(table.noun, table as unknown as Lifecycle);
  return table;
}

/** Every declared lifecycle, for generated diagrams and for checks; sorted by noun. */
export function allLifecycles(): readonly Lifecycle[] {
  return [...declared.values()].sort((a, b) => (a.noun < b.noun ? -1 : 1));
}

function check(table: Lifecycle): void {
  const arrows = Object.entries(table.arrows);
  const say = (what: string): never => {
    throw new TypeError(`lifecycle ${table.noun}: ${what}`);
  };
  for (const [event, arrow] of arrows) {
    for (const state of [...arrow.from, arrow.to]) if (!table.states.includes(state)) say(`${event} names the unknown state ${state}`);
    for (const state of arrow.from) if (table.ends.includes(state)) say(`${event} leaves the end ${state}`);
  }
  const reached = new Set([table.initial]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [, arrow] of arrows) {
      if (!reached.has(arrow.to) && arrow.from.some((state) => reached.has(state))) {
        reached.add(arrow.to);
        grew = true;
      }
    }
  }
  for (const state of table.states) {
    if (!reached.has(state)) say(`${state} cannot be reached`);
    const isLeft = arrows.some(([, arrow]) => arrow.from.includes(state));
    if (!isLeft && !table.ends.includes(state)) say(`${state} is a dead end that is not named as one`);
  }
}
