import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import { outsideAccount } from '#registers/ledger';
import { postAdjustments } from './adjusting';
import { breakLifecycle } from './break.lifecycle';
import type { BreakRow } from './breaks';
import type { Proof } from './proving';
import { rule } from './rules';
import type { Correctable } from './rules';

const adjust = declareTransition(breakLifecycle, 'adjust');

/**
 * Runs the rules that need nobody over the open breaks of a bank date: posts what both files of the bank say, within the limit.
 * @returns how many breaks were adjusted; after one the day has to be proved anew
 */
export async function decideByRule(tx: Tx, bankDate: BusinessDate, proof: Proof, limit: Fen, who: string): Promise<number> {
  const open = await tx.query<BreakRow>(
    `SELECT * FROM reconciliation_break WHERE bank_date = $1 AND state = 'open' AND correction IS NOT NULL ORDER BY id`,
    [bankDate],
  );
  if (open.length === 0) return 0;
  const rulings = rule(open.map(correctableOf), {
    differences: new Map(
      proof.differences.filter(({ total_fen: fen }) => fen !== '0').map((row) => [row.account_id, BigInt(row.total_fen)]),
    ),
    guarded: await guardedAmong(tx, open),
    outside: await outsideAccount(tx),
    limitFen: limit,
  });
  const clear = open.filter((row) => rulings.get(row.id) === 'adjust');
  await postAdjustments(tx, clear);
  const patch = { rule: 'both-files-agree', closed_on: await businessDate(tx) };
  await move(
    tx,
    adjust,
    clear.map((row) => ({ id: row.id, patch })),
    { cause: 'rule:both-files-agree', who },
  );
  return clear.length;
}

function correctableOf(row: BreakRow): Correctable {
  const isOwnEntry = row.kind === 'only_ours' && row.bank_order_id === null;
  return {
    id: row.id,
    kind: row.kind,
    isOwnEntry,
    correction: (row.correction ?? []).map(({ from, to, fen }) => ({ from, to, fen: BigInt(fen) })),
  };
}

async function guardedAmong(tx: Tx, breaks: readonly BreakRow[]): Promise<ReadonlySet<Uuid>> {
  const accounts = [...new Set(breaks.flatMap((row) => (row.correction ?? []).flatMap(({ from, to }) => [from, to])))];
  const rows = await tx.query<{ id: Uuid }>('SELECT id FROM ledger_account WHERE guarded AND id = ANY($1::uuid[])', [accounts]);
  return new Set(rows.map((row) => row.id));
}
