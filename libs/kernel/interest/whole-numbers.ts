import { divideRounded } from '#kernel/money';

/** Whole numbers up to here are exact in a double, and so is the floor of a quotient whose parts add up to less. */
const EXACT = 2n ** 53n;

/**
 * The function x ↦ (slope × x ÷ denominator), rounded half up, for whole x from 0 to `most`: a whole number in a double,
 * exact as long as it stays below 2⁵³.
 * The gate asks for it some thousand times a loan, so it is worked in doubles where these are provably exact (a quotient that is no
 * whole number is at least 1 ÷ denominator away from one, which a double still sees), and in `bigint` elsewhere.
 */
export function roundedLine(slope: bigint, denominator: bigint, most: number): (x: number) => number {
  if (2n * slope * BigInt(most) + 3n * denominator >= EXACT) {
    return (x) => Number(divideRounded(slope * BigInt(x), denominator, 'half_up'));
  }
  const twice = Number(2n * slope);
  const once = Number(denominator);
  return (x) => Math.floor((twice * x + once) / (2 * once));
}
