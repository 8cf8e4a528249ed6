import { fenToJson, subtractFen, ZERO, type Fen } from '#kernel/money';
import { keptByCourt } from '../books/page';
import type { Session } from '../database/connection';
import { json, type Reply } from '../counter/http';
import { serialText } from '../numbers';
import { get, type Asking, type Route } from './route';

interface PositionRow {
  readonly account_no: string;
  readonly listing_no: string;
  readonly kind: string;
  readonly customer_no: string | null;
  readonly name: string;
  readonly status: string;
  readonly judicial_all: boolean;
  readonly judicial_fen: Fen;
  readonly total_fen: Fen;
  readonly held_fen: Fen;
  readonly opening_fen: Fen;
}

/** `GET /sandbox/books`: every account, D and R per listing, and sums; with `?movements=1` every movement, paged by serial. */
const books = get('/sandbox/books', async (bank, asking) => {
  if (asking.query.get('movements') === '1') return movements(bank.reading, asking);
  const rows = await bank.reading.rows<PositionRow>(
    `select p.account_no, p.listing_no, p.kind, a.customer_no, a.name, a.status, a.judicial_all, a.judicial_fen, p.total_fen, p.held_fen,
       p.opening_fen
     from position p join account a using (account_no)
     where ($1::text is null or p.account_no = $1) and ($2::text is null or p.listing_no = $2) order by p.account_no, p.listing_no`,
    [asking.query.get('accountNo'), asking.query.get('listingNo')],
  );
  const sums: Record<string, bigint> = {};
  for (const row of rows) sums[row.kind] = (sums[row.kind] ?? 0n) + row.total_fen;
  const all = Object.values(sums).reduce((sum, each) => sum + each, 0n);
  return json(200, {
    bankDate: bank.clock.openDay(),
    accounts: rows.map(accountJson),
    sumsFen: Object.fromEntries(Object.entries(sums).map(([kind, sum]) => [kind, Number(sum)])),
    /** Zero in whole books: what is outside (W) is the other side of everything inside. */
    totalFen: Number(all),
  });
});

function accountJson(row: PositionRow): Record<string, unknown> {
  const court = keptByCourt({ total: row.total_fen, held: row.held_fen, judicialAll: row.judicial_all, judicial: row.judicial_fen });
  const otherFrozen = row.kind === 'W' ? ZERO : court;
  return {
    accountNo: row.account_no,
    listingNo: row.listing_no,
    kind: row.kind,
    customerNo: row.customer_no,
    name: row.name,
    status: row.status,
    openingFen: fenToJson(row.opening_fen),
    availableFen: fenToJson(subtractFen(subtractFen(row.total_fen, row.held_fen), otherFrozen)),
    heldFen: fenToJson(row.held_fen),
    otherFrozenFen: fenToJson(otherFrozen),
    totalFen: fenToJson(row.total_fen),
  };
}

interface LineRow {
  readonly serial: bigint;
  readonly bank_date: string;
  readonly bank_time: string;
  readonly request_no: string;
  readonly item_no: string;
  readonly kind: string;
  readonly ref_no: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly other_party: string;
  readonly amount_fen: Fen;
  readonly moves: boolean;
  readonly status: string;
  readonly code: string;
  readonly listing_no: string;
}

const PAGE_MOST = 10_000;

async function movements(session: Session, { query }: Asking): Promise<Reply> {
  const limit = Math.min(PAGE_MOST, Math.max(1, Math.trunc(Number(query.get('limit') ?? 1000)) || 1));
  const rows = await session.rows<LineRow>(
    `select serial, bank_date, bank_time, request_no, item_no, kind, ref_no, from_account, to_account, other_party, amount_fen, moves,
       status, code, listing_no
     from line where serial > $1 and ($2::text is null or from_account = $2 or to_account = $2) and ($3::text is null or listing_no = $3)
     order by serial limit $4`,
    [
      BigInt(/^B?\d{1,18}$/.exec(query.get('after') ?? '')?.[0].replace('B', '') ?? 0),
      query.get('accountNo'),
      query.get('listingNo'),
      limit,
    ],
  );
  const shown = rows.map((row) => ({
    bankSerialNo: serialText(row.serial),
    bankDate: row.bank_date,
    bankTime: row.bank_time,
    requestNo: row.request_no,
    itemNo: row.item_no,
    kind: row.kind,
    refNo: row.ref_no,
    fromAccount: row.from_account,
    toAccount: row.to_account,
    otherParty: row.other_party,
    amountFen: fenToJson(row.amount_fen),
    moves: row.moves,
    status: row.status,
    code: row.code,
    listingNo: row.listing_no,
  }));
  return json(200, { movements: shown, next: rows.length === limit ? shown.at(-1)!.bankSerialNo : null });
}

interface ConfirmationRow {
  readonly bank_date: string;
  readonly type: string;
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  readonly published: boolean;
  readonly result: string | null;
}

/** `GET /sandbox/confirmations`: every file with the latest result that the platform confirmed for it, or null. */
const confirmations = get('/sandbox/confirmations', async (bank) => {
  const rows = await bank.reading.rows<ConfirmationRow>(
    `select s.bank_date, s.type, s.name, s.version, s.sha256, s.published,
       (select c.result from confirmation c where c.name = s.name order by c.made_at desc, c.request_no desc limit 1) as result
     from statement s order by s.bank_date, s.type, s.version`,
  );
  const files = rows.map((row) => {
    const { bank_date: bankDate, type, name, version, sha256, published, result } = row;
    return { bankDate, type, name, version, sha256, published, result };
  });
  return json(200, { confirmations: files });
});

/** `GET /sandbox/credit`: every credit line and its movements, for checkers. */
const credit = get('/sandbox/credit', async (bank) => {
  const lines = await bank.reading.rows<{ customer_no: string; limit_fen: Fen; used_fen: Fen; frozen_fen: Fen }>(
    'select customer_no, limit_fen, used_fen, frozen_fen from credit_line order by customer_no',
  );
  return json(200, {
    lines: lines.map((row) => ({
      customerNo: row.customer_no,
      limitFen: fenToJson(row.limit_fen),
      usedFen: fenToJson(row.used_fen),
      frozenFen: fenToJson(row.frozen_fen),
    })),
  });
});

/** `GET /sandbox/quiet`: whether the bank has anything to send or to decide by itself today. */
const quiet = get('/sandbox/quiet', async (bank) => {
  const [row] = await bank.reading.rows<{ due: bigint }>('select count(*) as due from agenda where due_at is not null');
  const notices = bank.delivery.waiting();
  const agenda = Number(row!.due);
  return json(200, { quiet: notices === 0 && agenda === 0, notices, agenda });
});

export const lookingRoutes: readonly Route[] = [books, confirmations, credit, quiet];
