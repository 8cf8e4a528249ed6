import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import type { AllocationOutcome } from './allocation';
import type { Receipt } from './receipt';

/** A receipt with what leads from it to the log. */
export interface KeptReceipt extends Receipt {
  readonly round: number;
  readonly orders: number;
  /** As in the moves of the same run. */
  readonly cause: string;
  /** The snapshot that the run saw; null before receipts could be replayed. */
  readonly seen: string | null;
  readonly recordedAt: Date;
}

/** Keeps the receipt of one run: every run has one, whatever its end. Nobody can change it afterwards. */
export async function keepReceipt(
  tx: Tx,
  listingId: Uuid,
  receipt: Receipt,
  run: { readonly orders: number; readonly cause: string; readonly seen: string },
): Promise<void> {
  await tx.execute(
    `INSERT INTO allocation (id, listing_id, round, rule_version, amount_fen, can_part, accepted_fen, gap_fen, outcome, input, result, digest, orders, cause, seen)
     VALUES ($1, $2, (SELECT count(*) + 1 FROM allocation WHERE listing_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::pg_snapshot)`,
    [
      newId(),
      listingId,
      receipt.ruleVersion,
      receipt.amount,
      receipt.canPart,
      receipt.accepted,
      receipt.gap,
      receipt.outcome,
      receipt.input,
      receipt.result,
      receipt.digest,
      run.orders,
      run.cause,
      run.seen,
    ],
  );
}

/** The receipts of a listing, oldest first. @param round one of them, counted from 1; all unless given */
export async function receiptsOf(tx: Tx, listingId: Uuid, round?: number): Promise<KeptReceipt[]> {
  const rows = await tx.query<ReceiptRow>(
    `SELECT round, rule_version, amount_fen, can_part, accepted_fen, gap_fen, outcome, input, result, digest, orders, cause, seen::text AS seen, recorded_at
     FROM allocation WHERE listing_id = $1 AND ($2::int IS NULL OR round = $2) ORDER BY round`,
    [listingId, round ?? null],
  );
  return rows.map((row) => ({
    round: row.round,
    ruleVersion: row.rule_version,
    amount: row.amount_fen,
    canPart: row.can_part,
    accepted: row.accepted_fen,
    gap: row.gap_fen,
    outcome: row.outcome,
    input: row.input,
    result: row.result,
    digest: row.digest,
    orders: row.orders,
    cause: row.cause,
    seen: row.seen,
    recordedAt: row.recorded_at,
  }));
}

interface ReceiptRow {
  readonly round: number;
  readonly rule_version: number;
  readonly amount_fen: bigint;
  readonly can_part: boolean;
  readonly accepted_fen: bigint;
  readonly gap_fen: bigint;
  readonly outcome: AllocationOutcome;
  readonly input: string;
  readonly result: string;
  readonly digest: string;
  readonly orders: number;
  readonly cause: string;
  readonly seen: string | null;
  readonly recorded_at: Date;
}
