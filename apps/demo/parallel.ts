import { setTimeout as pause } from 'node:timers/promises';

/** Does something for each of many, so many at once; results in the order of the many. The first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array<Result>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next;
      next += 1;
      if (index >= items.length) return;
      results[index] = await act(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}

/** First often, then less: who waits for long costs those for whom he waits. */
const LOOK_MS = 15;
const LONGEST_LOOK_MS = 250;
const SLOWER_BY = 1.3;

/**
 * Looks again and again until something is there.
 * @throws Error naming what did not come within the limit
 */
export async function until<Found>(what: string, limitMs: number, look: () => Promise<Found | undefined>): Promise<Found> {
  const end = Date.now() + limitMs;
  for (let wait = LOOK_MS; ; wait = Math.min(LONGEST_LOOK_MS, wait * SLOWER_BY)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}：等待 ${limitMs / 1000} 秒未至 did not come within ${limitMs / 1000} s`);
    await pause(wait);
  }
}
