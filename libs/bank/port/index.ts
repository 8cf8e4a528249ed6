export type { BankPort, Capabilities, VerifiedNotice } from './bank.port';
export type {
  AccountBalance,
  AccountState,
  BatchItem,
  BatchKind,
  CorporateAccount,
  EncodedInstruction,
  Instruction,
  MandateState,
  StatementFileName,
  TransferKind,
} from './instruction';
export { bankRefusals } from './bank.refusals';
export type { BankWord, Exchange, ItemOutcome, Outcome, ReturnedWord } from './outcome';
