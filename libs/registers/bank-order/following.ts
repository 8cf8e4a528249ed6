import type { BankWord } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import type { BankOrder, BankOrderKind } from './bank-order';
import { settleDenied, settleReturned } from './door';

/** What the statement says of an order that is decided with us, where it says otherwise. */
export interface StatementWord extends BankWord {
  readonly says: 'done' | 'not_done';
}

/** Done with us and denied by the statement: what was paid lies where it came from, and whoever owns the payment pays it again, as when it had come back. */
const REVERSED: readonly BankOrderKind[] = ['DISBURSE', 'PREMIUM', 'FEE', 'PAYOUT'];

/** Refused with us and done in the statement: what came in is taken in like any other. */
const FINISHED: readonly BankOrderKind[] = ['REPAY'];

/**
 * Finishes or reverses an order by the transitions of the live chain, because two people have found that the bank's statement is right about it. Entries are booked
 * under the serial and on the date of the statement.
 * @returns whether this order knows such a way; where it knows none, nothing is changed and only the books can be corrected
 */
export async function followStatement(tx: Tx, id: Uuid, { says, ...word }: StatementWord, who: string): Promise<boolean> {
  const [order] = await tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [id]);
  if (order === undefined) return false;
  if (says === 'done') return FINISHED.includes(order.kind) && settleDenied(tx, id, word, who);
  if (!REVERSED.includes(order.kind) || order.state !== 'done') return false;
  const { moved } = await settleReturned(tx, [{ id, word: { ...word, amount: fen(order.amount_fen) } }], 'statement', who);
  return moved.length === 1;
}
