import { Refusal } from '#kernel/faults';
import type { Tx } from '#platform/database';
import { investmentRefusals } from './investment.refusals';

// An order row carries its own idempotency key, every other command stands in the table of commands: one key of one customer is one of both, never two.

/** Of these keys, as `actor/key`, those under which their customers have given another command than an order. */
export async function keysOfCommands(
  tx: Tx,
  requests: readonly { readonly customerId: string; readonly key: string }[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ slot: string }>(
    `SELECT c.actor || '/' || c.key AS slot FROM command c JOIN unnest($1::text[], $2::text[]) AS w (actor, key) ON c.actor = w.actor AND c.key = w.key`,
    [requests.map(({ customerId }) => customerId), requests.map(({ key }) => key)],
  );
  return new Set(rows.map(({ slot }) => slot));
}

/** For commands of customers that are no orders. @throws Refusal IDEMPOTENCY_KEY_REUSED when an order of this customer carries the key */
export async function refuseKeyOfOrder(tx: Tx, customerId: string, key: string): Promise<void> {
  const [order] = await tx.query('SELECT 1 FROM investment_order WHERE actor = $1 AND key = $2', [customerId, key]);
  if (order !== undefined) throw new Refusal(investmentRefusals.IDEMPOTENCY_KEY_REUSED);
}
