import { suspenseAccountNo } from '#bank/wire';
import { ACCOUNTS } from '../bank';
import type { Tx } from '../database/cashier';

/** A customer's suspense account 挂账户, opened by the first money that is parked for him. */
export async function openSuspense(tx: Tx, customerNo: string): Promise<void> {
  await tx.rows(
    `insert into account (account_no, kind, customer_no, name, status)
     select $2, 'S', customer_no, '待核销 ' || name, 'ACTIVE' from customer where customer_no = $1
     on conflict (account_no) do nothing`,
    [customerNo, suspenseAccountNo(ACCOUNTS.suspense, customerNo)],
  );
}

/** The customer behind a suspense account number, or `undefined` when it is none. */
export function customerOfSuspense(accountNo: string): string | undefined {
  const prefix = `${ACCOUNTS.suspense}.`;
  return accountNo.startsWith(prefix) ? accountNo.slice(prefix.length) : undefined;
}
