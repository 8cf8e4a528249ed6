import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { Candidate } from './allocation';

/**
 * The orders of a listing that are known as frozen, locked for the transaction, and the snapshot in which they were seen: what an allocation asks the rule about,
 * and what lets it be asked again.
 */
export async function frozenOrders(tx: Tx, listingId: Uuid): Promise<{ readonly candidates: Candidate[]; readonly seen: string }> {
  // One statement, so that the snapshot is the one that was looked at; the outer join brings it also when there is no order.
  const rows = await tx.query<CandidateRow & { seen: string }>(
    `WITH frozen AS MATERIALIZED (
       SELECT id, no, amount_fen, accepts_part, held_at, held_seq FROM investment_order WHERE listing_id = $1 AND state = 'frozen' ORDER BY id FOR NO KEY UPDATE)
     SELECT pg_current_snapshot()::text AS seen, frozen.* FROM (VALUES (1)) AS once LEFT JOIN frozen ON true`,
    [listingId],
  );
  return { candidates: rows.filter((row) => row.id !== null).map(asCandidate), seen: rows[0]!.seen };
}

/** An order with its freeze, as the database has it. */
export interface CandidateRow {
  readonly id: Uuid;
  readonly no: bigint;
  readonly amount_fen: bigint;
  readonly accepts_part: boolean;
  readonly held_at: Date;
  readonly held_seq: bigint;
}

/** A row as the rule wants it. */
export function asCandidate(row: CandidateRow): Candidate {
  return {
    id: row.id,
    no: row.no,
    amount: row.amount_fen,
    acceptsPart: row.accepts_part,
    heldAt: row.held_at.getTime(),
    heldSeq: row.held_seq,
  };
}
