import type { Uuid } from '#kernel/ids';
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
  readonly order_id: Uuid | null;
  readonly order_state: string | null;
  readonly our_amount_fen: bigint | null;
  readonly our_kind: string | null;
}

/** Lines of the CREDIT file beside our orders and our register; what agrees is not returned. */
export function differingMovements(tx: Tx, files: CurrentFiles, limit: number): Promise<DifferingMovement[]> {
  return tx.query<DifferingMovement>(
    `SELECT l.line_no, l.request_no, l.move_no, l.kind, l.bank_serial, l.bank_time, l.amount_fen, o.id AS order_id, o.state AS order_state,
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
