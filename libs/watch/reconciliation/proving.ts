import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { foldedAccounts } from './folding';
import type { CurrentFiles } from './statement-files';

/** An account whose mirror is not what the bank says. Amounts in fen: the bank's less ours. */
export interface AccountDifference {
  readonly account_id: Uuid;
  readonly account_no: string;
  readonly listing_no: string;
  readonly total_fen: string;
  readonly held_fen: string;
}

/** The three-way proof of one bank date. */
export interface Proof {
  /** Accounts compared, D and R once per listing. */
  readonly accounts: bigint;
  readonly differences: readonly AccountDifference[];
}

/**
 * Compares the ledger folded by bank date with the bank's BALANCES, to the fen, account by account and D and R per listing: posted with `total`, pending
 * with `held`. An account of ours that the file does not name counts as empty at the bank. W is compared with nothing.
 */
export async function prove(tx: Tx, files: CurrentFiles, bankDate: BusinessDate): Promise<Proof> {
  const [proof] = await tx.query<Proof>(PROOF, [bankDate, files.BALANCES.id]);
  return proof ?? { accounts: 0n, differences: [] };
}

const PROOF = `
  WITH compared AS (
    SELECT o.id AS account_id, o.account_no, o.listing_no, coalesce(b.total_fen, 0) - o.total_fen AS total_fen, coalesce(b.held_fen, 0) - o.held_fen AS held_fen
    FROM (${foldedAccounts('> $1::date')}) AS o
    LEFT JOIN statement_balance b ON b.file_id = $2 AND b.account_no = o.account_no AND b.listing_no = o.listing_no)
  SELECT count(*) AS accounts,
    coalesce(jsonb_agg(jsonb_build_object('account_id', account_id, 'account_no', account_no, 'listing_no', listing_no,
      'total_fen', total_fen::text, 'held_fen', held_fen::text) ORDER BY account_no, listing_no) FILTER (WHERE total_fen <> 0 OR held_fen <> 0), '[]') AS differences
  FROM compared`;
