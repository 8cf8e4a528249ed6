import { addFen, splitter, subtractFen, sumFen } from '#kernel/money';
import type { Fen, Splitter } from '#kernel/money';
import { Bug } from '#kernel/faults';

/** What one claim is owed of one instalment. */
export interface ShareAmounts {
  readonly principal: Fen;
  readonly interest: Fen;
}

/** What the shares of the instalments before have given to each claim: where the sharing of a loan goes on after an interruption. */
export interface SharedSoFar {
  readonly principal: readonly Fen[];
  readonly interest: readonly Fen[];
}

/**
 * Shares the instalments of one loan, one after the other, among its claims. Principal and interest are split each by itself with what every claim paid as
 * its weight, in the order of the order numbers. So each split adds up to the borrower's figure, nobody's share is negative, and over the life of the loan
 * every claim's principal is exactly what was paid for it: at the last instalment the exact cumulative share is that whole number.
 */
export class LoanSharing {
  private readonly principal: Splitter;
  private readonly interest: Splitter;

  /** @param principals what each claim paid, in the order of the order numbers */
  constructor(principals: readonly Fen[], given?: SharedSoFar) {
    this.principal = splitter(principals, given?.principal);
    this.interest = splitter(principals, given?.interest);
  }

  /** The shares of the next instalment, in the order of the claims. */
  next(instalment: ShareAmounts): ShareAmounts[] {
    const principal = this.principal.next(instalment.principal);
    const interest = this.interest.next(instalment.interest);
    return principal.map((amount, claim) => ({ principal: amount, interest: interest[claim]! }));
  }
}

/** A share that money is distributed to. */
export interface OpenShare {
  /** Everything that it is owed. */
  readonly due: Fen;
  /** What it was given before. */
  readonly distributed: Fen;
}

/**
 * Distributes what came in for one instalment among its shares, in proportion to what each is owed of it. Parts that come in one after the other may be of
 * any size: after each, everybody's cumulative share is within one fen of the exact one and never above what he is owed; when the whole has come in,
 * everybody has exactly what he is owed.
 * @param shares in the order of the order numbers, the same for every part
 * @returns what each gets of this amount
 * @throws Bug when more would be given than is owed
 */
export function distribute(amount: Fen, shares: readonly OpenShare[]): Fen[] {
  const owed = subtractFen(sumFen(shares.map((share) => share.due)), sumFen(shares.map((share) => share.distributed)));
  if (amount > owed) throw new Bug(`${amount} fen came in for shares that are owed ${owed}`);
  const given = shares.map((share) => share.distributed);
  const parts = splitter(
    shares.map((share) => share.due),
    given,
  ).next(amount);
  parts.forEach((part, index) => {
    if (addFen(given[index]!, part) > shares[index]!.due) throw new Bug(`share ${index} would be given more than it is owed`);
  });
  return parts;
}
