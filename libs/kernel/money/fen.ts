import { Bug } from '#kernel/faults';

/**
 * An amount of money: a whole number of fen (分, 1/100 yuan). The brand keeps bare `bigint` out, so that `a + b`, which yields a
 * `bigint`, does not compile where an amount is wanted: adding is `addFen`.
 */
export type Fen = bigint & { readonly __fen: unique symbol };

/** Nothing. */
export const ZERO = 0n as Fen;

/**
 * An amount from a whole number that is already known to be fen.
 * @throws Bug for a fraction, for a `number` beyond the safe integers, and for text that is not a plain decimal integer
 */
export function fen(value: bigint | number | string): Fen {
  if (typeof value === 'bigint') return value as Fen;
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Bug(`${value} is not a whole number of fen that a number holds exactly`);
    return BigInt(value) as Fen;
  }
  if (!/^-?\d{1,40}$/.test(value)) throw new Bug(`"${value.slice(0, 60)}" is not a whole number of fen`);
  return BigInt(value) as Fen;
}

/** Sum of the given amounts; of none, zero. */
export function addFen(...amounts: readonly Fen[]): Fen {
  return sumFen(amounts);
}

/** `a` less `b`; may be negative. */
export function subtractFen(a: Fen, b: Fen): Fen {
  return (a - b) as Fen;
}

/** Sum of any iterable of amounts; of none, zero. */
export function sumFen(amounts: Iterable<Fen>): Fen {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum as Fen;
}

/** The smallest of at least one amount. */
export function minFen(first: Fen, ...others: readonly Fen[]): Fen {
  return others.reduce((least, amount) => (amount < least ? amount : least), first);
}

/** The largest of at least one amount. */
export function maxFen(first: Fen, ...others: readonly Fen[]): Fen {
  return others.reduce((most, amount) => (amount > most ? amount : most), first);
}

/** Whether an amount is more than nothing. */
export function isPositive(amount: Fen): boolean {
  return amount > 0n;
}
