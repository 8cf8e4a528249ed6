import { Bug } from '#kernel/faults';
import type { Fen } from './fen';

/**
 * How a quotient that is no whole number becomes one. `floor` goes down and `ceiling` up on the number line; the two halves go to
 * the nearest, and a tie goes away from zero (`half_up`) or to the even neighbour (`half_even`).
 */
export type Rounding = 'floor' | 'ceiling' | 'half_up' | 'half_even';

const MILLION = 1_000_000n;

/**
 * The one division of the platform: every other one is made of it, and every call says how it rounds.
 * @throws Bug when the denominator is not positive
 */
export function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new Bug(`denominator ${denominator} is not positive`);
  const towardsZero = numerator / denominator;
  const remainder = numerator - towardsZero * denominator;
  if (remainder === 0n) return towardsZero;
  const away = numerator < 0n ? -1n : 1n;
  return goesAway(rounding, away, remainder < 0n ? -remainder : remainder, denominator, towardsZero) ? towardsZero + away : towardsZero;
}

/** `amount × numerator ÷ denominator`, rounded once. */
export function mulDiv(amount: Fen, numerator: bigint, denominator: bigint, rounding: Rounding): Fen {
  return divideRounded(amount * numerator, denominator, rounding) as Fen;
}

/** So many millionths of an amount: `ppmOf(fen(1000000), 57500, 'half_up')` is 5.75 % of ¥10,000.00. */
export function ppmOf(amount: Fen, ppm: number | bigint, rounding: Rounding): Fen {
  return mulDiv(amount, BigInt(ppm), MILLION, rounding);
}

function goesAway(rounding: Rounding, away: bigint, remainder: bigint, denominator: bigint, quotient: bigint): boolean {
  switch (rounding) {
    case 'floor':
      return away < 0n;
    case 'ceiling':
      return away > 0n;
    case 'half_up':
      return 2n * remainder >= denominator;
    case 'half_even':
      return 2n * remainder > denominator || (2n * remainder === denominator && quotient % 2n !== 0n);
  }
}
