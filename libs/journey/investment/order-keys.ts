import { commandRefusals, Refusal } from '#kernel/faults';
import type { Tx } from '#platform/database';

// An order row carries its own idempotency key, every other command stands in the table of commands: one key of one customer is one of both, never two.
// Both sides lock the key first (`runCommand`, `admit_orders`), so that each sees what the other has committed.

/** For commands of customers that are no orders. @throws Refusal IDEMPOTENCY_KEY_REUSED when an order of this customer carries the key */
export async function refuseKeyOfOrder(tx: Tx, customerId: string, key: string): Promise<void> {
  const [order] = await tx.query('SELECT 1 FROM investment_order WHERE actor = $1 AND key = $2', [customerId, key]);
  if (order !== undefined) throw new Refusal(commandRefusals.IDEMPOTENCY_KEY_REUSED);
}
