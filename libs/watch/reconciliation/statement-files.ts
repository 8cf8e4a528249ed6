import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { StatementType } from './copy-text';

/** The types of file that every bank date has. */
export const STATEMENT_TYPES: readonly StatementType[] = ['TRANSACTIONS', 'BALANCES', 'CREDIT'];

/** A file that we fetched: seen by the matching only when `visible`. */
export interface KnownFile {
  readonly id: Uuid;
  readonly type: StatementType;
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
  readonly lines: bigint | null;
  readonly visible: boolean;
  readonly fault: string | null;
}

/** The newest visible file of each type of one bank date. */
export type CurrentFiles = Readonly<Record<StatementType, KnownFile>>;

/** Every file that was fetched for a bank date, newest version first. */
export function knownFiles(tx: Tx, bankDate: BusinessDate): Promise<KnownFile[]> {
  return tx.query<KnownFile>(
    'SELECT id, type, version, name, sha256, lines, visible, fault FROM statement_file WHERE bank_date = $1 ORDER BY version DESC, fetched_at DESC',
    [bankDate],
  );
}

/** What the bank says about a date as far as we have accepted it; undefined while a type is missing. */
export function currentFiles(known: readonly KnownFile[]): CurrentFiles | undefined {
  const [transactions, balances, credit] = STATEMENT_TYPES.map((type) => known.find((file) => file.type === type && file.visible));
  if (transactions === undefined || balances === undefined || credit === undefined) return undefined;
  return { TRANSACTIONS: transactions, BALANCES: balances, CREDIT: credit };
}
