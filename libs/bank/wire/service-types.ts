import type { AnswerStatus } from './answer';
import type {
  AccountKind,
  AccountStatus,
  Corporate,
  DateText,
  InstantText,
  ListingStatus,
  MandateKind,
  MandateStatus,
  RegisteredBorrower,
  YuanText,
} from './parties';

/** Four factors 四要素; a fifth, the type of card, where the bank's regulator asks for it. */
export interface Factors {
  readonly name: string;
  readonly idNumber: string;
  readonly cardNo: string;
  readonly mobile: string;
  readonly cardType?: string;
}

export interface AccountData {
  readonly customerNo: string | null;
  readonly accountNo: string | null;
  readonly status: AccountStatus;
  readonly kind: AccountKind | null;
  /** Masked: `622202******0123`. */
  readonly boundCard: string | null;
}

/** `total` = available + held + otherFrozen; `suspense` stands in the customer's suspense account, outside of `total`. */
export interface BalanceData {
  readonly accountNo: string;
  readonly available: YuanText;
  readonly held: YuanText;
  readonly otherFrozen: YuanText;
  readonly suspense: YuanText;
  readonly total: YuanText;
}

export interface MandateData {
  readonly mandateNo: string | null;
  readonly accountNo: string | null;
  readonly kind: MandateKind | null;
  readonly status: MandateStatus;
  readonly maxAmount: YuanText | null;
  readonly until: DateText | null;
}

export interface ListingRegistration {
  readonly listingNo: string;
  readonly amount: YuanText;
  /** A fraction of one with six places: `"0.057500"` is 5.75 % a year. */
  readonly annualRate: string;
  readonly termDays: number;
  readonly borrower: RegisteredBorrower;
  /** Accounts of institutions that may be paid for this listing. */
  readonly payees: readonly string[];
  /** The account that advances: an institution's, or the bank's advance account in channel mode. */
  readonly guarantor: string | null;
  /** Where an enterprise repays to; the bank gives one to an enterprise that comes without. */
  readonly virtualNo?: string;
  readonly status: ListingStatus;
}

export interface ListingChange extends Partial<Omit<ListingRegistration, 'listingNo'>> {
  readonly listingNo: string;
}

export interface ListingData {
  readonly listingNo: string;
  readonly status: ListingStatus;
  readonly virtualNo: string | null;
}

export interface HoldData {
  readonly holdNo: string;
  readonly heldAt: InstantText;
  /** Breaks ties of `heldAt`: grows with every hold. */
  readonly heldSeq: number;
}

export interface ReleaseData {
  readonly holdNo: string;
  readonly amount: YuanText;
  readonly used: YuanText;
  readonly released: YuanText;
}

export interface DebitData {
  readonly debitNo: string;
  readonly debitedAt: InstantText;
  readonly seq: number;
}

export interface DebitRefundData {
  readonly debitNo: string;
  readonly amount: YuanText;
  readonly refunded: YuanText;
}

export type BatchKind = 'COLLECT' | 'REFUND' | 'RELEASE' | 'PAYOUT';

/**
 * One item = one movement = one statement line. COLLECT and RELEASE need `holdNo`, unless the money comes from the marketing account
 * (a voucher; its line is of kind MARKETING). REFUND in debit mode names the debit. Items of one `group` succeed or fail together.
 */
export interface BatchItem {
  readonly itemNo: string;
  readonly holdNo?: string;
  readonly from: string;
  readonly to: string;
  readonly amount: YuanText;
  readonly group?: string;
}

export interface BatchSubmission {
  readonly kind: BatchKind;
  readonly listingNo: string;
  readonly count: number;
  readonly total: YuanText;
  readonly items: readonly BatchItem[];
}

export type BatchStatus = 'ACCEPTED' | 'CHECKED' | 'RUNNING' | 'DONE' | 'REJECTED';

export interface BatchItemState {
  readonly itemNo: string;
  readonly status: 'WAITING' | 'SUCCEEDED' | 'FAILED';
  readonly code: string | null;
  readonly bankSerialNo: string | null;
  readonly bankTime: InstantText | null;
  readonly bankDate: DateText | null;
}

export interface BatchState {
  readonly requestNo: string;
  readonly status: BatchStatus;
  /** Why a batch was rejected. */
  readonly code: string | null;
  readonly items: readonly BatchItemState[];
  /** The itemNo to go on after, or null on the last page. */
  readonly next: string | null;
}

/** What a single transfer may be; the directions of each stand on the page of the wire. COLLECT, REFUND and RELEASE come in batches. */
export const TRANSFER_KINDS = [
  'PREMIUM',
  'FEE',
  'DISBURSE',
  'REPAY',
  'ADVANCE',
  'PAYOUT',
  'RECOVER',
  'PREMIUM_RETURN',
  'FEE_RETURN',
  'MOVE',
  'MARKETING',
  'PARK',
  'UNPARK',
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** Exactly one of `to` and `toCorporate`. Takes the amount or fails, never a part. */
export interface TransferSubmission {
  readonly kind: TransferKind;
  readonly listingNo: string;
  readonly from: string;
  readonly to?: string;
  readonly toCorporate?: Corporate;
  readonly amount: YuanText;
  readonly mandateNo?: string;
  /** The platform's own word for the matter; the bank only keeps it. */
  readonly ref: string;
}

/** How a transfer travels: booked inside the bank at once, or by one of the central bank's systems. */
export interface TransferData {
  readonly system: 'BOOK' | 'HVPS' | 'BEPS';
}

export interface ReturnedData {
  readonly amount: YuanText;
  readonly bankSerialNo: string;
  readonly bankDate: DateText;
}

/** What stands under a request number now. */
export interface RequestState {
  readonly requestNo: string;
  /** Null for a number that was closed before anything came under it. */
  readonly service: string | null;
  readonly status: AnswerStatus;
  readonly code: string;
  readonly message: string;
  readonly bankSerialNo: string | null;
  readonly bankTime: InstantText | null;
  readonly bankDate: DateText | null;
  readonly data: unknown;
  readonly returned?: ReturnedData;
}
