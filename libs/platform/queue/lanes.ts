/**
 * The lanes on which jobs run. A lane is for jobs that compete for the same thing: the bank's rate (`bank`: who asks it, and the
 * freezing that feeds them), the database (`books`: who only writes down what the bank is to be asked does not wait behind a rush that
 * is being frozen), the business day (`day`, one job at a time in the whole installation), messages to people (`notices`), files
 * that somebody will read later (`reports`). The table `job` has a CHECK with the same words.
 */
export const lanes = ['bank', 'books', 'day', 'notices', 'reports'] as const;

export type Lane = (typeof lanes)[number];

/** Rung and not yet finished jobs of a lane, at most: what waits beyond it waits in its row, where it can be counted and ordered. */
export function boundOf(lane: Lane): number {
  return lane === 'day' ? 1 : 256;
}
