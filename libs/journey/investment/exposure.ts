import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';

/** Rows that one statement reads; its parameters stay small also for the orders of a whole listing. */
const AT_ONCE = 10_000;

/**
 * What an investor has in a listing shrinks by what is not his investment any more: an order that was refused, cancelled or left out, the part of one that was not accepted,
 * an accepted one that was dropped. Caps count what is left. Amounts in fen.
 */
export async function shrinkExposure(
  tx: Tx,
  listingId: Uuid,
  orders: readonly { readonly id: Uuid; readonly amount: bigint }[],
): Promise<void> {
  for (let start = 0; start < orders.length; start += AT_ONCE) {
    const some = orders.slice(start, start + AT_ONCE);
    await tx.execute(
      `WITH less AS (
         SELECT o.customer_id, sum(x.amount_fen)::bigint AS amount_fen FROM unnest($2::uuid[], $3::bigint[]) AS x (id, amount_fen)
         JOIN investment_order o ON o.id = x.id GROUP BY o.customer_id
       ), locked AS MATERIALIZED (
         SELECT e.customer_id FROM listing_exposure e WHERE e.listing_id = $1 AND e.customer_id IN (SELECT customer_id FROM less)
         ORDER BY e.customer_id FOR NO KEY UPDATE)
       UPDATE listing_exposure e SET amount_fen = e.amount_fen - less.amount_fen FROM less JOIN locked USING (customer_id)
       WHERE e.listing_id = $1 AND e.customer_id = less.customer_id`,
      [listingId, some.map(({ id }) => id), some.map(({ amount }) => amount)],
    );
  }
}
