import type { Fen } from '#kernel/money';

/** Money that the borrower pays `at` so many units of time (periods or days) after he was paid. */
export interface Flow {
  readonly at: number;
  readonly amount: Fen;
}

/** An exact interest rate per unit of time: `num ÷ den`. */
export interface UnitRate {
  readonly num: bigint;
  readonly den: bigint;
}

/** Binary places of the fixed point. Powers lose a few last places each, far below one fen of the largest amount. */
const PLACES = 192n;
const ONE = 1n << PLACES;

/**
 * Powers of one discount factor in fixed point. Made once per rate; the gaps between due dates repeat, so each distinct gap is worked
 * out once.
 */
export class Discount {
  private readonly powers = new Map<number, bigint>([[0, ONE]]);

  private constructor(
    private readonly factor: bigint,
    private readonly exact: UnitRate | undefined,
  ) {}

  /** The factor 1 ÷ (1 + rate). */
  static at(rate: UnitRate): Discount {
    return new Discount((rate.den << PLACES) / (rate.den + rate.num), rate);
  }

  /** The daily factor of a yearly effective rate: (1 + rate) to the power −1/365, by Newton's method from the double next to it. */
  static dailyOfYearly({ num, den }: UnitRate): Discount {
    let factor = BigInt(Math.round((1 + Number(num) / Number(den)) ** (-1 / 365) * 2 ** 53)) << (PLACES - 53n);
    const grown = ((den + num) << PLACES) / den;
    for (let round = 0; round < 3; round += 1) {
      const year = (power(factor, 365) * grown) >> PLACES;
      factor = (factor * (366n * ONE - year)) / (365n * ONE);
    }
    return new Discount(factor, undefined);
  }

  /**
   * Sign of the present value of what the borrower pays, less what he got: −1 when he pays less than this rate, 1 when he pays more.
   * Where the fixed point cannot tell, whole fractions decide. (An irrational daily factor has none: there, 0 means "equal to within
   * 2⁻¹⁰⁰ fen".)
   * @param flows in order of time
   */
  sign(flows: readonly Flow[], received: Fen): -1 | 0 | 1 {
    let at = 0;
    let discount = ONE;
    let value = -received << PLACES;
    let paid: bigint = received;
    for (const flow of flows) {
      if (flow.at !== at) discount = (discount * this.powerOf(flow.at - at)) >> PLACES;
      at = flow.at;
      value += flow.amount * discount;
      paid += flow.amount;
    }
    const doubt = paid * BigInt(16 * (at + flows.length + 16));
    if (value > doubt) return 1;
    if (value < -doubt) return -1;
    return this.exact === undefined ? 0 : exactSign(flows, received, this.exact);
  }

  private powerOf(exponent: number): bigint {
    let known = this.powers.get(exponent);
    if (known === undefined) this.powers.set(exponent, (known = power(this.factor, exponent)));
    return known;
  }
}

function power(factor: bigint, exponent: number): bigint {
  let result = ONE;
  let square = factor;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) >> PLACES;
    if (rest > 1) square = (square * square) >> PLACES;
  }
  return result;
}

/** The same sign in whole numbers: everything is compared at the time of the last payment, over the common denominator. */
function exactSign(flows: readonly Flow[], received: Fen, { num, den }: UnitRate): -1 | 0 | 1 {
  const grown = den + num;
  let at = 0;
  let shrunk = 1n;
  let value: bigint = -received;
  for (const flow of flows) {
    const gap = BigInt(flow.at - at);
    at = flow.at;
    shrunk *= den ** gap;
    value = value * grown ** gap + flow.amount * shrunk;
  }
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}
