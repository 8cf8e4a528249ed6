import { createHash } from 'node:crypto';
import type { Tx } from '#platform/database';

/** A digest over the books: equal for equal books, whatever the backend, the machine or the order of things. */
export interface BooksDigest {
  readonly entries: bigint;
  readonly sha256: string;
}

interface Line {
  readonly line: string;
  readonly times: bigint;
}

const PAGE = 20_000;

/**
 * SHA-256 over the sorted multiset of (listing, account, party, amount, date) of all movements. Ids, serials, numbers that a run makes up and times of day are left out;
 * a listing is named by its terms and its borrower's number, an account by its letter and its customer's number.
 */
export async function booksDigest(tx: Tx): Promise<BooksDigest> {
  const hash = createHash('sha256');
  let entries = 0n;
  let after = '';
  for (;;) {
    const page = await tx.query<Line>(LINES, [after, PAGE]);
    for (const { line, times } of page) {
      hash.update(`${times} ${line}\n`);
      entries += times;
    }
    if (page.length < PAGE) return { entries, sha256: hash.digest('hex') };
    after = page.at(-1)!.line;
  }
}

const PARTY = (account: string, owner: string): string => `
  ${account}.kind || ':' || CASE ${account}.kind WHEN 'E' THEN coalesce(${owner}.customer_no, ${account}.account_no) WHEN 'D' THEN '' WHEN 'R' THEN '' ELSE ${account}.account_no END`;

// An account that was closed is its customer's still: whoever invested from it. Pending entries and voids change what is held and no balance; a listing's name is its terms, so that two runs which number listings differently agree.
const LINES = `
  WITH named AS (
    SELECT l.id, l.listing_no, concat_ws('/', b.customer_no, l.applied_fen, l.annual_rate_ppm, l.term_months, l.term_days, l.method, l.purpose) AS name
    FROM listing l JOIN customer b ON b.id = l.borrower_id
  ), owned AS (
    SELECT e_account_no AS account_no, customer_no FROM customer WHERE e_account_no IS NOT NULL
    UNION SELECT o.account_no, c.customer_no FROM investment_order o JOIN customer c ON c.id = o.customer_id
  ), moved AS (
    SELECT e.bank_date, e.kind, e.phase, e.amount_fen, ${PARTY('d', 'payer')} AS debited, ${PARTY('c', 'payee')} AS credited,
      coalesce((SELECT n.name FROM bank_order o JOIN named n ON n.id = o.listing_id WHERE o.id = e.bank_order_id),
        (SELECT n.name FROM named n WHERE n.listing_no = coalesce(nullif(d.listing_no, ''), nullif(c.listing_no, ''))), '-') AS listing
    FROM ledger_entry e JOIN ledger_account d ON d.id = e.debit_account_id JOIN ledger_account c ON c.id = e.credit_account_id
      LEFT JOIN owned payer ON payer.account_no = d.account_no LEFT JOIN owned payee ON payee.account_no = c.account_no
  ), lines AS (
    SELECT concat_ws('|', listing, kind, phase, debited, credited, amount_fen, bank_date) COLLATE "C" AS line FROM moved
  )
  SELECT line, count(*) AS times FROM lines WHERE line > $1::text COLLATE "C" GROUP BY line ORDER BY line LIMIT $2`;
