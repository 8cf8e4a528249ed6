import type { Uuid } from '#kernel/ids';
import { createHash } from 'node:crypto';

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

export interface AllocationResult {
  /** Orders in the order of the queue with what each was accepted for; 0 is left out. */
  readonly parts: readonly { readonly id: Uuid; readonly no: bigint; readonly accepted: bigint }[];
  readonly accepted: bigint;
  readonly gap: bigint;
}

/**
 * The published rule of allocation. One queue by the bank's freeze time, the bank's count, the order's number. Each order is accepted whole while it fits.
 * The one that crosses the line is accepted in part if its owner agreed and the bank can give a part back; otherwise it is skipped and the queue goes on.
 * @param amount fen to be given out
 * @param canPart whether the bank can release or refund a part
 */
export function allocate(candidates: readonly Candidate[], amount: bigint, canPart: boolean): AllocationResult {
  const queue = [...candidates].sort(byQueue);
  let left = amount;
  const parts = queue.map((candidate) => {
    const fits = candidate.amount <= left;
    const accepted = fits ? candidate.amount : candidate.acceptsPart && canPart ? left : 0n;
    left -= accepted;
    return { id: candidate.id, no: candidate.no, accepted };
  });
  return { parts, accepted: amount - left, gap: left };
}

/** Digest of input and result, by order number: whoever replays the rule over the same queue gets the same text. */
export function allocationDigest(candidates: readonly Candidate[], amount: bigint, result: AllocationResult): string {
  const input = [...candidates].sort(byQueue).map((c) => `${c.no}|${c.amount}|${c.acceptsPart}|${c.heldAt}|${c.heldSeq}`);
  const output = result.parts.map((part) => `${part.no}|${part.accepted}`);
  return createHash('sha256')
    .update([`v${ALLOCATION_RULE_VERSION}`, String(amount), ...input, ...output].join('\n'))
    .digest('hex');
}

function byQueue(a: Candidate, b: Candidate): number {
  return a.heldAt - b.heldAt || sign(a.heldSeq - b.heldSeq) || sign(a.no - b.no);
}

function sign(difference: bigint): number {
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
