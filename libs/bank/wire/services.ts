import type {
  Capabilities,
  CreditLineData,
  CreditMove,
  CreditMoveData,
  FinancingApplication,
  StatementFileEntry,
  StatementResult,
} from './credit-types';
import { SERVICE_PATH } from './envelope';
import type { Corporate, DateText, MandateKind, YuanText } from './parties';
import type {
  AccountData,
  BalanceData,
  BatchState,
  BatchSubmission,
  DebitData,
  DebitRefundData,
  Factors,
  HoldData,
  ListingChange,
  ListingData,
  ListingRegistration,
  MandateData,
  ReleaseData,
  RequestState,
  TransferData,
  TransferSubmission,
} from './service-types';

/** Every service of the wire with the shape of its request body and of `data` in its answer. `null` data where a decision failed. */
export interface ServiceShapes {
  'accounts/opening': { body: { customerNo: string; factors: Factors; returnUrl: string }; data: { url: string } };
  'accounts/query': { body: { customerNo: string } | { accountNo: string }; data: AccountData };
  /** `listingNo` asks for the part of D or R that belongs to one listing. */
  'accounts/balance': { body: { accountNo: string; listingNo?: string }; data: BalanceData };
  'accounts/top-up': { body: { accountNo: string; amount: YuanText }; data: Record<string, never> };
  'accounts/withdraw': { body: { accountNo: string; amount: YuanText }; data: Record<string, never> };
  'mandates/sign': {
    body: {
      accountNo?: string;
      corporate?: Corporate;
      kind: MandateKind;
      maxAmount: YuanText;
      until: DateText;
      returnUrl: string;
    };
    data: { mandateNo: string; url: string };
  };
  'mandates/query': { body: { mandateNo: string } | { accountNo: string; kind: MandateKind }; data: MandateData };
  'listings/register': { body: ListingRegistration; data: ListingData };
  'listings/update': { body: ListingChange; data: ListingData };
  'holds/place': { body: { accountNo: string; listingNo: string; orderNo: string; amount: YuanText }; data: HoldData };
  'holds/release': { body: { holdNo: string; amount: YuanText }; data: ReleaseData };
  'debits/place': { body: { accountNo: string; listingNo: string; orderNo: string; amount: YuanText }; data: DebitData };
  'debits/refund': { body: { debitNo: string; amount: YuanText }; data: DebitRefundData };
  /** Answered `ACCEPTED`; the batch number is the request number. */
  'batches/submit': { body: BatchSubmission; data: Record<string, never> };
  'batches/query': { body: { requestNo: string; after?: string; limit: number }; data: BatchState };
  'transfers/submit': { body: TransferSubmission; data: TransferData };
  'requests/query': { body: { requestNo: string }; data: RequestState };
  'requests/close': { body: { requestNo: string }; data: RequestState };
  'financings/apply': { body: FinancingApplication; data: { applicationNo: string } };
  'credit-lines/query': { body: { customerNo: string }; data: CreditLineData };
  'credit-lines/move': { body: CreditMove; data: CreditMoveData };
  'statements/list': { body: { bankDate: DateText }; data: { bankDate: DateText; files: readonly StatementFileEntry[] } };
  /** Answered with the file's bytes themselves as `application/octet-stream`, signed like any answer; with an answer body when refused. */
  'statements/download': { body: { name: string }; data: null };
  'statements/confirm': { body: { name: string; sha256: string; result: StatementResult }; data: Record<string, never> };
  capabilities: { body: Record<string, never>; data: Capabilities };
}

export type ServiceName = keyof ServiceShapes;
export type ServiceBody<Name extends ServiceName> = ServiceShapes[Name]['body'];
export type ServiceData<Name extends ServiceName> = ServiceShapes[Name]['data'];

/** Every service's name, as it stands in its path. */
export const SERVICES = [
  'accounts/opening',
  'accounts/query',
  'accounts/balance',
  'accounts/top-up',
  'accounts/withdraw',
  'mandates/sign',
  'mandates/query',
  'listings/register',
  'listings/update',
  'holds/place',
  'holds/release',
  'debits/place',
  'debits/refund',
  'batches/submit',
  'batches/query',
  'transfers/submit',
  'requests/query',
  'requests/close',
  'financings/apply',
  'credit-lines/query',
  'credit-lines/move',
  'statements/list',
  'statements/download',
  'statements/confirm',
  'capabilities',
] as const satisfies readonly ServiceName[];

/** Services that read: never stored under their number, never replayed. */
export const READS: ReadonlySet<ServiceName> = new Set<ServiceName>([
  'accounts/query',
  'accounts/balance',
  'mandates/query',
  'batches/query',
  'requests/query',
  'credit-lines/query',
  'statements/list',
  'statements/download',
  'capabilities',
]);

/** The path that is called and signed. */
export function servicePath(service: ServiceName): string {
  return `${SERVICE_PATH}${service}`;
}

/** The service behind a path, or `undefined`. */
export function serviceOf(path: string): ServiceName | undefined {
  if (!path.startsWith(SERVICE_PATH)) return undefined;
  const name = path.slice(SERVICE_PATH.length);
  return SERVICES.find((service) => service === name);
}
