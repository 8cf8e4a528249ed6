import type { Tx } from '#platform/database';
import { MOST_NAMED } from './invariant';
import type { Difference, Finding } from './invariant';

/** An account as the bank's own books have it now. Amounts in fen. */
export interface BankAccount {
  readonly accountNo: string;
  /** Empty but for D and R. */
  readonly listingNo: string;
  readonly totalFen: bigint;
  readonly heldFen: bigint;
}

/**
 * Compares the mirror as it stands with the bank's own books as they stand, account by account, to the fen. Meant for a quiet moment: what customers did at the bank
 * since the last statement is not in the mirror yet, so the books are compared as of the last statement plus what was booked since on both sides.
 * @param accounts the bank's accounts, W not among them
 * @param since movements of the bank after the last statement that nobody ordered through us, per account; fen, signed
 */
export async function compareWithBank(tx: Tx, accounts: readonly BankAccount[], since: ReadonlyMap<string, bigint>): Promise<Finding> {
  const found = await tx.query<Difference>(
    `SELECT 'account ' || account_no || CASE listing_no WHEN '' THEN '' ELSE '/' || listing_no END || ': the books of the bank have ' || coalesce(b.total_fen, 0) || ' and '
       || coalesce(b.held_fen, 0) || ' held, ours ' || coalesce(a.posted_fen, 0) || ' and ' || coalesce(a.pending_fen, 0)
       || CASE coalesce(b.since_fen, 0) WHEN 0 THEN '' ELSE ', the customer has moved ' || b.since_fen || ' since the last statement' END AS what
     FROM (SELECT * FROM ledger_account WHERE kind <> 'W') AS a
     FULL JOIN unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS b (account_no, listing_no, total_fen, held_fen, since_fen) USING (account_no, listing_no)
     WHERE coalesce(b.total_fen, 0) <> coalesce(a.posted_fen, 0) + coalesce(b.since_fen, 0) OR coalesce(b.held_fen, 0) <> coalesce(a.pending_fen, 0)
     ORDER BY account_no, listing_no LIMIT ${MOST_NAMED}`,
    [
      accounts.map((account) => account.accountNo),
      accounts.map((account) => account.listingNo),
      accounts.map((account) => account.totalFen),
      accounts.map((account) => account.heldFen),
      accounts.map((account) => since.get(`${account.accountNo}/${account.listingNo}`) ?? 0n),
    ],
  );
  return { examined: BigInt(accounts.length), differences: found };
}
