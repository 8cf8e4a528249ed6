import type { CreditLine } from '#registers/credit-line';
import type { Tx } from '#platform/database';
import type { Uuid } from '#kernel/ids';

/** The line of a customer as its row stands, or `undefined` when the credit system never spoke of one. */
export async function readLine(tx: Tx, customerId: Uuid): Promise<CreditLine | undefined> {
  const [line] = await tx.query<CreditLine>('SELECT * FROM credit_line WHERE customer_id = $1', [customerId]);
  return line;
}
