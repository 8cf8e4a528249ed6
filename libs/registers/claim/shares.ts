import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import type { OpenShare, ShareAmounts, SharedSoFar } from './sharing';

/** The shares of one instalment to be written, in the order of the claims. */
export interface SharesDraft {
  readonly instalmentId: Uuid;
  readonly amounts: readonly ShareAmounts[];
}

/** Writes the shares of some instalments, in one statement. */
export async function writeShares(tx: Tx, claimIds: readonly Uuid[], drafts: readonly SharesDraft[]): Promise<void> {
  await tx.execute(
    `INSERT INTO share (instalment_id, claim_id, principal_fen, interest_fen) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])`,
    [
      drafts.flatMap((draft) => draft.amounts.map(() => draft.instalmentId)),
      drafts.flatMap(() => claimIds),
      drafts.flatMap((draft) => draft.amounts.map((amount) => amount.principal)),
      drafts.flatMap((draft) => draft.amounts.map((amount) => amount.interest)),
    ],
  );
}

/**
 * What the written shares of a loan give to each of its claims so far, in the order of the order numbers.
 * @param superseded instalments that will never be paid: their shares give nothing
 */
export async function sharedSoFar(tx: Tx, loanId: Uuid, superseded: readonly Uuid[] = []): Promise<SharedSoFar> {
  const rows = await tx.query<{ principal_fen: bigint; interest_fen: bigint }>(
    `SELECT coalesce(sum(s.principal_fen), 0)::bigint AS principal_fen, coalesce(sum(s.interest_fen), 0)::bigint AS interest_fen
     FROM claim c LEFT JOIN share s ON s.claim_id = c.id AND s.instalment_id <> ALL($2::uuid[])
     WHERE c.loan_id = $1 GROUP BY c.id, c.order_no ORDER BY c.order_no`,
    [loanId, superseded],
  );
  return { principal: rows.map((row) => fen(row.principal_fen)), interest: rows.map((row) => fen(row.interest_fen)) };
}

/** A share of an instalment with the claim that it belongs to. */
export interface ShareOfClaim extends OpenShare {
  readonly shareId: Uuid;
  readonly instalmentId: Uuid;
  readonly claimId: Uuid;
  readonly customerId: Uuid;
  readonly accountId: Uuid;
}

/** The shares of some instalments, per instalment in the order of the order numbers. */
export async function sharesOf(tx: Tx, instalmentIds: readonly Uuid[]): Promise<ShareOfClaim[]> {
  const rows = await tx.query<ShareRow>(
    `SELECT s.id, s.instalment_id, s.claim_id, c.customer_id, c.account_id, s.principal_fen + s.interest_fen + s.penalty_fen AS due_fen, s.distributed_fen
     FROM share s JOIN claim c ON c.id = s.claim_id WHERE s.instalment_id = ANY($1::uuid[]) ORDER BY s.instalment_id, c.order_no`,
    [instalmentIds],
  );
  return rows.map((row) => ({
    shareId: row.id,
    instalmentId: row.instalment_id,
    claimId: row.claim_id,
    customerId: row.customer_id,
    accountId: row.account_id,
    due: fen(row.due_fen),
    distributed: fen(row.distributed_fen),
  }));
}

/** Adds to what was distributed to some shares. More than is due to one is refused by the table's CHECK. */
export async function addDistributed(tx: Tx, parts: readonly { readonly shareId: Uuid; readonly amount: Fen }[]): Promise<void> {
  await tx.execute(
    `UPDATE share s SET distributed_fen = s.distributed_fen + p.amount_fen FROM unnest($1::uuid[], $2::bigint[]) AS p (id, amount_fen) WHERE s.id = p.id`,
    [parts.map((part) => part.shareId), parts.map((part) => part.amount)],
  );
}

interface ShareRow {
  readonly id: Uuid;
  readonly instalment_id: Uuid;
  readonly claim_id: Uuid;
  readonly customer_id: Uuid;
  readonly account_id: Uuid;
  readonly due_fen: bigint;
  readonly distributed_fen: bigint;
}
