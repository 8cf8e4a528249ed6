import type { Tx } from '#platform/database';

/** One sentence about one thing that is not as it must be. */
export interface Difference {
  readonly what: string;
}

/** What looking at one invariant brought. */
export interface Finding {
  /** Rows that were looked at: zero rows prove nothing. */
  readonly examined: bigint;
  /** At most `MOST_NAMED`. */
  readonly differences: readonly Difference[];
}

/** Something that must hold after every transaction, at any time. */
export interface Invariant {
  readonly id: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** Recomputes it from the rows, in the caller's snapshot. Changes nothing. */
  check(tx: Tx): Promise<Finding>;
}

/** How many differences of one invariant are named: the first ones say what is wrong. */
export const MOST_NAMED = 50;

/**
 * An invariant that is one query which must return no rows (column `what`), beside one that counts the rows which it looks at (column `examined`).
 */
export function byQuery(id: string, zh: string, en: string, examined: string, differences: string): Invariant {
  return {
    id,
    title: { zh, en },
    async check(tx) {
      const [count] = await tx.query<{ examined: bigint }>(examined);
      const found = await tx.query<Difference>(`SELECT what FROM (${differences}) AS found LIMIT ${MOST_NAMED}`);
      return { examined: count?.examined ?? 0n, differences: found };
    },
  };
}
