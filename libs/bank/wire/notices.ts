import type { FinancingTerms } from './credit-types';
import type { AccountStatus, DateText, InstantText, MandateKind, MandateStatus, YuanText } from './parties';

/** What each kind of notice carries. A notice is a bell: the platform stores it, then asks. */
export interface NoticeShapes {
  ACCOUNT_OPENED: { customerNo: string; accountNo: string };
  ACCOUNT_CHANGED: { customerNo: string | null; accountNo: string; status: AccountStatus };
  MANDATE_CHANGED: { mandateNo: string; accountNo: string | null; kind: MandateKind; status: MandateStatus };
  /** `requestNo` is null when the customer did it himself at the bank; so in `WITHDRAWAL`. */
  TOP_UP: { accountNo: string; amount: YuanText; requestNo: string | null; bankSerialNo: string };
  WITHDRAWAL: { accountNo: string; amount: YuanText; requestNo: string | null; bankSerialNo: string };
  WITHDRAWAL_BOUNCED: {
    accountNo: string;
    amount: YuanText;
    requestNo: string | null;
    bankSerialNo: string;
    originalBankSerialNo: string;
    bankDate: DateText;
  };
  BATCH_DONE: { requestNo: string; status: 'DONE' | 'REJECTED' };
  TRANSFER_DONE: { requestNo: string; status: 'SUCCEEDED' | 'FAILED'; code: string };
  TRANSFER_RETURNED: { requestNo: string; amount: YuanText; bankSerialNo: string; originalBankSerialNo: string; bankDate: DateText };
  /** An enterprise paid its virtual number; `accountNo` is the repayment account that now has the money. */
  INCOMING: {
    accountNo: string;
    virtualNo: string;
    listingNo: string;
    payerName: string;
    amount: YuanText;
    remark: string;
    bankSerialNo: string;
    bankDate: DateText;
  };
  /** `amount` is null for a freeze of everything; `frozen` false when a freeze ended. */
  JUDICIAL_FREEZE: { accountNo: string; amount: YuanText | null; frozen: boolean };
  FINANCING_SUBMITTED: { financingNo: string; applicationNo?: string; customerNo: string; terms: FinancingTerms };
  CREDIT_DECIDED: {
    applicationNo: string;
    decision: 'APPROVED' | 'DECLINED';
    freezeMoveNo: string | null;
    amount: YuanText;
    limit: YuanText;
    reason: string;
  };
  STATEMENT_READY: { bankDate: DateText; files: readonly string[] };
}

export type NoticeKind = keyof NoticeShapes;

/** Every kind of notice that the bank sends. */
export const NOTICE_KINDS = [
  'ACCOUNT_OPENED',
  'ACCOUNT_CHANGED',
  'MANDATE_CHANGED',
  'TOP_UP',
  'WITHDRAWAL',
  'WITHDRAWAL_BOUNCED',
  'BATCH_DONE',
  'TRANSFER_DONE',
  'TRANSFER_RETURNED',
  'INCOMING',
  'JUDICIAL_FREEZE',
  'FINANCING_SUBMITTED',
  'CREDIT_DECIDED',
  'STATEMENT_READY',
] as const satisfies readonly NoticeKind[];

/** Body of a notice. `noticeNo` makes it idempotent; it is also the envelope's request number, the same on every repetition. */
export interface NoticeOf<Kind extends NoticeKind> {
  readonly noticeNo: string;
  readonly kind: Kind;
  readonly bankTime: InstantText;
  readonly bankDate: DateText;
  readonly data: NoticeShapes[Kind];
}

/** Any notice, discriminated by its kind. */
export type Notice = { [Kind in NoticeKind]: NoticeOf<Kind> }[NoticeKind];

/** The only answer that ends the repetition of a notice. */
export const NOTICE_RECEIVED = { received: true } as const;

/** The body as a notice of a known kind, or `undefined`. The shape of `data` is the receiver's to check. */
export function readNotice(body: Buffer | string): Notice | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof body === 'string' ? body : body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const notice = value as Record<string, unknown>;
  const texts = [notice['noticeNo'], notice['bankTime'], notice['bankDate']];
  if (texts.some((text) => typeof text !== 'string') || typeof notice['data'] !== 'object' || notice['data'] === null) return undefined;
  return NOTICE_KINDS.some((kind) => kind === notice['kind']) ? (value as Notice) : undefined;
}
