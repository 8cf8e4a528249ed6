import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { WITH_ITS_ORDER } from './following';
import type { CurrentFiles } from './statement-files';

/**
 * What a numbered line of the statement means beside our bank order of that number:
 * - `settles`, `returns`: our order is not decided yet, or has not come back yet, and the line says how.
 * - `carried`: same movement, decided on the other side of the cut: not a break.
 * - the others are kinds of break.
 */
export type LineFate = 'settles' | 'returns' | 'carried' | 'only_banks' | 'party' | 'amount' | 'status' | 'duplicate';

/** A line that does not simply agree with us, and what we have under its number. Amounts in fen. */
export interface DifferingLine {
  readonly fate: LineFate;
  readonly line_no: bigint;
  readonly request_no: string;
  readonly item_no: string;
  readonly kind: string;
  readonly ref_no: string;
  readonly bank_serial: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly listing_no: string;
  readonly amount_fen: bigint;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly code: string;
  readonly bank_time: Date;
  readonly from_id: Uuid | null;
  readonly to_id: Uuid | null;
  readonly order_id: Uuid | null;
  readonly order_kind: string | null;
  readonly order_state: string | null;
  readonly order_amount_fen: bigint | null;
  readonly order_serial: string | null;
  readonly order_date: BusinessDate | null;
  readonly debit_account_id: Uuid | null;
  readonly credit_account_id: Uuid | null;
}

/** Numbered lines of the file that do not agree with our bank orders, in the order of the file. @param limit one more than that is never returned */
export function differingLines(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, limit: number): Promise<DifferingLine[]> {
  return tx.query<DifferingLine>(DIFFERING, [files.TRANSACTIONS.id, bankDate, limit]);
}

const ORDER = `o.id AS order_id, o.kind AS order_kind, o.state AS order_state, o.amount_fen AS order_amount_fen, o.bank_serial AS order_serial,
    o.bank_date AS order_date, o.returned_serial, o.debit_account_id, o.credit_account_id`;

/** The account of a line's party, evaluated for the few lines that differ; whoever is not at this bank is W. */
function partyId(line: string, written: string): string {
  return `CASE WHEN EXISTS (SELECT FROM ledger_account x WHERE x.account_no = ${line}.${written})
    THEN (SELECT a.id FROM ledger_account a WHERE a.account_no = ${line}.${written} AND a.listing_no = CASE WHEN a.kind IN ('D', 'R') THEN ${line}.listing_no ELSE '' END)
    ELSE (SELECT w.id FROM ledger_account w WHERE w.account_no = 'OUTSIDE') END`;
}

const SIDES = 'LEFT JOIN ledger_account d ON d.id = o.debit_account_id LEFT JOIN ledger_account c ON c.id = o.credit_account_id';

/** Nearly every line: done on this date under this serial, same kind, amount and parties. They are left behind first; the others are judged one by one. */
const PLAINLY_AGREES = `coalesce(o.kind = l.kind AND o.amount_fen = l.amount_fen AND l.status = 'SUCCEEDED' AND o.state IN ('done', 'returned')
      AND o.bank_serial = l.bank_serial AND o.bank_date = $2::date AND d.account_no = l.from_account AND d.listing_no IN ('', l.listing_no)
      AND CASE WHEN l.kind IN ('HOLD', 'RELEASE') THEN d.account_no = l.to_account ELSE c.account_no = l.to_account AND c.listing_no IN ('', l.listing_no) END, false)`;

// Lines are looked up by number, never by amount.
const DIFFERING = `
  WITH ordered AS NOT MATERIALIZED (
    SELECT l.*, ${ORDER} FROM statement_line l LEFT JOIN bank_order o ON o.request_no = l.request_no ${SIDES}
    WHERE l.file_id = $1 AND l.request_no <> '' AND l.item_no = '' AND NOT ${PLAINLY_AGREES}
    UNION ALL
    SELECT l.*, ${ORDER} FROM statement_line l LEFT JOIN (bank_order o JOIN bank_order p ON p.id = o.parent_id AND p.kind = 'BATCH')
      ON o.item_no = l.item_no AND p.request_no = l.request_no ${SIDES}
    WHERE l.file_id = $1 AND l.request_no <> '' AND l.item_no <> '' AND NOT ${PLAINLY_AGREES}
  ), sided AS NOT MATERIALIZED (
    SELECT m.*,
      CASE WHEN m.kind IN ('RETURN', 'REVERSAL') THEN m.credit_account_id ELSE m.debit_account_id END AS payer_id,
      CASE WHEN m.kind IN ('RETURN', 'REVERSAL', 'HOLD', 'RELEASE') THEN m.debit_account_id ELSE m.credit_account_id END AS payee_id
    FROM ordered m
  ), judged AS NOT MATERIALIZED (
    SELECT s.*, CASE
      WHEN s.order_id IS NULL THEN 'only_banks'
      WHEN s.kind NOT IN ('RETURN', 'REVERSAL') AND s.kind <> s.order_kind THEN 'only_banks'
      WHEN NOT coalesce(${isParty('payer', 's.from_account')} AND ${isParty('payee', 's.to_account')}, false) THEN 'party'
      WHEN s.amount_fen <> s.order_amount_fen THEN 'amount'
      WHEN s.kind IN ('RETURN', 'REVERSAL') THEN CASE
        WHEN s.order_state = 'returned' THEN CASE WHEN s.returned_serial = s.bank_serial THEN 'agrees' ELSE 'duplicate' END
        WHEN s.order_state = 'done' THEN 'returns' WHEN s.order_state IN ('refused', 'closed') THEN 'status' ELSE 'returns' END
      WHEN s.order_state IN ('created', 'sent', 'accepted', 'unknown') THEN 'settles'
      WHEN s.status = 'FAILED' THEN CASE WHEN s.order_state IN ('refused', 'closed') THEN 'agrees' ELSE 'status' END
      WHEN s.order_state IN ('refused', 'closed') THEN 'status'
      WHEN s.order_serial <> s.bank_serial THEN 'duplicate'
      WHEN s.order_date <> $2::date THEN 'carried'
      ELSE 'agrees' END AS fate
    FROM sided s LEFT JOIN ledger_account payer ON payer.id = s.payer_id LEFT JOIN ledger_account payee ON payee.id = s.payee_id
  )
  SELECT j.fate, j.line_no, j.request_no, j.item_no, j.kind, j.ref_no, j.bank_serial, j.from_account, j.to_account, j.listing_no, j.amount_fen, j.status, j.code,
    j.bank_time, ${partyId('j', 'from_account')} AS from_id, ${partyId('j', 'to_account')} AS to_id, j.order_id, j.order_kind, j.order_state, j.order_amount_fen, j.order_serial, j.order_date,
    j.debit_account_id, j.credit_account_id
  FROM judged j
  WHERE j.fate <> 'agrees'
  ORDER BY j.line_no LIMIT $3`;

/** A number that no account of the mirror has belongs to another bank: that is W, as is no number at all. */
function isParty(account: 'payer' | 'payee', written: string): string {
  return `CASE WHEN ${account}.kind = 'W' THEN NOT EXISTS (SELECT FROM ledger_account x WHERE x.account_no = ${written})
    ELSE ${account}.account_no = ${written} AND ${account}.listing_no IN ('', s.listing_no) END`;
}

/** Something that our books say of this bank date and that stands in no line. */
export interface OnlyOurs {
  /** What differs, for the break's key. */
  readonly key: string;
  readonly order_id: Uuid | null;
  readonly kind: string;
  readonly bank_serial: string;
  readonly amount_fen: bigint;
  readonly debit_account_id: Uuid | null;
  readonly credit_account_id: Uuid | null;
}

/** The other direction: bank orders done or come back on this bank date, and entries by notice, without a line. */
export function onlyOurs(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, limit: number): Promise<OnlyOurs[]> {
  return tx.query<OnlyOurs>(ONLY_OURS, [files.TRANSACTIONS.id, bankDate, KINDS_WITHOUT_LINE, limit]);
}

/** Bank orders that move no money stand in no TRANSACTIONS file. */
const KINDS_WITHOUT_LINE: readonly string[] = ['BATCH', 'LISTING_REGISTER', 'LISTING_UPDATE', 'FINANCING_APPLY', 'CREDIT_MOVE'];

const ONLY_OURS = `
  SELECT 'order:' || o.id AS key, o.id AS order_id, o.kind, o.bank_serial, o.amount_fen, o.debit_account_id, o.credit_account_id
  FROM bank_order o LEFT JOIN bank_order p ON p.id = o.parent_id AND p.kind = 'BATCH'
  WHERE o.bank_date = $2 AND o.state IN ('done', 'returned') AND o.kind <> ALL($3::text[])
    AND NOT EXISTS (SELECT FROM statement_line l WHERE l.file_id = $1 AND l.request_no = coalesce(p.request_no, o.request_no)
      AND l.item_no = coalesce(o.item_no, '') AND l.kind = o.kind)
  UNION ALL
  SELECT 'returned:' || o.id, o.id, 'RETURN', o.returned_serial, o.amount_fen, o.credit_account_id, o.debit_account_id
  FROM bank_order o WHERE o.returned_date = $2 AND o.state = 'returned'
    AND NOT EXISTS (SELECT FROM statement_line l WHERE l.file_id = $1 AND l.bank_serial = o.returned_serial)
    AND NOT EXISTS (SELECT FROM reconciliation_break b WHERE b.bank_order_id = o.id AND b.state = 'adjusted' AND b.rule = '${WITH_ITS_ORDER}')
  UNION ALL
  SELECT 'entry:' || e.reference, NULL, e.kind, e.bank_serial, e.amount_fen, e.debit_account_id, e.credit_account_id
  FROM ledger_entry e WHERE e.bank_date = $2 AND e.bank_order_id IS NULL AND e.kind IN ('OUTSIDE_IN', 'OUTSIDE_OUT') AND e.reference NOT LIKE 'opening:%'
    AND NOT EXISTS (SELECT FROM statement_line l WHERE l.file_id = $1 AND l.bank_serial = e.bank_serial)
  LIMIT $4`;

/**
 * Lines without our number that are not in our books as they stand: of a kind that only we order, on an account that nobody outside can move, or booked before
 * (by notice, or by an earlier version of the file) with another amount.
 */
export function unexplainedLines(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, limit: number): Promise<DifferingLine[]> {
  return tx.query<DifferingLine>(UNEXPLAINED, [files.TRANSACTIONS.id, bankDate, limit]);
}

const LINE =
  'l.line_no, l.request_no, l.kind, l.ref_no, l.bank_serial, l.from_account, l.to_account, l.listing_no, l.amount_fen, l.status, l.code, l.bank_time';

const UNEXPLAINED = `
  SELECT 'only_banks' AS fate, ${LINE}, l.item_no, ${partyId('l', 'from_account')} AS from_id, ${partyId('l', 'to_account')} AS to_id, NULL::uuid AS order_id, NULL AS order_kind, NULL AS order_state,
    NULL::bigint AS order_amount_fen, NULL AS order_serial, NULL::date AS order_date, NULL::uuid AS debit_account_id, NULL::uuid AS credit_account_id
  FROM statement_line l
  WHERE l.file_id = $1 AND l.request_no = '' AND l.status = 'SUCCEEDED'
    AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.bank_date = $2 AND e.bank_serial = l.bank_serial AND e.kind IN ('OUTSIDE_IN', 'OUTSIDE_OUT'))
  UNION ALL
  SELECT 'amount', ${LINE}, e.reference, e.debit_account_id, e.credit_account_id, NULL, e.kind, 'done', e.amount_fen, e.bank_serial, e.bank_date,
    e.debit_account_id, e.credit_account_id
  FROM statement_line l JOIN ledger_entry e ON e.bank_date = $2 AND e.bank_serial = l.bank_serial AND e.kind IN ('OUTSIDE_IN', 'OUTSIDE_OUT')
  WHERE l.file_id = $1 AND l.request_no = '' AND e.amount_fen <> l.amount_fen
  ORDER BY line_no LIMIT $3`;
