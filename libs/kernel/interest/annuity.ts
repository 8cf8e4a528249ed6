import { divideRounded, type Fen, mulDiv } from '#kernel/money';

/** The exact interest rate of one period: `num ÷ den`, not negative. */
export interface PeriodRate {
  readonly num: bigint;
  readonly den: bigint;
}

/** One period's interest on a balance, rounded half up. */
export function interestOn(balance: Fen, { num, den }: PeriodRate): Fen {
  return mulDiv(balance, num, den, 'half_up');
}

/**
 * The instalment A that repays a principal P in equal parts over periods with the rates r₁ … rₙ: the exact solution of
 * P = Σₖ A ÷ ((1+r₁) … (1+rₖ)), rounded once, half up. With equal periods this is the annuity formula.
 */
export function equalInstalment(principal: Fen, periods: readonly PeriodRate[]): Fen {
  const reduced = periods.map(lowestTerms);
  const first = reduced[0];
  const isEven = first !== undefined && reduced.every(({ num, den }) => num === first.num && den === first.den);
  const { num, den } = isEven ? evenFactor(first, reduced.length) : unevenFactor(reduced);
  return divideRounded(principal * num, den, 'half_up') as Fen;
}

/** The instalment per unit of principal for n equal periods at a ÷ b: a (a+b)ⁿ ÷ (b ((a+b)ⁿ − bⁿ)); 1 ÷ n without interest. */
function evenFactor({ num: a, den: b }: PeriodRate, count: number): PeriodRate {
  if (a === 0n) return { num: 1n, den: BigInt(count) };
  const grown = (a + b) ** BigInt(count);
  return { num: a * grown, den: b * (grown - b ** BigInt(count)) };
}

/**
 * The same for unequal periods. The value of one fen per period is v₁(1 + v₂(1 + v₃(…))) with vₖ = denₖ ÷ (denₖ + numₖ);
 * worked from the inside out it stays one fraction.
 */
function unevenFactor(periods: readonly PeriodRate[]): PeriodRate {
  let value = 0n;
  let over = 1n;
  for (let k = periods.length - 1; k >= 0; k -= 1) {
    const { num, den } = periods[k]!;
    value = den * (over + value);
    over *= den + num;
  }
  return { num: over, den: value };
}

function lowestTerms({ num, den }: PeriodRate): PeriodRate {
  const common = greatestCommonDivisor(num, den);
  return { num: num / common, den: den / common };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
