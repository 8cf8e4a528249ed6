/**
 * SQL of the mirror as of the end of a bank date: stored balances less the legs of entries with a later bank date. Exact at any time, however late an entry
 * came in, and its cost does not grow with the life of the ledger, because few entries are later than the day that is proved. That stored balances equal
 * folded entries is an invariant of its own (I3), which `verify` proves from the entries alone.
 * @param later comparison with the bank date, e.g. `> $1::date`
 */
export function foldedAccounts(later: string): string {
  return `
    SELECT a.id, a.kind, a.account_no, a.listing_no,
           a.posted_fen - coalesce(after_day.posted_fen, 0) AS total_fen, a.pending_fen - coalesce(after_day.pending_fen, 0) AS held_fen
    FROM ledger_account a LEFT JOIN (
      SELECT account_id, sum(posted_fen)::bigint AS posted_fen, sum(pending_fen)::bigint AS pending_fen
      FROM (${legs(`WHERE e.bank_date ${later}`)}) AS legs GROUP BY account_id
    ) AS after_day ON after_day.account_id = a.id
    WHERE a.kind <> 'W'`;
}

/** SQL of the legs of entries `e`: what each changes in one account, posted and pending. */
export function legs(where: string): string {
  return `
    SELECT e.debit_account_id AS account_id, CASE WHEN e.phase IN ('single', 'post') THEN -e.amount_fen ELSE 0 END AS posted_fen,
           CASE e.phase WHEN 'pending' THEN e.amount_fen WHEN 'single' THEN 0 ELSE -e.amount_fen END AS pending_fen
    FROM ledger_entry e ${where}
    UNION ALL
    SELECT e.credit_account_id, e.amount_fen, 0 FROM ledger_entry e ${where} AND e.phase IN ('single', 'post')`;
}
