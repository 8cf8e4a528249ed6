import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { accountKinds } from './kinds';
import type { AccountKind } from './kinds';

/** An account at the bank as the ledger knows it; D and R are kept per listing. */
export interface AccountKey {
  readonly kind: AccountKind;
  readonly accountNo: string;
  readonly listingNo?: string;
}

/** One row of `ledger_account`; amounts in fen. */
export interface LedgerAccount {
  readonly id: Uuid;
  readonly kind: AccountKind;
  readonly account_no: string;
  readonly listing_no: string;
  readonly posted_fen: bigint;
  readonly pending_fen: bigint;
  readonly reserved_fen: bigint;
  readonly version: bigint;
}

/** The one account that stands for everything that is not at this bank; not compared with any statement. */
export const OUTSIDE_ACCOUNT_NO = 'OUTSIDE';

/**
 * Makes sure that the mirror has these accounts.
 * @returns ids in the order of the keys. Opening one twice is the same account; an account number with another letter is refused by its CHECKs.
 */
export async function openAccounts(tx: Tx, keys: readonly AccountKey[]): Promise<Uuid[]> {
  if (keys.length === 0) return [];
  const distinct = [...new Map(keys.map((key) => [keyOf(key), key])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const numbers = distinct.map((key) => key.accountNo);
  const listings = distinct.map((key) => key.listingNo ?? '');
  await tx.execute(
    `INSERT INTO ledger_account (id, kind, account_no, listing_no, guarded)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[]) ON CONFLICT (account_no, listing_no) DO NOTHING`,
    [
      distinct.map(() => newId()),
      distinct.map((key) => key.kind),
      numbers,
      listings,
      distinct.map((key) => accountKinds[key.kind].guarded),
    ],
  );
  const rows = await tx.query<{ id: Uuid; account_no: string; listing_no: string }>(
    `SELECT a.id, a.account_no, a.listing_no FROM ledger_account a
     JOIN unnest($1::text[], $2::text[]) AS wanted (account_no, listing_no) USING (account_no, listing_no)`,
    [numbers, listings],
  );
  const ids = new Map(rows.map((row) => [`${row.account_no}/${row.listing_no}`, row.id]));
  return keys.map((key) => ids.get(keyOf(key))!);
}

/** The account W. */
export async function outsideAccount(tx: Tx): Promise<Uuid> {
  const [id] = await openAccounts(tx, [{ kind: 'W', accountNo: OUTSIDE_ACCOUNT_NO }]);
  return id!;
}

/** Accounts with these numbers, all listings; for reads. */
export async function accountsByNo(tx: Tx, accountNos: readonly string[]): Promise<LedgerAccount[]> {
  return tx.query<LedgerAccount>('SELECT * FROM ledger_account WHERE account_no = ANY($1::text[])', [accountNos]);
}

function keyOf(key: AccountKey): string {
  return `${key.accountNo}/${key.listingNo ?? ''}`;
}
