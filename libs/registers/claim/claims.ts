import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';

/** One row of `claim` 债权: what one investment order lent. Amounts in fen. */
export interface Claim {
  readonly id: Uuid;
  readonly loan_id: Uuid;
  readonly order_id: Uuid;
  readonly order_no: bigint;
  readonly customer_id: Uuid;
  readonly account_id: Uuid;
  readonly principal_fen: bigint;
}

/** A claim to be opened: one per order that was lent. */
export interface ClaimDraft {
  readonly orderId: Uuid;
  readonly orderNo: bigint;
  readonly customerId: Uuid;
  /** The investor's e-account in the ledger. */
  readonly accountId: Uuid;
  readonly principal: Fen;
}

/** Opens the claims of a loan, in one statement. An order has one claim for ever: opening it twice fails by its unique number. */
export async function openClaims(tx: Tx, loanId: Uuid, drafts: readonly ClaimDraft[]): Promise<void> {
  await tx.execute(
    `INSERT INTO claim (id, loan_id, order_id, order_no, customer_id, account_id, principal_fen)
     SELECT c.id, $1, c.order_id, c.order_no, c.customer_id, c.account_id, c.principal_fen
     FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::uuid[], $7::bigint[]) AS c (id, order_id, order_no, customer_id, account_id, principal_fen)`,
    [
      loanId,
      drafts.map(() => newId()),
      drafts.map((draft) => draft.orderId),
      drafts.map((draft) => draft.orderNo),
      drafts.map((draft) => draft.customerId),
      drafts.map((draft) => draft.accountId),
      drafts.map((draft) => draft.principal),
    ],
  );
}

/** The claims of a loan in the order of their order numbers, which is the order of every split. */
export async function claimsOfLoan(tx: Tx, loanId: Uuid): Promise<Claim[]> {
  return tx.query<Claim>('SELECT * FROM claim WHERE loan_id = $1 ORDER BY order_no', [loanId]);
}
