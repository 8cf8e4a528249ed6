import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import { connectedBank } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import type { Settlement } from './settlement';
import { settlementRefusals } from './settlement.refusals';

/** The settlement of a listing, locked. */
export async function lockSettlement(tx: Tx, listingId: Uuid): Promise<Settlement> {
  const [row] = await tx.query<Settlement>('SELECT * FROM settlement WHERE listing_id = $1 FOR NO KEY UPDATE', [listingId]);
  if (row === undefined) throw new Refusal(settlementRefusals.SETTLEMENT_NOT_FOUND);
  return row;
}

/** The settlement of a listing, locked, in the state that a command needs. @throws Refusal SETTLEMENT_NOT_FOUND, SETTLEMENT_STATE */
export async function lockSettlementIn(tx: Tx, listingId: Uuid, state: Settlement['state']): Promise<Settlement> {
  const settlement = await lockSettlement(tx, listingId);
  if (settlement.state !== state) throw new Refusal(settlementRefusals.SETTLEMENT_STATE, { state: settlement.state });
  return settlement;
}

/** The listing's own ledger account at the disbursement account. */
export async function disbursementAccount(tx: Tx, listingNo: string): Promise<{ accountNo: string; accountId: Uuid }> {
  const accountNo = connectedBank().capabilities.accounts.disbursement;
  const [accountId] = await openAccounts(tx, [{ kind: 'D', accountNo, listingNo }]);
  return { accountNo, accountId: accountId! };
}

/**
 * What lies in D and may leave it for another end, in fen: less what open bank orders will take, and less what investors are still to have back out of it. One look: a
 * return that is being sent at this moment counts once.
 */
export async function freeInDisbursement(tx: Tx, listingId: Uuid, accountId: Uuid): Promise<Fen> {
  const [row] = await tx.query<{ free_fen: bigint }>(
    `SELECT greatest(0, a.posted_fen - a.pending_fen - a.reserved_fen - coalesce((
       SELECT sum(amount_fen) FROM investment_return WHERE listing_id = $1 AND source = 'disbursement' AND state = 'due'), 0))::bigint AS free_fen
     FROM ledger_account a WHERE a.id = $2`,
    [listingId, accountId],
  );
  return fen(row?.free_fen ?? 0n);
}

/** The fee account of the operating company. */
export async function feeAccount(tx: Tx): Promise<{ accountNo: string; accountId: Uuid }> {
  const accountNo = connectedBank().capabilities.accounts.fee;
  const [accountId] = await openAccounts(tx, [{ kind: 'F', accountNo }]);
  return { accountNo, accountId: accountId! };
}

/** Whether a payment into or out of D is undecided, but for what an unwinding wants back. */
export async function hasOpenPayment(tx: Tx, listingId: Uuid): Promise<boolean> {
  const [row] = await tx.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM bank_order WHERE listing_id = $1 AND state IN ('created', 'sent', 'accepted', 'unknown')
       AND kind IN ('COLLECT', 'PREMIUM', 'FEE', 'DISBURSE')) AS open`,
    [listingId],
  );
  return row!.open;
}
