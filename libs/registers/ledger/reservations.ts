import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { violatedConstraint } from '#platform/database';
import type { Tx } from '#platform/database';
import { ledgerRefusals } from './ledger.refusals';

/** An amount that a bank order will pay out of an account. */
export interface ReservationDraft {
  readonly bankOrderId: Uuid;
  readonly accountId: Uuid;
  readonly amount: Fen;
}

/**
 * Reserves what open bank orders will pay out of guarded accounts, in the transaction that creates them. The guard (posted − pending − reserved ≥ 0) is a
 * CHECK of the table; when it would break, the Refusal LEDGER_FUNDS_MISSING rolls the whole transaction back.
 */
export async function reserve(tx: Tx, drafts: readonly ReservationDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  try {
    await tx.execute(
      `WITH wanted AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS w (bank_order_id, account_id, amount_fen)),
       locked AS MATERIALIZED (SELECT id FROM ledger_account WHERE id IN (SELECT account_id FROM wanted) ORDER BY id FOR NO KEY UPDATE),
       sums AS (SELECT account_id, sum(amount_fen)::bigint AS amount_fen FROM wanted GROUP BY account_id),
       kept AS (INSERT INTO ledger_reservation (bank_order_id, account_id, amount_fen) SELECT * FROM wanted)
       UPDATE ledger_account a SET reserved_fen = a.reserved_fen + sums.amount_fen FROM sums JOIN locked ON locked.id = sums.account_id WHERE a.id = sums.account_id`,
      [drafts.map((draft) => draft.bankOrderId), drafts.map((draft) => draft.accountId), drafts.map((draft) => draft.amount)],
    );
  } catch (error) {
    if (violatedConstraint(error) === 'ledger_account_guard') throw new Refusal(ledgerRefusals.LEDGER_FUNDS_MISSING);
    throw error;
  }
}

/** Ends the reservations of bank orders that were decided. Orders without one are passed over; ending twice changes nothing. */
export async function endReservations(tx: Tx, bankOrderIds: readonly Uuid[]): Promise<void> {
  if (bankOrderIds.length === 0) return;
  await tx.execute(
    `WITH ended AS (UPDATE ledger_reservation SET ended_at = clock_timestamp() WHERE bank_order_id = ANY($1::uuid[]) AND ended_at IS NULL RETURNING account_id, amount_fen),
     sums AS (SELECT account_id, sum(amount_fen)::bigint AS amount_fen FROM ended GROUP BY account_id),
     locked AS MATERIALIZED (SELECT id FROM ledger_account WHERE id IN (SELECT account_id FROM sums) ORDER BY id FOR NO KEY UPDATE)
     UPDATE ledger_account a SET reserved_fen = a.reserved_fen - sums.amount_fen FROM sums JOIN locked ON locked.id = sums.account_id WHERE a.id = sums.account_id`,
    [bankOrderIds],
  );
}
