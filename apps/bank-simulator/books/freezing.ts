import { formatYuan, type Fen } from '#kernel/money';
import type { Bank } from '../bank';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';

/** A court freezes an e-account 司法冻结: all of it (`null`), or up to an amount. False when there is no such account. */
export async function freezeByCourt(tx: Tx, bank: Bank, accountNo: string, amount: Fen | null): Promise<boolean> {
  const frozen = await tx.rows(
    `update account set judicial_all = $2, judicial_fen = $3 where account_no = $1 and kind = 'E' and status <> 'CLOSED' returning 1`,
    [accountNo, amount === null, amount ?? 0n],
  );
  if (frozen.length === 0) return false;
  const notice = { accountNo, amount: amount === null ? null : formatYuan(amount), frozen: true };
  await tell(tx, bank, 'JUDICIAL_FREEZE', notice);
  return true;
}

/** The court lets go. */
export async function endFreezeByCourt(tx: Tx, bank: Bank, accountNo: string): Promise<boolean> {
  const freed = await tx.rows(
    `update account set judicial_all = false, judicial_fen = 0
     where account_no = $1 and (judicial_all or judicial_fen > 0) returning 1`,
    [accountNo],
  );
  if (freed.length === 0) return false;
  await tell(tx, bank, 'JUDICIAL_FREEZE', { accountNo, amount: null, frozen: false });
  return true;
}
