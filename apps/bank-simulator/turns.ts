/** One after the other: days cannot pass beside each other. */
export interface Turns {
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: (work) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
