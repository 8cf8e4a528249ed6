/** What has arrived since the portion before; the last one has all that was missing. */
export interface Portion<Item> {
  readonly items: readonly Item[];
  readonly isLast: boolean;
}

/**
 * Hands out what calls answer in portions, as they arrive: all that came within a while, and at once when nothing is missing any more. Whoever takes them does not wait
 * for the slowest call, and the calls go on while a portion is being worked on.
 * @param everyMs how long a portion is gathered, in milliseconds of wall time
 * @throws whatever the first failing call throws
 */
export async function* inPortions<Item>(calls: readonly Promise<Item>[], everyMs: number): AsyncGenerator<Portion<Item>, void> {
  const arrived: Item[] = [];
  const failures: unknown[] = [];
  let open = calls.length;
  let allAreBack = (): void => undefined;
  const back = new Promise<void>((resolve) => (allAreBack = resolve));
  for (const call of calls) {
    void call
      .then(
        (item) => void arrived.push(item),
        (error: unknown) => void failures.push(error),
      )
      .then(() => {
        open -= 1;
        if (open === 0) allAreBack();
      });
  }
  for (let isLast = false; !isLast;) {
    if (open > 0) await first(back, everyMs);
    if (failures.length > 0) throw failures[0];
    isLast = open === 0;
    const items = arrived.splice(0);
    if (items.length > 0 || isLast) yield { items, isLast };
  }
}

/** Until all are back, and not longer than that. */
async function first(back: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([back, limit]);
  clearTimeout(timer);
}
