import { Bug } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import { createBankOrders, onOutcome, thawInstruction } from '#registers/bank-order';
import type { BankOrder, BankOrderDraft } from '#registers/bank-order';
import type { LineMove } from './line-move';
import { listingsWithOpenDeduct, takeWaiting, writeWaiting } from './waiting-moves';

/** A borrower's line as the platform knows it; amounts in fen. */
export interface CreditLine {
  readonly customer_id: Uuid;
  readonly limit_fen: bigint;
  readonly used_fen: bigint;
  readonly frozen_fen: bigint;
}

interface Financing {
  readonly id: Uuid;
  readonly borrower_id: Uuid;
  readonly customer_no: string;
  readonly financing_no: string | null;
  readonly line_freeze_no: string | null;
  /** Whether the bank has said that the financing used its freeze. */
  readonly is_used: boolean;
}

/**
 * Asks the credit system for movements; each becomes a row of `credit_movement` when the bank has said yes. A listing that did not come from a credit line
 * (offline and third-party sources) has none and is passed over. Nothing is given back while the bank has not decided whether the financing used its freeze: it waits.
 */
export async function moveLine(tx: Tx, moves: readonly LineMove[]): Promise<void> {
  const undecided = await listingsWithOpenDeduct(
    tx,
    moves.map((wanted) => wanted.listingId),
  );
  const isEarly = ({ kind, listingId }: LineMove): boolean => kind !== 'DEDUCT' && undecided.has(listingId);
  await writeWaiting(tx, moves.filter(isEarly));
  await askForMoves(
    tx,
    moves.filter((wanted) => !isEarly(wanted)),
  );
}

async function askForMoves(tx: Tx, moves: readonly LineMove[]): Promise<void> {
  const financings = await financingsOf(
    tx,
    moves.map((wanted) => wanted.listingId),
  );
  await createBankOrders(
    tx,
    moves.flatMap((wanted) => {
      const financing = financings.get(wanted.listingId);
      if (financing === undefined) throw new Bug(`listing ${wanted.listingId} does not exist`);
      return financing.financing_no === null ? [] : [draftOf(wanted, financing, financing.financing_no)];
    }),
  );
}

/** What was never used is not restored but released: the financing's freeze stands where the bank has refused to use it. */
function draftOf(wanted: LineMove, financing: Financing, financingNo: string): BankOrderDraft {
  const { listingId, amount } = wanted;
  const kind = wanted.kind === 'RESTORE' && !financing.is_used ? 'RELEASE' : wanted.kind;
  const id = newId();
  return {
    id,
    kind: 'CREDIT_MOVE',
    subjectId: listingId,
    listingId,
    amount,
    instruction: {
      do: 'move_credit_line',
      moveNo: id,
      financingNo,
      kind,
      customerNo: financing.customer_no,
      amount,
      ...(financing.line_freeze_no === null || kind === 'RESTORE' ? {} : { refMoveNo: financing.line_freeze_no }),
    },
  };
}

/** The credit system froze a part of a line for an application: said by its notice, never asked by us. */
export async function lineFrozen(
  tx: Tx,
  freeze: { listingId: Uuid; customerId: Uuid; moveNo: string; financingNo: string; amount: Fen; limit: Fen },
): Promise<void> {
  const [known] = await tx.query('SELECT 1 FROM credit_movement WHERE move_no = $1', [freeze.moveNo]);
  if (known !== undefined) return;
  await tx.execute(
    `INSERT INTO credit_line (customer_id, limit_fen, frozen_fen) VALUES ($1, $2, $3)
     ON CONFLICT (customer_id) DO UPDATE SET limit_fen = $2, frozen_fen = credit_line.frozen_fen + $3, changed_at = clock_timestamp()`,
    [freeze.customerId, freeze.limit, freeze.amount],
  );
  await tx.execute(
    `INSERT INTO credit_movement (id, customer_id, listing_id, financing_no, move_no, kind, amount_fen, cause) VALUES ($1, $2, $3, $4, $5, 'FREEZE', $6, 'applied')`,
    [newId(), freeze.customerId, freeze.listingId, freeze.financingNo, freeze.moveNo, freeze.amount],
  );
}

/** The line of a customer, or `undefined` when the credit system never spoke of one. */
export async function readLine(tx: Tx, customerId: Uuid): Promise<CreditLine | undefined> {
  const [line] = await tx.query<CreditLine>('SELECT * FROM credit_line WHERE customer_id = $1', [customerId]);
  return line;
}

onOutcome('CREDIT_MOVE', async (tx, decided, _by) => {
  // A refused movement changes no line: the nightly match with the credit file shows it as a break.
  if (decided.outcome === 'done') for (const order of decided.orders) await applyMove(tx, order);
  await askForMoves(
    tx,
    await takeWaiting(
      tx,
      decided.orders.map((order) => order.listing_id!),
    ),
  );
});

async function applyMove(tx: Tx, order: BankOrder): Promise<void> {
  const instruction = thawInstruction(order.instruction);
  if (instruction.do !== 'move_credit_line') throw new Bug(`bank order ${order.id} is no movement of a credit line`);
  const change = { DEDUCT: [order.amount_fen, -order.amount_fen], RELEASE: [0n, -order.amount_fen], RESTORE: [-order.amount_fen, 0n] }[
    instruction.kind
  ];
  const [line] = await tx.query(
    `WITH written AS (
       INSERT INTO credit_movement (id, customer_id, listing_id, financing_no, move_no, kind, amount_fen, cause, bank_order_id, bank_date)
       SELECT $1, l.borrower_id, l.id, $3, $4, $5, $6, 'bank order', $7, $8 FROM listing l WHERE l.id = $2 RETURNING customer_id)
     UPDATE credit_line c SET used_fen = c.used_fen + $9, frozen_fen = c.frozen_fen + $10, changed_at = clock_timestamp()
     FROM written WHERE c.customer_id = written.customer_id RETURNING c.customer_id`,
    [
      newId(),
      order.listing_id,
      instruction.financingNo,
      instruction.moveNo,
      instruction.kind,
      order.amount_fen,
      order.id,
      order.bank_date,
      ...change,
    ],
  );
  // Every financing begins with a freeze, which makes the line (`lineFrozen`): a movement of a line that nobody has heard of is somebody else's, or our error.
  if (line === undefined) throw new Bug(`bank order ${order.id} moved the credit line of a customer who has none`);
}

async function financingsOf(tx: Tx, listingIds: readonly Uuid[]): Promise<Map<Uuid, Financing>> {
  const rows = await tx.query<Financing>(
    `SELECT l.id, l.borrower_id, c.customer_no, l.financing_no, l.line_freeze_no,
       EXISTS (SELECT FROM credit_movement m WHERE m.listing_id = l.id AND m.kind = 'DEDUCT') AS is_used
     FROM listing l JOIN customer c ON c.id = l.borrower_id WHERE l.id = ANY($1::uuid[])`,
    [listingIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
