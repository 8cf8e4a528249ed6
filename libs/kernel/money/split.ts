import { Bug } from '#kernel/faults';
import { type Fen, sumFen } from './fen';
import { type Choice, chooseByDeadline, TAKEN, TIED } from './split-deadlines';

/** Shares one party's money among the owners of fixed weights, period after period. Memory does not grow with the periods. */
export interface Splitter {
  /** The shares of the next period's amount, in the order of the weights. They add up to the amount. */
  next(amount: Fen): Fen[];
  /** What each has been given so far; handed to `splitter(weights, given)`, it resumes where this one stands. */
  given(): Fen[];
}

/**
 * Splits the successive amounts of one loan (its principal by period, or its interest by period) among weights, usually what each
 * investor paid.
 *
 * The rule: after every period each cumulative share is the floor or the ceiling of the exact cumulative share; whoever was ahead
 * stays ahead until the exact share has caught up; the fen that are left go to those whose next fen falls due first, that is, where
 * the exact cumulative share reaches the next whole fen at the smallest total; among equals, to the smaller index.
 * `docs/rounding.md` proves that this always adds up, never takes a fen back, and stays within one fen of the exact share. (Shares
 * as deadlines on one machine: Tijdeman, "The chairman assignment problem", 1980; Still, "A class of new methods for congressional
 * apportionment", 1979.)
 *
 * @param amounts not negative, one per period
 * @param weights not negative, at least one positive, in the order that breaks ties (order number)
 * @returns per amount, the shares in the order of the weights
 */
export function split(amounts: readonly Fen[], weights: readonly bigint[]): Fen[][] {
  const shares = splitter(weights);
  return amounts.map((amount) => shares.next(amount));
}

/**
 * The same rule as a stream: each call takes one period's amount.
 * @param given what the same rule has given so far, to resume; zero by default
 * @throws Bug for a negative weight or amount, for weights without any positive one, for totals above 2⁶², and for a `given` that
 *   this rule cannot have made
 */
export function splitter(weights: readonly bigint[], given?: readonly Fen[]): Splitter {
  const shares = new Shares(weights);
  if (given !== undefined) shares.resume(given);
  return { next: (amount) => shares.next(amount), given: () => shares.given() };
}

/** Totals of weights and of amounts stay within this, so that what is kept per class fits 64 bits. */
const LARGEST = 2n ** 62n;

/** Owners of equal weights differ by their place in the row only, so all arithmetic is done once per distinct weight: a class. */
class Shares {
  private readonly total: bigint;
  private readonly weights: BigInt64Array;
  /** The weights as doubles, for finding a neighbourhood, and how many owners have each. */
  private readonly weightsNearly: Float64Array;
  private readonly sizes: BigInt64Array;
  private readonly classOf: Uint32Array;
  /** Per owner: 1 when the cumulative share is the ceiling of the exact one and above it. */
  private readonly isAhead: Uint8Array;
  private cumulative = 0n;
  /** Per class: floor of the exact cumulative share `cumulative × weight ÷ total`, and by how much it just grew. */
  private readonly floors: BigInt64Array;
  private readonly growth: BigInt64Array;
  /** Per class: `total − remainder` of the same division, what the exact share lacks to the next whole fen; `total` when it is whole. */
  private readonly lacking: BigInt64Array;

  constructor(weights: readonly bigint[]) {
    const classes = new Map<bigint, number>();
    this.classOf = new Uint32Array(weights.length);
    this.isAhead = new Uint8Array(weights.length);
    let total = 0n;
    weights.forEach((weight, owner) => {
      if (weight < 0n) throw new Bug(`weight ${weight} of owner ${owner} is negative`);
      total += weight;
      let index = classes.get(weight);
      if (index === undefined) classes.set(weight, (index = classes.size));
      this.classOf[owner] = index;
    });
    if (total === 0n) throw new Bug('there is nobody to split among: no weight is positive');
    if (total > LARGEST) throw new Bug(`the weights add up to ${total}, more than ${LARGEST}`);
    this.total = total;
    this.weights = BigInt64Array.from(classes.keys());
    this.weightsNearly = Float64Array.from(classes.keys(), Number);
    this.sizes = new BigInt64Array(classes.size);
    for (const index of this.classOf) this.sizes[index]! += 1n;
    this.floors = new BigInt64Array(classes.size);
    this.growth = new BigInt64Array(classes.size);
    this.lacking = new BigInt64Array(classes.size).fill(total);
  }

  next(amount: Fen): Fen[] {
    if (amount < 0n) throw new Bug(`a negative amount (${amount}) cannot be split`);
    this.advanceTo(this.cumulative + amount);
    const { left, waiting } = this.whoWaits();
    if (left < 0n) throw new Bug(`the shares given before exceed ${this.cumulative} by ${-left} fen`);
    const { weights, weightsNearly, lacking } = this;
    return this.deal(chooseByDeadline({ weights, weightsNearly, lacking, waiting }, Number(left)));
  }

  given(): Fen[] {
    return Array.from(this.classOf, (index, owner) => (this.floors[index]! + BigInt(this.isAhead[owner]!)) as Fen);
  }

  resume(given: readonly Fen[]): void {
    if (given.length !== this.classOf.length) throw new Bug(`${given.length} shares do not fit ${this.classOf.length} weights`);
    this.advanceTo(sumFen(given));
    given.forEach((share, owner) => {
      const index = this.classOf[owner]!;
      const ahead = share - this.floors[index]!;
      if (ahead !== 0n && (ahead !== 1n || this.lacking[index] === this.total)) {
        throw new Bug(`owner ${owner} was given ${share} of ${this.cumulative}: not by this rule`);
      }
      this.isAhead[owner] = Number(ahead);
    });
  }

  private advanceTo(cumulative: bigint): void {
    if (cumulative > LARGEST) throw new Bug(`${cumulative} fen in total are more than ${LARGEST}`);
    const { total, weights, floors, growth, lacking } = this;
    this.cumulative = cumulative;
    for (let index = 0; index < weights.length; index += 1) {
      const exact = cumulative * weights[index]!;
      const floor = exact / total;
      growth[index] = floor - floors[index]!;
      floors[index] = floor;
      lacking[index] = total - (exact - floor * total);
    }
  }

  /** How many fen are left after the floors and those who stay ahead, and per class how many owners may be given one of them. */
  private whoWaits(): { left: bigint; waiting: Uint32Array } {
    const { classOf, isAhead, lacking, growth, floors, sizes, total } = this;
    const staying = new Uint32Array(floors.length);
    const waiting = new Uint32Array(floors.length);
    for (let owner = 0; owner < classOf.length; owner += 1) {
      if (isAhead[owner] === 1) staying[classOf[owner]!]! += 1;
      else waiting[classOf[owner]!]! += 1;
    }
    let given = 0n;
    let stay = 0;
    for (let index = 0; index < floors.length; index += 1) {
      if (lacking[index] === total) waiting[index] = 0;
      else if (growth[index] !== 0n) waiting[index]! += staying[index]!;
      if (growth[index] === 0n) stay += staying[index]!;
      given += floors[index]! * sizes[index]!;
    }
    const left = this.cumulative - given - BigInt(stay);
    return { left, waiting };
  }

  /** Hands out the growth of the floors and the chosen fen, and notes who is ahead now. */
  private deal({ mark, tied }: Choice): Fen[] {
    const { classOf, isAhead, growth } = this;
    const shares = new Array<Fen>(classOf.length);
    let open = tied;
    for (let owner = 0; owner < shares.length; owner += 1) {
      const index = classOf[owner]!;
      const was = isAhead[owner]!;
      const grown = growth[index]!;
      let is = was === 1 && grown === 0n ? 1 : 0;
      if (is === 0 && mark[index] === TAKEN) is = 1;
      else if (is === 0 && mark[index] === TIED && open > 0) {
        is = 1;
        open -= 1;
      }
      isAhead[owner] = is;
      shares[owner] = (is === was ? grown : is > was ? grown + 1n : grown - 1n) as Fen;
    }
    if (open > 0) throw new Bug(`${open} fen of ${this.cumulative} found nobody`);
    return shares;
  }
}
