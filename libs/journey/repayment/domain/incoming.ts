import { addFen, isPositive, maxFen, minFen, subtractFen, ZERO } from '#kernel/money';
import type { Fen } from '#kernel/money';

/** Something that the borrower still owes. */
export interface Owed {
  readonly id: string;
  readonly stillOwed: Fen;
}

/** A part of an incoming amount, and what it is for. */
export interface AppliedPart {
  readonly target: 'recovery' | 'instalment';
  readonly id: string;
  readonly amount: Fen;
}

/** An incoming amount, applied without a rest: the parts and the excess add up to it. */
export interface Applied {
  readonly parts: readonly AppliedPart[];
  readonly excess: Fen;
}

/** Money from the borrower goes to open recoveries first, then to dues; both oldest first. What is left exceeds all that he owes. */
export function applyIncoming(amount: Fen, recoveries: readonly Owed[], dues: readonly Owed[]): Applied {
  const parts: AppliedPart[] = [];
  let left = amount;
  const take = (target: AppliedPart['target'], owed: Owed): void => {
    const part = minFen(left, owed.stillOwed);
    if (!isPositive(part)) return;
    parts.push({ target, id: owed.id, amount: part });
    left = subtractFen(left, part);
  };
  for (const recovery of recoveries) take('recovery', recovery);
  for (const due of dues) take('instalment', due);
  return { parts, excess: left };
}

/** What came in for one debt so far, and what of that debt is not principal (interest, penalty). */
export interface Coverage {
  readonly covered: Fen;
  readonly otherThanPrincipal: Fen;
}

/** The principal in the next amount that comes in for a debt: interest and penalty are covered before principal. */
export function principalIn(amount: Fen, { covered, otherThanPrincipal }: Coverage): Fen {
  return subtractFen(principalCovered(addFen(covered, amount), otherThanPrincipal), principalCovered(covered, otherThanPrincipal));
}

function principalCovered(covered: Fen, otherThanPrincipal: Fen): Fen {
  return maxFen(subtractFen(covered, otherThanPrincipal), ZERO);
}
