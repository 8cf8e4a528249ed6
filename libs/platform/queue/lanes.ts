/**
 * The lanes on which jobs run. A lane is for jobs that may wait for each other: the rush on a listing (`freezing`: orders that are to be
 * frozen, and the calls that freeze them), everything else that the bank is asked (`bank`: what goes back to people, is collected or
 * paid out does not wait behind a rush), the database (`books`: who only writes down what the bank is to be asked), the business day
 * (`day`, one job at a time in the whole installation), messages to people (`notices`), files that somebody will read later
 * (`reports`). The table `job` has a CHECK with the same words.
 */
export const lanes = ['bank', 'freezing', 'books', 'day', 'notices', 'reports'] as const;

export type Lane = (typeof lanes)[number];

/** Rung and not yet finished jobs of a lane, at most: what waits beyond it waits in its row, where it can be counted and ordered. */
export function boundOf(lane: Lane): number {
  return lane === 'day' ? 1 : 256;
}
