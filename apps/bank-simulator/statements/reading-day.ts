import { subtractFen, type Fen } from '#kernel/money';
import {
  balanceLine,
  creditLine,
  transactionLine,
  type AccountKind,
  type CreditMoveKind,
  type StatementType,
  type TransactionKind,
} from '#bank/wire';
import { keptByCourt, OUTSIDE } from '../books/page';
import type { Session } from '../database/connection';
import { serialText } from '../numbers';

/** A D line with the amount that the trailer adds up. */
export interface DayLine {
  readonly text: string;
  readonly amount: Fen;
}

/** The D lines of a statement day, out of the books as they stand. Balances only at the cut: they know no yesterday. */
export function readDay(session: Session, type: StatementType, bankDate: string): Promise<DayLine[]> {
  if (type === 'TRANSACTIONS') return transactions(session, bankDate);
  return type === 'BALANCES' ? balances(session, bankDate) : credit(session, bankDate);
}

interface LineRow {
  readonly serial: bigint;
  readonly bank_time: string;
  readonly request_no: string;
  readonly item_no: string;
  readonly kind: TransactionKind;
  readonly ref_no: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly other_party: string;
  readonly amount_fen: Fen;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly code: string;
  readonly listing_no: string;
}

async function transactions(session: Session, bankDate: string): Promise<DayLine[]> {
  const rows = await session.rows<LineRow>(
    `select serial, bank_time, request_no, item_no, kind, ref_no, from_account, to_account, other_party, amount_fen, status, code, listing_no
     from line where bank_date = $1 order by serial`,
    [bankDate],
  );
  const shown = (accountNo: string, other: string): string => (accountNo === OUTSIDE ? other : accountNo);
  return rows.map((row) => ({
    amount: row.amount_fen,
    text: transactionLine({
      requestNo: row.request_no,
      itemNo: row.item_no,
      kind: row.kind,
      refNo: row.ref_no,
      bankSerialNo: serialText(row.serial),
      fromAccount: shown(row.from_account, row.other_party),
      toAccount: shown(row.to_account, row.other_party),
      amount: row.amount_fen,
      status: row.status,
      code: row.code,
      bankTime: row.bank_time,
      listingNo: row.listing_no,
    }),
  }));
}

interface BalanceRow {
  readonly account_no: string;
  readonly listing_no: string;
  readonly kind: AccountKind;
  readonly judicial_all: boolean;
  readonly judicial_fen: Fen;
  readonly total_fen: Fen;
  readonly held_fen: Fen;
  readonly opening_fen: Fen;
}

/** Every account; of D and R the listings that are open, have money, or moved on this day. */
async function balances(session: Session, bankDate: string): Promise<DayLine[]> {
  const rows = await session.rows<BalanceRow>(
    `select p.account_no, p.listing_no, p.kind, a.judicial_all, a.judicial_fen, p.total_fen, p.held_fen, p.opening_fen
     from position p join account a using (account_no) left join listing l on l.listing_no = p.listing_no
     where p.kind <> 'W' and (p.kind not in ('D', 'R') or p.total_fen <> 0 or p.opening_fen <> 0 or p.moved_on = $1
       or l.status in ('COLLECTING', 'REPAYING'))
     order by p.account_no, p.listing_no`,
    [bankDate],
  );
  return rows.map((row) => {
    const otherFrozen = keptByCourt({
      total: row.total_fen,
      held: row.held_fen,
      judicialAll: row.judicial_all,
      judicial: row.judicial_fen,
    });
    const text = balanceLine({
      accountNo: row.account_no,
      listingNo: row.listing_no,
      kind: row.kind,
      opening: row.opening_fen,
      available: subtractFen(subtractFen(row.total_fen, row.held_fen), otherFrozen),
      held: row.held_fen,
      otherFrozen,
      total: row.total_fen,
    });
    return { amount: row.total_fen, text };
  });
}

interface CreditRow {
  readonly move_no: string;
  readonly serial: bigint;
  readonly bank_time: string;
  readonly request_no: string;
  readonly financing_no: string;
  readonly customer_no: string;
  readonly kind: CreditMoveKind;
  readonly amount_fen: Fen;
  readonly used_fen: Fen;
  readonly frozen_fen: Fen;
  readonly limit_fen: Fen;
}

async function credit(session: Session, bankDate: string): Promise<DayLine[]> {
  const rows = await session.rows<CreditRow>(
    `select move_no, serial, bank_time, request_no, financing_no, customer_no, kind, amount_fen, used_fen, frozen_fen, limit_fen
     from credit_move where bank_date = $1 order by serial`,
    [bankDate],
  );
  return rows.map((row) => ({
    amount: row.amount_fen,
    text: creditLine({
      requestNo: row.request_no,
      moveNo: row.move_no,
      financingNo: row.financing_no,
      customerNo: row.customer_no,
      kind: row.kind,
      amount: row.amount_fen,
      used: row.used_fen,
      frozen: row.frozen_fen,
      limit: row.limit_fen,
      bankSerialNo: serialText(row.serial),
      bankTime: row.bank_time,
    }),
  }));
}
