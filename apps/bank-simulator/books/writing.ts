import type { Fen } from '#kernel/money';
import type { BankMoment } from '../clock';
import type { Tx } from '../database/cashier';

/** A line as it goes into the table. */
export interface WrittenLine {
  readonly serial: bigint;
  readonly requestNo: string;
  readonly itemNo: string;
  readonly kind: string;
  readonly refNo: string;
  readonly from: string;
  readonly fromListing: string;
  readonly to: string;
  readonly toListing: string;
  readonly otherParty: string;
  readonly amount: Fen;
  readonly moves: boolean;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly code: string;
  readonly listingNo: string;
}

export interface WrittenPosition {
  readonly accountNo: string;
  readonly listingNo: string;
  readonly kind: string;
  readonly total: Fen;
  readonly held: Fen;
}

/** Writes lines and the positions that they led to in one statement, however many there are. */
export async function writePage(
  tx: Tx,
  moment: BankMoment,
  lines: readonly WrittenLine[],
  positions: readonly WrittenPosition[],
): Promise<void> {
  if (lines.length === 0 && positions.length === 0) return;
  await tx.rows(WRITE, [moment.date, moment.time, JSON.stringify(lines.map(lineRow)), JSON.stringify(positions.map(positionRow))]);
}

const WRITE = `
  with written as (
    insert into line (serial, bank_date, bank_time, request_no, item_no, kind, ref_no, from_account, from_listing, to_account, to_listing,
      other_party, amount_fen, moves, status, code, listing_no)
    select a.serial, $1, $2, a.request_no, a.item_no, a.kind, a.ref_no, a.from_account, a.from_listing, a.to_account, a.to_listing,
      a.other_party, a.amount_fen, a.moves, a.status, a.code, a.listing_no
    from json_to_recordset($3::json) as a (serial bigint, request_no text, item_no text, kind text, ref_no text, from_account text,
      from_listing text, to_account text, to_listing text, other_party text, amount_fen bigint, moves boolean, status text, code text,
      listing_no text)
  )
  insert into position (account_no, listing_no, kind, total_fen, held_fen, moved_on)
  select b.account_no, b.listing_no, b.kind, b.total_fen, b.held_fen, $1
  from json_to_recordset($4::json) as b (account_no text, listing_no text, kind text, total_fen bigint, held_fen bigint)
  on conflict (account_no, listing_no) do update
    set total_fen = excluded.total_fen, held_fen = excluded.held_fen, moved_on = excluded.moved_on`;

function lineRow(line: WrittenLine): Record<string, unknown> {
  return {
    serial: line.serial.toString(),
    request_no: line.requestNo,
    item_no: line.itemNo,
    kind: line.kind,
    ref_no: line.refNo,
    from_account: line.from,
    from_listing: line.fromListing,
    to_account: line.to,
    to_listing: line.toListing,
    other_party: line.otherParty,
    amount_fen: line.amount.toString(),
    moves: line.moves,
    status: line.status,
    code: line.code,
    listing_no: line.listingNo,
  };
}

function positionRow(position: WrittenPosition): Record<string, unknown> {
  return {
    account_no: position.accountNo,
    listing_no: position.listingNo,
    kind: position.kind,
    total_fen: position.total.toString(),
    held_fen: position.held.toString(),
  };
}
