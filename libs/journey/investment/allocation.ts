import type { Uuid } from '#kernel/ids';

/** Version of the published rule; stored with every receipt, so that an old allocation is replayed by the rule that made it. */
export const ALLOCATION_RULE_VERSION = 1;

/** A frozen order as the allocation sees it. */
export interface Candidate {
  readonly id: Uuid;
  readonly no: bigint;
  readonly amount: bigint;
  readonly acceptsPart: boolean;
  /** When the bank held the money, milliseconds, and the bank's own count for ties. */
  readonly heldAt: number;
  readonly heldSeq: bigint;
}

/** What was given out to whom. Amounts in fen. */
export interface AllocationResult {
  /** Orders in the order of the queue with what each was accepted for; 0 is left out. */
  readonly parts: readonly { readonly id: Uuid; readonly no: bigint; readonly accepted: bigint }[];
  readonly accepted: bigint;
  readonly gap: bigint;
}

/** A rule of allocation: who gets what of an amount. */
export type AllocationRule = (candidates: readonly Candidate[], amount: bigint, canPart: boolean) => AllocationResult;

/**
 * The published rule of allocation. One queue by the bank's freeze time, the bank's count, the order's number. Each order is accepted whole while it fits.
 * The one that crosses the line is accepted in part if its owner agreed and the bank can give a part back; otherwise it is skipped and the queue goes on.
 * @param amount fen to be given out
 * @param canPart whether the bank can release or refund a part
 */
export const allocate: AllocationRule = (candidates, amount, canPart) => {
  let left = amount;
  const parts = [...candidates].sort(byQueue).map((candidate) => {
    const fits = candidate.amount <= left;
    const accepted = fits ? candidate.amount : candidate.acceptsPart && canPart ? left : 0n;
    left -= accepted;
    return { id: candidate.id, no: candidate.no, accepted };
  });
  return { parts, accepted: amount - left, gap: left };
};

/** Every rule that ever made a receipt, by its version. */
export const allocationRules: Readonly<Record<number, AllocationRule>> = { [ALLOCATION_RULE_VERSION]: allocate };

/** How a run of the allocation ended: it stands, its gap is sold again, or the listing fails. */
export type AllocationOutcome = 'allocated' | 'sold_again' | 'failed';

/**
 * What follows from a result. A gap is sold again as long as the deadline has not passed; after it, the minimum raise decides.
 * @param minimum fen that must be accepted for the listing to settle
 */
export function outcomeOf({ accepted, gap }: AllocationResult, minimum: bigint, isPastDeadline: boolean): AllocationOutcome {
  if (gap > 0n && !isPastDeadline) return 'sold_again';
  return accepted < minimum ? 'failed' : 'allocated';
}

/** Sum of the orders that a result has left out whole although something remained: they keep their place while the gap is sold again. */
export function skippedSum(candidates: readonly Candidate[], { parts }: AllocationResult): bigint {
  const amounts = new Map(candidates.map((candidate) => [candidate.id, candidate.amount]));
  return parts.reduce((sum, part) => (part.accepted === 0n ? sum + amounts.get(part.id)! : sum), 0n);
}

/** The order of the queue. */
export function byQueue(a: Candidate, b: Candidate): number {
  return a.heldAt - b.heldAt || sign(a.heldSeq - b.heldSeq) || sign(a.no - b.no);
}

function sign(difference: bigint): number {
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
