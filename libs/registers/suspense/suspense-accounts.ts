import { suspenseAccountNo } from '#bank/wire';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { connectedBank } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';

/** The suspense accounts of some customers, by customer, at the bank and in the ledger; opened in the ledger where they are new. */
export async function suspenseAccounts(
  tx: Tx,
  customerIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, { readonly accountNo: string; readonly accountId: Uuid }>> {
  const customers = await tx.query<{ id: Uuid; customer_no: string }>('SELECT id, customer_no FROM customer WHERE id = ANY($1::uuid[])', [
    [...new Set(customerIds)],
  ]);
  const { suspense } = connectedBank().capabilities.accounts;
  const accountNos = customers.map((customer) => suspenseAccountNo(suspense, customer.customer_no));
  const ids = await openAccounts(
    tx,
    accountNos.map((accountNo) => ({ kind: 'S', accountNo })),
  );
  return new Map(customers.map(({ id }, index) => [id, { accountNo: accountNos[index]!, accountId: ids[index]! }]));
}
