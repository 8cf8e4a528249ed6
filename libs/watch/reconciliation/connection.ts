import type { BankPort } from '#bank/port';
import { Bug } from '#kernel/faults';
import type { Calendar } from '#kernel/time';
import type { Fen } from '#kernel/money';

/** The part of a bank that reconciliation needs. */
export type StatementBank = Pick<BankPort, 'statements' | 'download' | 'verifyFile' | 'confirm'>;

/** What the process that runs the end of day gives to it at start. */
export interface ReconciliationConnection {
  readonly bank: StatementBank;
  /** Our number at the bank: a statement of another platform is refused. */
  readonly platformNo: string;
  /** A business date in a year that it has not loaded cannot be opened. */
  readonly calendar: Calendar;
  /** Corrections above it wait for two people, however clear their rule is. */
  readonly adjustmentLimit: Fen;
  /** Where a file that is too big for memory lies while it is loaded. */
  readonly temporaryFolder: string;
  /** How long to wait before the bank is asked again for a late file: first time, and at most. Grows with the time already waited. */
  readonly lookAgain: { readonly firstMs: number; readonly longestMs: number };
}

let connection: ReconciliationConnection | undefined;

/** Connects the jobs of this process. Called once at start, by the process that runs lane `day`. */
export function connectReconciliation(given: ReconciliationConnection): void {
  connection = given;
}

/** What this process was connected with. */
export function connected(): ReconciliationConnection {
  if (connection === undefined) throw new Bug('reconciliation was not connected: this process must not run lane day');
  return connection;
}
