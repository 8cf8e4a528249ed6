import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
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
