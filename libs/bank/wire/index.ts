export { publicKey, RESPONSE, sha256Hex, sign, signLines, verify } from './signature';
export type { SignedFacts } from './signature';
export { HEADER, isFresh, isRequestNo, NOTICE_PATH, SERVICE_PATH, signedHeaders, verifySigned } from './envelope';
export type { Direction, EnvelopeHeaders, ReceivedHeaders, Signing, Verified, Verifying, WhyNotVerified } from './envelope';
export { ANSWER_STATUSES, FAILURE_CODES, isFailureCode, isNonOutcomeCode, NON_OUTCOME_CODES, readAnswer } from './answer';
export type { Answer, AnswerCode, AnswerStatus, FailureCode, NonOutcomeCode } from './answer';
export { ACCOUNT_KINDS, suspenseAccountNo } from './parties';
export type {
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
export { TRANSFER_KINDS } from './service-types';
export type {
  AccountData,
  BalanceData,
  BatchItem,
  BatchItemState,
  BatchKind,
  BatchState,
  BatchStatus,
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
  ReturnedData,
  TransferData,
  TransferKind,
  TransferSubmission,
} from './service-types';
export type {
  Capabilities,
  CreditLineData,
  CreditMove,
  CreditMoveData,
  CreditMoveKind,
  FinancingApplication,
  FinancingTerms,
  PlatformAccounts,
  StatementFileEntry,
  StatementResult,
  StatementType,
} from './credit-types';
export { READS, serviceOf, servicePath, SERVICES } from './services';
export type { ServiceBody, ServiceData, ServiceName, ServiceShapes } from './services';
export { NOTICE_KINDS, NOTICE_RECEIVED, readNotice } from './notices';
export type { Notice, NoticeKind, NoticeOf, NoticeShapes } from './notices';
export {
  FIELDS,
  parseHeader,
  parseStatementFileName,
  parseTrailer,
  signatureFileName,
  STATEMENT_TYPES,
  statementFileName,
  statementHeader,
  statementTrailer,
} from './statement-format';
export type { StatementHeader, StatementTrailer } from './statement-format';
export {
  balanceLine,
  creditLine,
  linesOf,
  parseBalanceLine,
  parseCreditLine,
  parseTransactionLine,
  TRANSACTION_KINDS,
  transactionLine,
} from './statement-lines';
export type { BalanceLine, CreditLine, TransactionKind, TransactionLine } from './statement-lines';
export { statementFile } from './statement-file';
export { readStatement, STATEMENT_FAULTS } from './statement-reader';
export type { ExpectedStatement, StatementEvent, StatementFault } from './statement-reader';
