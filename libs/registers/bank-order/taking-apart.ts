import { Outage } from '#kernel/faults';

/**
 * Takes what the bank has said as one set. What spoils the set is found by halving, and stays alone: the bank repeats what it said when it is sent or asked again.
 * @param take takes a part in a transaction of its own
 * @returns why what spoils could not be taken, one fault each
 * @throws Outage of `take`: then nothing is known of that part
 */
export async function takeApart<Said>(said: readonly Said[], take: (part: readonly Said[]) => Promise<unknown>): Promise<unknown[]> {
  if (said.length === 0) return [];
  try {
    await take(said);
    return [];
  } catch (error) {
    if (error instanceof Outage) throw error;
    if (said.length === 1) return [error];
    const half = Math.ceil(said.length / 2);
    return [...(await takeApart(said.slice(0, half), take)), ...(await takeApart(said.slice(half), take))];
  }
}
