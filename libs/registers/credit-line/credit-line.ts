import type { Instruction } from '#bank/port';
import { Bug } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen, parseYuan } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Tx } from '#platform/database';
import { tell } from '#platform/queue';
import { createBankOrders, onOutcome, thawInstruction } from '#registers/bank-order';
import type { BankOrder, BankOrderDraft } from '#registers/bank-order';
import { lineUsed } from './facts';
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
  /** What the bank froze for the financing, less what of it was used or released. */
  readonly frozen_fen: bigint;
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
      const { financing_no: financingNo, line_freeze_no: freezeNo } = financing;
      return financingNo === null || freezeNo === null ? [] : [draftOf(wanted, financing, { financingNo, freezeNo })];
    }),
  );
}

/**
 * What was never used is not restored but released: the financing's freeze stands where the bank has refused to use it. What is released is what is frozen, whatever
 * was applied for.
 */
function draftOf(
  wanted: LineMove,
  financing: Financing,
  { financingNo, freezeNo }: { financingNo: string; freezeNo: string },
): BankOrderDraft {
  const { listingId } = wanted;
  const kind = wanted.kind === 'RESTORE' && !financing.is_used ? 'RELEASE' : wanted.kind;
  const amount = kind === 'RELEASE' && financing.frozen_fen > 0n ? fen(financing.frozen_fen) : wanted.amount;
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
      ...(kind === 'RESTORE' ? {} : { refMoveNo: freezeNo }),
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

/** What of a customer's line is frozen for a listing, in fen; `undefined` when the listing uses no line. */
export async function frozenFor(tx: Tx, listingId: Uuid): Promise<bigint | undefined> {
  const financing = (await financingsOf(tx, [listingId])).get(listingId);
  return financing === undefined || financing.line_freeze_no === null ? undefined : financing.frozen_fen;
}

/**
 * Done: the line moves, and whoever waited for the use of a freeze goes on. Refused or closed, a movement changes no line: what was to follow a use does not follow, and
 * it is an open item until two people have closed its break, which the night opens.
 */
onOutcome('CREDIT_MOVE', async (tx, decided, _by) => {
  if (decided.outcome === 'done') {
    for (const order of decided.orders) await applyMove(tx, order);
    const used = decided.orders.filter((order) => moveIn(order).kind === 'DEDUCT');
    const listingIds = used.map((order) => order.listing_id!);
    if (listingIds.length > 0) await tell(tx, lineUsed, listingIds);
  }
  await askForMoves(
    tx,
    await takeWaiting(
      tx,
      decided.orders.map((order) => order.listing_id!),
    ),
  );
});

async function applyMove(tx: Tx, order: BankOrder): Promise<void> {
  const instruction = moveIn(order);
  const change = { DEDUCT: [order.amount_fen, -order.amount_fen], RELEASE: [0n, -order.amount_fen], RESTORE: [-order.amount_fen, 0n] }[
    instruction.kind
  ];
  const [line] = await tx.query(
    `WITH written AS (
       INSERT INTO credit_movement (id, customer_id, listing_id, financing_no, move_no, kind, amount_fen, cause, bank_order_id, bank_date)
       SELECT $1, l.borrower_id, l.id, $3, $4, $5, $6, 'bank order', $7, $8 FROM listing l WHERE l.id = $2 RETURNING customer_id)
     UPDATE credit_line c SET used_fen = c.used_fen + $9, frozen_fen = c.frozen_fen + $10, changed_at = clock_timestamp(),
       limit_fen = CASE WHEN $11::bigint >= c.used_fen + $9 + c.frozen_fen + $10 THEN $11 ELSE c.limit_fen END
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
      limitIn(order),
    ],
  );
  // Every financing begins with a freeze, which makes the line (`lineFrozen`): a movement of a line that nobody has heard of is somebody else's, or our error.
  if (line === undefined) throw new Bug(`bank order ${order.id} moved the credit line of a customer who has none`);
}

function moveIn(order: BankOrder): Extract<Instruction, { do: 'move_credit_line' }> {
  const instruction = thawInstruction(order.instruction);
  if (instruction.do !== 'move_credit_line') throw new Bug(`bank order ${order.id} is no movement of a credit line`);
  return instruction;
}

/** The limit as the bank told it with the movement. One below what is used and frozen is not taken over: the nightly match names it. */
function limitIn({ data }: BankOrder): Fen | null {
  const limit = data?.['limit'];
  return typeof limit === 'string' ? parseYuan(limit) : null;
}

async function financingsOf(tx: Tx, listingIds: readonly Uuid[]): Promise<Map<Uuid, Financing>> {
  const rows = await tx.query<Financing>(
    `SELECT l.id, l.borrower_id, c.customer_no, l.financing_no, l.line_freeze_no,
       coalesce(m.is_used, false) AS is_used, coalesce(m.frozen_fen, 0) AS frozen_fen
     FROM listing l JOIN customer c ON c.id = l.borrower_id LEFT JOIN (
       SELECT listing_id, bool_or(kind = 'DEDUCT') AS is_used, sum(CASE kind WHEN 'FREEZE' THEN amount_fen WHEN 'RESTORE' THEN 0 ELSE -amount_fen END)::bigint AS frozen_fen
       FROM credit_movement WHERE listing_id = ANY($1::uuid[]) GROUP BY listing_id) AS m ON m.listing_id = l.id
     WHERE l.id = ANY($1::uuid[])`,
    [listingIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
