/** An amount on the wire: decimal yuan text with two places, `"10000.00"`. Converted with `#kernel/money`, exactly or not at all. */
export type YuanText = string;

/** `YYYY-MM-DD`. */
export type DateText = string;

/** ISO 8601 with offset and milliseconds. */
export type InstantText = string;

/**
 * Kinds of account by their letters: E e-account 电子账户, I institution, D disbursement 代付户, R repayment 还款代付归集户,
 * F fee, M marketing, B the bank's advance account 垫款户, S a customer's suspense account 挂账户.
 */
export const ACCOUNT_KINDS = ['E', 'I', 'D', 'R', 'F', 'M', 'B', 'S'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

export type AccountStatus = 'NONE' | 'OPENING' | 'ACTIVE' | 'FROZEN' | 'CLOSED';

/** A corporate account 对公账户 at any bank, reached by HVPS or BEPS. */
export interface Corporate {
  readonly name: string;
  readonly accountNo: string;
  /** 联行号, 12 digits. */
  readonly cnapsCode: string;
}

/** Who a listing was registered for: a personal borrower has `accountNo` (his e-account), an enterprise `corporate`. */
export interface RegisteredBorrower {
  readonly customerNo: string;
  readonly name: string;
  readonly accountNo?: string;
  readonly corporate?: Corporate;
}

export type ListingStatus = 'COLLECTING' | 'REPAYING' | 'FINISHED' | 'FAILED';

export type MandateKind = 'REPAY' | 'ADVANCE' | 'RETURN' | 'INVEST';
export type MandateStatus = 'NONE' | 'PENDING' | 'ACTIVE' | 'REVOKED' | 'EXPIRED';

/** The number of a customer's suspense account: a sub-account, opened by the first `PARK`. */
export function suspenseAccountNo(suspense: string, customerNo: string): string {
  return `${suspense}.${customerNo}`;
}
