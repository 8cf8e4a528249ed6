import type { Uuid } from '#kernel/ids';
import { fen, formatYuan } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { Finding } from './findings';
import type { CurrentFiles } from './statement-files';

/** A movement of a credit line in the CREDIT file that does not simply agree with ours. */
export interface DifferingMovement {
  readonly line_no: bigint;
  readonly request_no: string;
  readonly move_no: string;
  readonly kind: string;
  readonly bank_serial: string;
  readonly bank_time: Date;
  readonly amount_fen: bigint;
  readonly limit_fen: bigint;
  readonly order_id: Uuid | null;
  readonly order_state: string | null;
  readonly our_amount_fen: bigint | null;
  readonly our_kind: string | null;
}

/** Lines of the CREDIT file beside our orders and our register; what agrees is not returned. */
export function differingMovements(tx: Tx, files: CurrentFiles, limit: number): Promise<DifferingMovement[]> {
  return tx.query<DifferingMovement>(
    `SELECT l.line_no, l.request_no, l.move_no, l.kind, l.bank_serial, l.bank_time, l.amount_fen, l.limit_fen, o.id AS order_id, o.state AS order_state,
       coalesce(m.amount_fen, o.amount_fen) AS our_amount_fen, m.kind AS our_kind
     FROM statement_credit l
     LEFT JOIN bank_order o ON o.request_no = l.request_no AND l.request_no <> '' AND o.kind = 'CREDIT_MOVE'
     LEFT JOIN credit_movement m ON m.move_no = l.move_no
     WHERE l.file_id = $1
       AND NOT (m.amount_fen IS NOT DISTINCT FROM l.amount_fen AND m.kind IS NOT DISTINCT FROM l.kind AND (o.id IS NULL OR o.state IN ('done', 'returned')))
     ORDER BY l.line_no LIMIT $2`,
    [files.CREDIT.id, limit],
  );
}

/** Whether a line decides an order of ours that is not decided yet. */
export function settlesMovement(line: DifferingMovement): boolean {
  const isOpen = line.order_state !== null && ['created', 'sent', 'accepted', 'unknown'].includes(line.order_state);
  return isOpen && (line.our_amount_fen === line.amount_fen || line.our_amount_fen === 0n);
}

/** What an answer would have told beside its word: the limit of the line. */
export function dataOfMovement(line: DifferingMovement): Readonly<Record<string, unknown>> {
  return { limit: formatYuan(fen(line.limit_fen)) };
}

/** The break that a movement is. A credit line is decided by the bank and moves no money: it is never adjusted by rule. */
export function findingOfMovement(line: DifferingMovement): Finding {
  return {
    kind: 'credit',
    key: [line.request_no, line.move_no, line.kind, line.bank_serial, line.amount_fen].join('|'),
    bankOrderId: line.order_id,
    lineNo: line.line_no,
    amountFen: line.amount_fen - (line.our_kind === null ? 0n : (line.our_amount_fen ?? 0n)),
    serial: line.bank_serial,
    correction: [],
    ours: line.our_kind === null ? null : { kind: line.our_kind, fen: String(line.our_amount_fen), state: line.order_state },
    banks: { requestNo: line.request_no, moveNo: line.move_no, kind: line.kind, serial: line.bank_serial, fen: String(line.amount_fen) },
  };
}

/** The other direction: movements of ours of this bank date that stand in no line. */
export async function onlyOurMovements(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, limit: number): Promise<Finding[]> {
  const rows = await tx.query<{ move_no: string; kind: string; amount_fen: bigint; bank_order_id: Uuid | null }>(
    `SELECT m.move_no, m.kind, m.amount_fen, m.bank_order_id FROM credit_movement m
     WHERE m.bank_date = $2 AND NOT EXISTS (SELECT FROM statement_credit l WHERE l.file_id = $1 AND l.move_no = m.move_no) LIMIT $3`,
    [files.CREDIT.id, bankDate, limit],
  );
  return rows.map((row) => ({
    kind: 'credit',
    key: `ours:${row.move_no}`,
    bankOrderId: row.bank_order_id,
    lineNo: null,
    amountFen: -row.amount_fen,
    serial: row.move_no,
    correction: [],
    ours: { kind: row.kind, moveNo: row.move_no, fen: String(row.amount_fen) },
    banks: null,
  }));
}

/**
 * Movements that we asked for on this business date or before and that were refused or closed on it: nothing moved on either side, but what was to follow does not
 * (a listing is not registered, a line stays used), so people look at each.
 */
export async function refusedMovements(tx: Tx, bankDate: BusinessDate, limit: number): Promise<Finding[]> {
  const rows = await tx.query<{ id: Uuid; kind: string; amount_fen: bigint; state: string; code: string | null; listing_no: string }>(
    `SELECT o.id, o.instruction->>'kind' AS kind, o.amount_fen, o.state, o.code, l.listing_no FROM bank_order o JOIN listing l ON l.id = o.listing_id
     WHERE o.kind = 'CREDIT_MOVE' AND o.state IN ('refused', 'closed') AND EXISTS (
       SELECT FROM move m WHERE m.noun = 'bank_order' AND m.subject_id = o.id AND m.event IN ('refuse', 'close') AND m.business_date = $1)
     ORDER BY o.id LIMIT $2`,
    [bankDate, limit],
  );
  return rows.map((row) => ({
    kind: 'credit',
    key: `refused:${row.id}`,
    bankOrderId: row.id,
    lineNo: null,
    amountFen: -row.amount_fen,
    serial: '',
    correction: [],
    ours: { kind: row.kind, listingNo: row.listing_no, fen: String(row.amount_fen), state: row.state },
    banks: { code: row.code },
  }));
}

interface DifferingStanding {
  readonly line_no: bigint;
  readonly customer_no: string;
  readonly bank_serial: string;
  readonly used_fen: bigint;
  readonly frozen_fen: bigint;
  readonly limit_fen: bigint;
  readonly our_used_fen: bigint;
  readonly our_frozen_fen: bigint;
  readonly our_limit_fen: bigint;
}

/**
 * Lines of customers as the file leaves them, beside ours: after each movement what is used and frozen, after the last one the limit. Of each customer the first line that
 * differs is named; a customer without a line with us is named by his movements.
 */
export async function differingStandings(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, limit: number): Promise<Finding[]> {
  const rows = await tx.query<DifferingStanding>(STANDINGS, [files.CREDIT.id, bankDate, limit]);
  return rows.map((row) => {
    const banks = { used: String(row.used_fen), frozen: String(row.frozen_fen), limit: String(row.limit_fen) };
    const ours = { used: String(row.our_used_fen), frozen: String(row.our_frozen_fen), limit: String(row.our_limit_fen) };
    return {
      kind: 'credit',
      key: ['line', row.customer_no, row.bank_serial, ...Object.values(banks), ...Object.values(ours)].join('|'),
      bankOrderId: null,
      lineNo: row.line_no,
      amountFen: row.used_fen + row.frozen_fen - row.our_used_fen - row.our_frozen_fen,
      serial: row.bank_serial,
      correction: [],
      ours,
      banks: { customerNo: row.customer_no, ...banks },
    };
  });
}

/** What a movement changes of a line. */
const CHANGES = `CASE m.kind WHEN 'DEDUCT' THEN m.amount_fen WHEN 'RESTORE' THEN -m.amount_fen ELSE 0 END AS used_fen,
  CASE m.kind WHEN 'FREEZE' THEN m.amount_fen WHEN 'RESTORE' THEN 0 ELSE -m.amount_fen END AS frozen_fen`;

// Ours as of a line: the line as it stands, less our movements that no file has shown by this date, less those that the file shows after the line. A limit that was told
// with a newer movement is not the one of this file.
const STANDINGS = `
  WITH lines AS (
    SELECT l.line_no, l.customer_no, l.bank_serial, l.used_fen, l.frozen_fen, l.limit_fen, c.id AS customer_id,
      coalesce(sum(o.used_fen) OVER later, 0) AS later_used_fen, coalesce(sum(o.frozen_fen) OVER later, 0) AS later_frozen_fen,
      row_number() OVER (PARTITION BY l.customer_no ORDER BY l.line_no DESC) = 1 AS is_last
    FROM statement_credit l JOIN customer c ON c.customer_no = l.customer_no
    LEFT JOIN LATERAL (SELECT ${CHANGES} FROM credit_movement m WHERE m.move_no = l.move_no) AS o ON true
    WHERE l.file_id = $1
    WINDOW later AS (PARTITION BY l.customer_no ORDER BY l.line_no DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  ), unshown AS (
    SELECT m.customer_id, sum(m.used_fen) AS used_fen, sum(m.frozen_fen) AS frozen_fen
    FROM (SELECT m.customer_id, m.move_no, ${CHANGES} FROM credit_movement m WHERE m.customer_id IN (SELECT customer_id FROM lines)) AS m
    WHERE NOT EXISTS (SELECT FROM statement_credit s JOIN statement_file f ON f.id = s.file_id AND f.visible
      WHERE s.move_no = m.move_no AND (s.file_id = $1 OR s.bank_date < $2))
    GROUP BY m.customer_id
  ), compared AS (
    SELECT x.*, u.customer_id IS NOT NULL AS has_newer, (cl.used_fen - coalesce(u.used_fen, 0) - x.later_used_fen)::bigint AS our_used_fen,
      (cl.frozen_fen - coalesce(u.frozen_fen, 0) - x.later_frozen_fen)::bigint AS our_frozen_fen, cl.limit_fen AS our_limit_fen
    FROM lines x JOIN credit_line cl ON cl.customer_id = x.customer_id LEFT JOIN unshown u ON u.customer_id = x.customer_id
  )
  SELECT DISTINCT ON (customer_no) line_no, customer_no, bank_serial, used_fen, frozen_fen, limit_fen, our_used_fen, our_frozen_fen, our_limit_fen
  FROM compared WHERE used_fen <> our_used_fen OR frozen_fen <> our_frozen_fen OR (is_last AND NOT has_newer AND limit_fen <> our_limit_fen)
  ORDER BY customer_no, line_no LIMIT $3`;
