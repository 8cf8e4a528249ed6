import type { Tx } from '#platform/database';
import type { Transition } from './declaration';
import { move } from './move';
import type { By, Subject } from './move';

/** Rows that one statement moves: its parameter stays small, and what it gives back is gone before the next one runs. */
const AT_ONCE = 5_000;

/**
 * As `move`, for a set of any size, in statements of some thousand rows in the order of their ids. The rows are not given back, so that memory does not grow
 * with the set.
 * @returns how many have moved
 */
export async function moveInParts(tx: Tx, transition: Transition, subjects: readonly Subject[], by: By): Promise<number> {
  const sorted = [...subjects].sort((a, b) => (a.id < b.id ? -1 : 1));
  let moved = 0;
  for (let start = 0; start < sorted.length; start += AT_ONCE) {
    moved += (await move(tx, transition, sorted.slice(start, start + AT_ONCE), by)).length;
  }
  return moved;
}
