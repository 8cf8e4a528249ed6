import type { DateText, InstantText, YuanText } from './parties';

export interface FinancingApplication {
  readonly applicationNo: string;
  readonly customerNo: string;
  /** consumer, credit, sole trader, vehicle-secured, property-secured … in the platform's words; the bank passes it on. */
  readonly kind: string;
  readonly amount: YuanText;
  readonly term: { readonly months: number } | { readonly days: number };
  readonly purpose: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a decided financing is pushed with: the terms that were applied for, as decided. */
export interface FinancingTerms {
  readonly kind: string;
  readonly amount: YuanText;
  readonly term: { readonly months: number } | { readonly days: number };
  readonly purpose: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** `available` = limit − used − frozen. */
export interface CreditLineData {
  readonly customerNo: string;
  readonly limit: YuanText;
  readonly used: YuanText;
  readonly frozen: YuanText;
  readonly available: YuanText;
}

export type CreditMoveKind = 'FREEZE' | 'DEDUCT' | 'RELEASE' | 'RESTORE';

/**
 * FREEZE takes from what is available. DEDUCT turns a part or the whole of a freeze (`refMoveNo`) into use; RELEASE gives the rest of
 * a freeze (`refMoveNo`) back. RESTORE gives back what is used by the financing. More than remains is `CREDIT_LINE_EXCEEDED`.
 */
export interface CreditMove {
  readonly customerNo: string;
  readonly moveNo: string;
  readonly financingNo: string;
  readonly refMoveNo?: string;
  readonly kind: CreditMoveKind;
  readonly amount: YuanText;
}

export interface CreditMoveData {
  readonly moveNo: string;
  readonly limit: YuanText;
  readonly used: YuanText;
  readonly frozen: YuanText;
}

export type StatementType = 'TRANSACTIONS' | 'BALANCES' | 'CREDIT';

export interface StatementFileEntry {
  readonly name: string;
  readonly type: StatementType;
  readonly version: number;
  readonly bytes: number;
  /** Lower-case hex SHA-256 of the bytes. */
  readonly sha256: string;
  /** Base64 signature of the bytes: what stands in the `.sig` file. */
  readonly signature: string;
}

export type StatementResult = 'CLEAN' | 'ADJUSTED' | 'OPEN';

export interface Capabilities {
  readonly holdModes: readonly ('hold' | 'debit')[];
  /** 4 or 5 factors at account opening. */
  readonly factors: 4 | 5;
  readonly batchLimit: number;
  readonly partialRelease: boolean;
  readonly timestampToleranceSeconds: number;
  readonly settleWindowSeconds: number;
  /** Bank time of the cut, `"23:00"`. */
  readonly dayCut: string;
  readonly requestsPerSecond: number;
  readonly accounts: PlatformAccounts;
  /** The bank's clock when it answered: a sandbox clock in the sandbox. */
  readonly bankTime: InstantText;
  /** The statement day that is open. */
  readonly bankDate: DateText;
}

/** Account numbers that serve the whole platform. A customer's suspense account is `suspenseAccountNo(suspense, customerNo)`. */
export interface PlatformAccounts {
  readonly disbursement: string;
  readonly repayment: string;
  readonly advance: string;
  readonly suspense: string;
  readonly fee: string;
  readonly marketing: string;
}
