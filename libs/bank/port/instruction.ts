import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';

/** Kinds of movement that go through `transfers/submit`; for the letters of the accounts see the chart in `registers/ledger`. */
export type TransferKind =
  | 'PREMIUM'
  | 'FEE'
  | 'DISBURSE'
  | 'REPAY'
  | 'ADVANCE'
  | 'RECOVER'
  | 'PREMIUM_RETURN'
  | 'FEE_RETURN'
  | 'MOVE'
  | 'MARKETING'
  | 'PARK'
  | 'UNPARK';

export type BatchKind = 'COLLECT' | 'REFUND' | 'RELEASE' | 'PAYOUT';

/** One item of a batch: one movement, one statement line. `holdNo` is the hold (or debit) it uses. */
export interface BatchItem {
  readonly itemNo: string;
  readonly holdNo?: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Fen;
  readonly group?: string;
}

/** A corporate account at any bank. */
export interface CorporateAccount {
  readonly name: string;
  readonly accountNo: string;
  readonly cnapsCode: string;
}

/** What the platform can ask of a bank, in the platform's own terms. The adapter turns it into the bank's service and bytes. */
export type Instruction =
  | { readonly do: 'place_hold'; readonly accountNo: string; readonly listingNo: string; readonly orderNo: string; readonly amount: Fen }
  | { readonly do: 'place_debit'; readonly accountNo: string; readonly listingNo: string; readonly orderNo: string; readonly amount: Fen }
  | { readonly do: 'submit_batch'; readonly kind: BatchKind; readonly listingNo: string; readonly items: readonly BatchItem[] }
  | {
      readonly do: 'transfer';
      readonly kind: TransferKind;
      readonly listingNo: string;
      readonly from: string;
      readonly to: string | CorporateAccount;
      readonly amount: Fen;
      readonly mandateNo?: string;
      readonly ref: string;
    }
  | {
      readonly do: 'register_listing';
      readonly listingNo: string;
      readonly amount: Fen;
      readonly annualRatePpm: bigint;
      readonly termDays: number;
      readonly borrowerAccountNo: string;
      readonly borrowerCustomerNo: string;
      /** As it may stand in a stored body: masked for a person, the full name of a firm. */
      readonly borrowerName: string;
      readonly payeeAccountNos: readonly string[];
      readonly guarantorAccountNo: string | null;
    }
  | {
      readonly do: 'update_listing';
      readonly listingNo: string;
      readonly status?: 'REPAYING' | 'FINISHED' | 'FAILED';
      readonly amount?: Fen;
      /** Who is paid and charged from now on, with the account that he has now. */
      readonly borrower?: { readonly customerNo: string; readonly name: string; readonly accountNo: string };
      readonly payeeAccountNos?: readonly string[];
    }
  | {
      readonly do: 'apply_financing';
      readonly applicationNo: string;
      readonly customerNo: string;
      readonly kind: string;
      readonly amount: Fen;
      readonly termMonths: number | null;
      readonly termDays: number | null;
      readonly purpose: string;
      readonly fields: Readonly<Record<string, string>>;
    }
  | {
      readonly do: 'move_credit_line';
      readonly moveNo: string;
      readonly financingNo: string;
      readonly refMoveNo?: string;
      readonly kind: 'DEDUCT' | 'RELEASE' | 'RESTORE';
      readonly customerNo: string;
      readonly amount: Fen;
    };

/** The bytes that will be sent, stored with the bank order before the call. */
export interface EncodedInstruction {
  readonly service: string;
  readonly body: string;
}

/** The bank's own view of an account. */
export interface AccountState {
  readonly accountNo: string | null;
  readonly status: 'NONE' | 'OPENING' | 'ACTIVE' | 'FROZEN' | 'CLOSED';
  readonly boundCard: string | null;
}

export interface AccountBalance {
  readonly available: Fen;
  readonly held: Fen;
  readonly otherFrozen: Fen;
  readonly suspense: Fen;
  readonly total: Fen;
}

export interface MandateState {
  readonly mandateNo: string;
  readonly status: string;
  readonly maxAmount: Fen;
  readonly until: BusinessDate;
}

export interface StatementFileName {
  readonly name: string;
  readonly version: number;
  readonly bytes: number;
  /** Lower-case hex SHA-256 of the bytes, as the bank says it. */
  readonly sha256: string;
  /** Base64: what stands in the `.sig` beside the file. */
  readonly signature: string;
}
