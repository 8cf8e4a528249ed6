import { In } from 'typeorm';
import { newId, type Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { CustomerRow } from './customer.row';

export function findByNo(tx: Tx, customerNo: string): Promise<CustomerRow | null> {
  return tx.manager.findOneBy(CustomerRow, { customer_no: customerNo });
}

export function findByAccountNo(tx: Tx, accountNo: string): Promise<CustomerRow | null> {
  return tx.manager.findOneBy(CustomerRow, { e_account_no: accountNo });
}

export function findByIds(tx: Tx, ids: readonly Uuid[]): Promise<CustomerRow[]> {
  return tx.manager.findBy(CustomerRow, { id: In([...ids]) });
}

/** Adds a customer whom we do not know yet, and gives a known one the name that he lacks; nothing else of a known one changes. */
export async function add(tx: Tx, customer: Pick<CustomerRow, 'customer_no' | 'kind' | 'name_sealed' | 'name_masked'>): Promise<void> {
  await tx.execute(
    `INSERT INTO customer AS known (id, customer_no, kind, name_sealed, name_masked) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (customer_no) DO UPDATE SET name_sealed = excluded.name_sealed, name_masked = excluded.name_masked, changed_at = clock_timestamp()
      WHERE known.name_sealed IS NULL AND excluded.name_sealed IS NOT NULL`,
    [newId(), customer.customer_no, customer.kind, customer.name_sealed, customer.name_masked],
  );
}

export type AccountFacts = Pick<CustomerRow, 'id' | 'e_account_no' | 'e_account_status'>;

/** Writes what the bank says of these customers' accounts, in one statement and in the order of their ids. */
export async function writeAccounts(tx: Tx, accounts: readonly AccountFacts[]): Promise<void> {
  const sorted = [...accounts].sort((a, b) => (a.id < b.id ? -1 : 1));
  await tx.execute(
    `UPDATE customer SET e_account_no = told.account_no, e_account_status = told.status, changed_at = clock_timestamp()
       FROM (SELECT known.id, given.account_no, given.status
               FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, account_no, status)
               JOIN customer known ON known.id = given.id ORDER BY known.id FOR NO KEY UPDATE OF known) AS told
      WHERE customer.id = told.id
        AND (customer.e_account_no, customer.e_account_status) IS DISTINCT FROM (told.account_no, told.status)`,
    [sorted.map(({ id }) => id), sorted.map((account) => account.e_account_no), sorted.map((account) => account.e_account_status)],
  );
}
