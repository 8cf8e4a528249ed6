import { Bug } from '#kernel/faults';
import type { BankOrderKind } from './bank-order';

/**
 * What a bank order is for, where the bank's one word for a movement serves more than one end of ours:
 * - `main`: the end that the kind is named for, and the only one of most kinds.
 * - `gap`: the bank's advance account pays what an unwinding waits for (ADVANCE B→D), and gets it back from whoever kept it (RECOVER I or F→B).
 * - `ending`: what comes back of premium and fee when a loan ends early goes into its repayment account (`*_RETURN` I or F→R).
 * - `hand_on`: what lies in D of a settled listing and has no other end goes into its repayment account, as the borrower's money (MOVE).
 * - `refund`: what goes back to an investor before anything was lent, and the bank refuses to pay him, lies in suspense (PARK D→S, UNPARK S→E).
 */
export type BankOrderPurpose = 'main' | 'gap' | 'ending' | 'hand_on' | 'refund';

/** Every end that bank orders may have. A kind without any is one that the wire knows and that this build never asks for. */
export const purposes: Readonly<Record<BankOrderKind, readonly BankOrderPurpose[]>> = {
  HOLD: ['main'],
  DEBIT: ['main'],
  RELEASE: ['main'],
  COLLECT: ['main'],
  REFUND: ['main'],
  PAYOUT: ['main'],
  PREMIUM: ['main'],
  FEE: ['main'],
  DISBURSE: ['main'],
  REPAY: ['main'],
  ADVANCE: ['main', 'gap'],
  RECOVER: ['main', 'gap'],
  PREMIUM_RETURN: ['main', 'ending'],
  FEE_RETURN: ['main', 'ending'],
  MOVE: ['main', 'hand_on'],
  MARKETING: [],
  PARK: ['main', 'refund'],
  UNPARK: ['main', 'refund'],
  BATCH: ['main'],
  LISTING_REGISTER: ['main'],
  LISTING_UPDATE: ['main'],
  FINANCING_APPLY: ['main'],
  CREDIT_MOVE: ['main'],
};

/** @throws Bug for an end that nobody has foreseen: its outcome would find no owner */
export function checkForeseen(kind: BankOrderKind, purpose: BankOrderPurpose): void {
  if (!purposes[kind].includes(purpose)) throw new Bug(`bank orders of kind ${kind} have no purpose ${purpose}`);
}
