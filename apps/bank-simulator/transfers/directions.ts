import type { AccountKind, ListingStatus, MandateKind, TransferKind } from '#bank/wire';

/** A way that money may go: from a kind of account to another; `C` is a corporate account at any bank. */
export type Way = readonly [from: AccountKind, to: AccountKind | 'C'];

export interface Direction {
  readonly ways: readonly Way[];
  /** In which states of the listing; absent: in every one. */
  readonly during?: readonly ListingStatus[];
  /** By which mandate an e-account or an institution is charged. */
  readonly mandate?: MandateKind;
}

const SELLING: readonly ListingStatus[] = ['COLLECTING'];
const LENT: readonly ListingStatus[] = ['REPAYING'];

/** Every direction of every kind of transfer. What is not here is `PARTY_NOT_ALLOWED`. */
export const DIRECTIONS: Readonly<Record<TransferKind, Direction>> = {
  PREMIUM: {
    ways: [
      ['D', 'I'],
      ['F', 'I'],
    ],
    during: SELLING,
  },
  FEE: { ways: [['D', 'F']], during: SELLING },
  DISBURSE: {
    ways: [
      ['D', 'E'],
      ['D', 'C'],
    ],
    during: ['COLLECTING', 'REPAYING'],
  },
  REPAY: { ways: [['E', 'R']], during: LENT, mandate: 'REPAY' },
  ADVANCE: {
    ways: [
      ['I', 'R'],
      ['B', 'R'],
      ['B', 'D'],
    ],
    mandate: 'ADVANCE',
  },
  PAYOUT: { ways: [['R', 'E']], during: LENT },
  RECOVER: {
    ways: [
      ['R', 'I'],
      ['R', 'B'],
      ['I', 'B'],
      ['F', 'B'],
    ],
    mandate: 'RETURN',
  },
  PREMIUM_RETURN: {
    ways: [
      ['I', 'D'],
      ['I', 'R'],
      ['I', 'E'],
    ],
    mandate: 'RETURN',
  },
  FEE_RETURN: {
    ways: [
      ['F', 'D'],
      ['F', 'R'],
      ['F', 'E'],
    ],
  },
  MOVE: { ways: [['D', 'R']] },
  MARKETING: {
    ways: [
      ['M', 'D'],
      ['M', 'E'],
    ],
    during: ['COLLECTING', 'REPAYING'],
  },
  PARK: {
    ways: [
      ['D', 'S'],
      ['R', 'S'],
    ],
  },
  UNPARK: { ways: [['S', 'E']] },
};

/** Whether a kind goes this way. */
export function goes(kind: TransferKind, from: AccountKind, to: AccountKind | 'C'): boolean {
  return DIRECTIONS[kind].ways.some((way) => way[0] === from && way[1] === to);
}

/**
 * Whether the listing's state allows a kind on this way. An advance into the repayment account belongs to a running loan; one into the
 * disbursement account closes the gap of an unwinding, which happens while the listing collects or after it failed.
 */
export function isTimely(kind: TransferKind, to: AccountKind | 'C', status: ListingStatus): boolean {
  if (kind === 'ADVANCE') return to === 'D' || status === 'REPAYING';
  return DIRECTIONS[kind].during?.includes(status) ?? true;
}
