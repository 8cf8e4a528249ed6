import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';

/** How a part of an incoming amount was applied. An excess has no target row and no principal. */
export interface IncomingPart {
  readonly bankOrderId: Uuid;
  readonly target: 'recovery' | 'instalment' | 'excess';
  readonly targetId: Uuid | null;
  readonly amount: Fen;
  readonly principal: Fen;
}

/** Writes parts; rows are never changed. */
export async function writeParts(tx: Tx, parts: readonly IncomingPart[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.execute(
    `INSERT INTO incoming_part (id, bank_order_id, target, target_id, amount_fen, principal_fen)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])`,
    [
      parts.map(() => newId()),
      parts.map((part) => part.bankOrderId),
      parts.map((part) => part.target),
      parts.map((part) => part.targetId),
      parts.map((part) => part.amount),
      parts.map((part) => part.principal),
    ],
  );
}

/** The parts of one incoming order, in the order in which they were applied. */
export async function partsOf(tx: Tx, bankOrderId: Uuid): Promise<IncomingPart[]> {
  const rows = await tx.query<{ target: IncomingPart['target']; target_id: Uuid | null; amount_fen: bigint; principal_fen: bigint }>(
    'SELECT target, target_id, amount_fen, principal_fen FROM incoming_part WHERE bank_order_id = $1 ORDER BY id',
    [bankOrderId],
  );
  return rows.map((row) => ({
    bankOrderId,
    target: row.target,
    targetId: row.target_id,
    amount: fen(row.amount_fen),
    principal: fen(row.principal_fen),
  }));
}
