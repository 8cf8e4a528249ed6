import { z } from 'zod';
import { addFen, fen, formatYuan, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { CreditLineData, CreditMoveData, CreditMoveKind, FailureCode } from '#bank/wire';
import { failed, succeeded, undecided } from '../answers';
import type { Bank } from '../bank';
import type { Tx } from '../database/cashier';
import type { Session } from '../database/connection';
import { serialText } from '../numbers';
import { acting, reading } from './service';
import { amount, number } from './shapes';

/** A customer's credit line 授信额度 as it stands. */
export interface CreditLineNow {
  readonly limit: Fen;
  readonly used: Fen;
  readonly frozen: Fen;
}

export async function findCreditLine(session: Session, customerNo: string): Promise<CreditLineNow | undefined> {
  const [row] = await session.rows<{ limit_fen: Fen; used_fen: Fen; frozen_fen: Fen }>(
    'select limit_fen, used_fen, frozen_fen from credit_line where customer_no = $1',
    [customerNo],
  );
  return row === undefined ? undefined : { limit: row.limit_fen, used: row.used_fen, frozen: row.frozen_fen };
}

export const creditLinesQuery = reading('credit-lines/query', z.strictObject({ customerNo: number }), async (session, bank, body) => {
  const line = await findCreditLine(session, body.customerNo);
  if (line === undefined) return undecided('NOT_FOUND');
  const data: CreditLineData = {
    customerNo: body.customerNo,
    limit: formatYuan(line.limit),
    used: formatYuan(line.used),
    frozen: formatYuan(line.frozen),
    available: formatYuan(subtractFen(line.limit, addFen(line.used, line.frozen))),
  };
  return succeeded(data, bank.clock.now());
});

const shape = z.strictObject({
  customerNo: number,
  moveNo: number,
  financingNo: number,
  refMoveNo: number.optional(),
  kind: z.enum(['FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE']),
  amount,
});
type Move = z.output<typeof shape>;

export const creditLinesMove = acting('credit-lines/move', shape, async ({ tx, bank, requestNo }, body) => {
  const moment = bank.clock.now();
  const line = await findCreditLine(tx, body.customerNo);
  if (line === undefined) return failed('ACCOUNT_NOT_FOUND', moment);
  const [twin] = await tx.rows('select 1 from credit_move where move_no = $1', [body.moveNo]);
  if (twin !== undefined) return failed('LIMIT_EXCEEDED', moment);
  const bar = await moveBar(tx, line, body);
  if (bar !== undefined) return failed(bar, moment);
  const { after, serial } = await moveLine(tx, bank, line, { ...body, refMoveNo: body.refMoveNo ?? '', requestNo });
  const data: CreditMoveData = {
    moveNo: body.moveNo,
    limit: formatYuan(after.limit),
    used: formatYuan(after.used),
    frozen: formatYuan(after.frozen),
  };
  return succeeded(data, moment, serial);
});

/** What a move may take at most: of the line, of the freeze it refers to, or of what the financing uses. */
async function moveBar(tx: Tx, line: CreditLineNow, move: Move): Promise<FailureCode | undefined> {
  if (move.kind === 'FREEZE') {
    return addFen(line.used, line.frozen, move.amount) > line.limit ? 'CREDIT_LINE_EXCEEDED' : undefined;
  }
  const moves = await tx.rows<{ move_no: string; ref_move_no: string; kind: CreditMoveKind; amount_fen: Fen }>(
    'select move_no, ref_move_no, kind, amount_fen from credit_move where financing_no = $1 and customer_no = $2',
    [move.financingNo, move.customerNo],
  );
  const sum = (kinds: readonly CreditMoveKind[], ref?: string): Fen =>
    addFen(
      ...moves
        .filter((each) => kinds.includes(each.kind) && (ref === undefined || each.ref_move_no === ref))
        .map((each) => each.amount_fen),
    );
  if (move.kind === 'RESTORE') {
    return subtractFen(sum(['DEDUCT']), sum(['RESTORE'])) < move.amount ? 'CREDIT_LINE_EXCEEDED' : undefined;
  }
  const freeze = moves.find((each) => each.kind === 'FREEZE' && each.move_no === move.refMoveNo);
  if (freeze === undefined) return 'HOLD_NOT_FOUND';
  return subtractFen(freeze.amount_fen, sum(['DEDUCT', 'RELEASE'], freeze.move_no)) < move.amount ? 'CREDIT_LINE_EXCEEDED' : undefined;
}

export interface LineMove {
  readonly customerNo: string;
  readonly moveNo: string;
  readonly financingNo: string;
  readonly refMoveNo: string;
  readonly kind: CreditMoveKind;
  readonly amount: Fen;
  readonly requestNo: string;
}

/** Books a move that was checked, with the line as it stands after it. */
export async function moveLine(tx: Tx, bank: Bank, line: CreditLineNow, move: LineMove): Promise<{ after: CreditLineNow; serial: string }> {
  const minus = fen(-move.amount);
  const [used, frozen] = {
    FREEZE: [ZERO, move.amount],
    DEDUCT: [move.amount, minus],
    RELEASE: [ZERO, minus],
    RESTORE: [minus, ZERO],
  }[move.kind] as [Fen, Fen];
  const after = { limit: line.limit, used: addFen(line.used, used), frozen: addFen(line.frozen, frozen) };
  const serial = await bank.numbers.next();
  const moment = bank.clock.now();
  await tx.rows(
    `with line as (update credit_line set used_fen = $10, frozen_fen = $11 where customer_no = $5)
     insert into credit_move (move_no, serial, bank_date, bank_time, customer_no, request_no, financing_no, ref_move_no, kind, used_fen,
       frozen_fen, amount_fen, limit_fen)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      move.moveNo,
      serial,
      moment.date,
      moment.time,
      move.customerNo,
      move.requestNo,
      move.financingNo,
      move.refMoveNo,
      move.kind,
      after.used,
      after.frozen,
      move.amount,
      after.limit,
    ],
  );
  return { after, serial: serialText(serial) };
}
