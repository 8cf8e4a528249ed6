import { instantOn } from '#kernel/time';
import type { Tx } from '#platform/database';
import { followStatement } from '#registers/bank-order';
import type { StatementWord } from '#registers/bank-order';
import type { BreakRow } from './breaks';

/** Rule of a break that two people decided and whose order followed the statement, entries and all. */
export const WITH_ITS_ORDER = 'people-with-order';

/**
 * Lets the order of a break follow the bank's statement where the live chain has a way for it: what the bank denies is due again, what it did is taken in. Money moves
 * because of it, so the bank's own balances must differ from ours where the line does: a line that they contradict is corrected in the books at most, which a later
 * file takes back.
 * @returns whether it did; otherwise the correction of the books is all that can be done here
 */
export async function followWithOrder(tx: Tx, row: BreakRow, who: string): Promise<boolean> {
  const says = whatIsSaid(row);
  if (says === undefined || row.bank_order_id === null || !(await balancesDiffer(tx, row))) return false;
  const serial = row.banks?.serial ?? row.ours?.serial ?? row.id;
  const word = { says, serial, bankDate: row.bank_date, bankTime: instantOn(row.bank_date, '00:00:00') };
  return followStatement(tx, row.bank_order_id, word, who);
}

/** Amounts and parties agree in these two kinds of break: only whether it was done is in dispute. */
function whatIsSaid({ kind, key, ours, banks }: BreakRow): StatementWord['says'] | undefined {
  if (kind === 'only_ours') return key.startsWith('order:') ? 'not_done' : undefined;
  if (kind !== 'status' || banks?.kind === undefined || banks.kind !== ours?.kind) return undefined;
  return banks.status === 'SUCCEEDED' ? 'done' : 'not_done';
}

async function balancesDiffer(tx: Tx, { bank_date: bankDate, correction }: BreakRow): Promise<boolean> {
  const accounts = (correction ?? []).flatMap(({ from, to }) => [from, to]);
  const found = await tx.query<object>(
    `SELECT 1 AS differs FROM reconciliation_break
     WHERE bank_date = $1 AND kind = 'balance' AND measure = 'total' AND state IN ('open', 'proposed') AND account_id = ANY($2::uuid[]) LIMIT 1`,
    [bankDate, accounts],
  );
  return found.length > 0;
}
