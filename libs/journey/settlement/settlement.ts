import type { Uuid } from '#kernel/ids';
import type { StateOf } from '#kernel/lifecycle';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Listing } from '#journey/listing';
import type { settlementLifecycle } from './settlement.lifecycle';

/** One row of `settlement`; amounts in fen. */
export interface Settlement {
  readonly id: Uuid;
  readonly listing_id: Uuid;
  readonly state: StateOf<typeof settlementLifecycle>;
  readonly accepted_fen: bigint;
  readonly collected_fen: bigint;
  readonly premium_fen: bigint;
  readonly fee_fen: bigint;
  readonly premium_paid_fen: bigint;
  readonly fee_paid_fen: bigint;
  readonly disbursed_fen: bigint;
  readonly payee_account_no: string;
  readonly retry_until: BusinessDate | null;
  readonly value_date: BusinessDate | null;
  readonly returned_on: BusinessDate | null;
  readonly end_on: BusinessDate | null;
  /** Of an unwinding: the first day on which the bank pays what is not back. */
  readonly bridge_on: BusinessDate | null;
}

/** What is to be done about collection items that failed. */
export type CollectionDecision = 'go_on' | 'drop' | 'retry' | 'unwind' | 'ask';

/** The facts on which the decision rests; the same function serves the operator's preview. */
export interface CollectionResult {
  readonly accepted: Fen;
  readonly collected: Fen;
  readonly failedItems: number;
  /** Least that must remain (`minimum after drops` of the accepted amount). */
  readonly minimum: Fen;
  readonly mayRetry: boolean;
  /** A policy that an operator chose, in place of the listing's. */
  readonly chosen?: 'drop' | 'fail';
}

/**
 * The listing's policy for failed collections, as a decision. Dropping needs that enough remains; where it does not, everything is unwound.
 */
export function decideCollection(policy: Listing['drop_policy'], result: CollectionResult): CollectionDecision {
  if (result.failedItems === 0) return 'go_on';
  const dropOrUnwind = result.collected >= result.minimum && result.collected > 0n ? 'drop' : 'unwind';
  if (result.chosen !== undefined) return result.chosen === 'fail' ? 'unwind' : dropOrUnwind;
  if ((policy === 'retry_then_drop' || policy === 'retry_then_fail') && result.mayRetry) return 'retry';
  if (policy === 'ask') return 'ask';
  return policy === 'fail' || policy === 'retry_then_fail' ? 'unwind' : dropOrUnwind;
}

/** What reaches the borrower. */
export function netOf(settlement: Pick<Settlement, 'collected_fen' | 'premium_fen' | 'fee_fen'>): Fen {
  return fen(settlement.collected_fen - settlement.premium_fen - settlement.fee_fen);
}
