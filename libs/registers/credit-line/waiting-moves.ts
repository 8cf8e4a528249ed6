import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import type { LineMove } from './line-move';

/**
 * Of these listings, those of which the bank has not decided whether the financing uses its freeze. The undecided orders stay locked: whoever decides one of them looks
 * for what waits afterwards, and misses nothing that is written now.
 */
export async function listingsWithOpenDeduct(tx: Tx, listingIds: readonly Uuid[]): Promise<Set<Uuid>> {
  const rows = await tx.query<{ listing_id: Uuid }>(
    `SELECT listing_id FROM bank_order WHERE listing_id = ANY($1::uuid[]) AND kind = 'CREDIT_MOVE' AND instruction->>'kind' = 'DEDUCT'
       AND state IN ('created', 'sent', 'accepted', 'unknown') ORDER BY id FOR NO KEY UPDATE`,
    [listingIds],
  );
  return new Set(rows.map((row) => row.listing_id));
}

/** Keeps movements until their listings' financings are decided. */
export async function writeWaiting(tx: Tx, moves: readonly LineMove[]): Promise<void> {
  if (moves.length === 0) return;
  await tx.execute(
    'INSERT INTO credit_waiting (id, listing_id, kind, amount_fen, cause) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[])',
    [
      moves.map(() => newId()),
      moves.map((wanted) => wanted.listingId),
      moves.map((wanted) => wanted.kind),
      moves.map((wanted) => wanted.amount),
      moves.map((wanted) => wanted.cause),
    ],
  );
}

/** What has waited for these listings, once: it is asked for now. */
export async function takeWaiting(tx: Tx, listingIds: readonly Uuid[]): Promise<LineMove[]> {
  const rows = await tx.query<{ kind: LineMove['kind']; listing_id: Uuid; amount_fen: bigint; cause: string }>(
    `UPDATE credit_waiting SET asked_at = clock_timestamp() WHERE listing_id = ANY($1::uuid[]) AND asked_at IS NULL RETURNING kind, listing_id, amount_fen, cause`,
    [listingIds],
  );
  return rows.map((row) => ({ kind: row.kind, listingId: row.listing_id, amount: fen(row.amount_fen), cause: row.cause }));
}
