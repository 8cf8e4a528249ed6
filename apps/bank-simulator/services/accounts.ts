import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { formatYuan, subtractFen, ZERO, type Fen } from '#kernel/money';
import { type AccountData, type AccountKind, type AccountStatus, type BalanceData } from '#bank/wire';
import { failed, succeeded, undecided } from '../answers';
import { ACCOUNTS } from '../bank';
import { keptByCourt } from '../books/page';
import type { Session } from '../database/connection';
import { acting, reading } from './service';
import { number, text, url } from './shapes';

const factors = z.strictObject({
  name: text.min(1),
  idNumber: text.min(1),
  cardNo: z.string().regex(/^\d{12,19}$/),
  mobile: z.string().regex(/^\d{11}$/),
  cardType: text.optional(),
});

/** Gives the customer a page on which he opens his e-account. What came of it: `accounts/query`, or the notice. */
export const accountsOpening = acting(
  'accounts/opening',
  z.strictObject({ customerNo: number, factors, returnUrl: url }),
  async ({ tx, bank, requestNo }, body) => {
    const moment = bank.clock.now();
    const [customer] = await tx.rows('select 1 from customer where customer_no = $1', [body.customerNo]);
    if (customer === undefined) return failed('ACCOUNT_NOT_FOUND', moment);
    const [live] = await tx.rows("select 1 from account where customer_no = $1 and kind = 'E' and status <> 'CLOSED'", [body.customerNo]);
    if (live !== undefined) return failed('LIMIT_EXCEEDED', moment);
    const ticket = randomBytes(16).toString('hex');
    await tx.rows('insert into opening (ticket, request_no, customer_no, card_no, return_url) values ($1, $2, $3, $4, $5)', [
      ticket,
      requestNo,
      body.customerNo,
      body.factors.cardNo,
      body.returnUrl,
    ]);
    return succeeded({ url: `${bank.url()}/pages/opening/${ticket}` }, moment);
  },
);

interface AccountRow {
  readonly account_no: string;
  readonly customer_no: string | null;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  readonly bound_card: string;
}

/** One account; by customer, his latest e-account, `OPENING` while he stands on the opening page, `NONE` before. */
export const accountsQuery = reading(
  'accounts/query',
  z.union([z.strictObject({ customerNo: number }), z.strictObject({ accountNo: number })]),
  async (session, bank, body) => {
    const moment = bank.clock.now();
    const row = 'customerNo' in body ? await ofCustomer(session, body.customerNo) : await ofNumber(session, body.accountNo);
    if (row !== undefined) return succeeded(accountData(row), moment);
    if ('accountNo' in body) return undecided('NOT_FOUND');
    const [opening] = await session.rows('select 1 from opening where customer_no = $1 and account_no is null', [body.customerNo]);
    const status: AccountStatus = opening === undefined ? 'NONE' : 'OPENING';
    const none: AccountData = { customerNo: body.customerNo, accountNo: null, status, kind: null, boundCard: null };
    return succeeded(none, moment);
  },
);

/** Balances of one account; D and R as a whole, or the part of one listing. */
export const accountsBalance = reading(
  'accounts/balance',
  z.strictObject({ accountNo: number, listingNo: number.optional() }),
  async (session, bank, body) => {
    const [row] = await session.rows<BalanceRow>(BALANCE, [body.accountNo, body.listingNo ?? null, ACCOUNTS.suspense]);
    if (row === undefined) return undecided('NOT_FOUND');
    const account = { total: row.total_fen, held: row.held_fen, judicialAll: row.judicial_all, judicial: row.judicial_fen };
    const otherFrozen = keptByCourt(account);
    const data: BalanceData = {
      accountNo: body.accountNo,
      available: formatYuan(subtractFen(subtractFen(row.total_fen, row.held_fen), otherFrozen)),
      held: formatYuan(row.held_fen),
      otherFrozen: formatYuan(otherFrozen),
      suspense: formatYuan(row.suspense_fen ?? ZERO),
      total: formatYuan(row.total_fen),
    };
    return succeeded(data, bank.clock.now());
  },
);

interface BalanceRow {
  readonly judicial_all: boolean;
  readonly judicial_fen: Fen;
  readonly total_fen: Fen;
  readonly held_fen: Fen;
  readonly suspense_fen: Fen | null;
}

const BALANCE = `
  select a.judicial_all, a.judicial_fen, coalesce(sum(p.total_fen), 0)::bigint as total_fen, coalesce(sum(p.held_fen), 0)::bigint as held_fen,
    (select s.total_fen from position s where s.account_no = $3 || '.' || a.customer_no) as suspense_fen
  from account a left join position p on p.account_no = a.account_no and ($2::text is null or p.listing_no = $2)
  where a.account_no = $1 and a.kind <> 'W' group by a.account_no`;

async function ofCustomer(session: Session, customerNo: string): Promise<AccountRow | undefined> {
  const [row] = await session.rows<AccountRow>(
    `select account_no, customer_no, kind, status, bound_card from account
     where customer_no = $1 and kind in ('E', 'I') order by opened_no desc limit 1`,
    [customerNo],
  );
  return row;
}

async function ofNumber(session: Session, accountNo: string): Promise<AccountRow | undefined> {
  const [row] = await session.rows<AccountRow>(
    "select account_no, customer_no, kind, status, bound_card from account where account_no = $1 and kind <> 'W'",
    [accountNo],
  );
  return row;
}

function accountData(row: AccountRow): AccountData {
  return {
    customerNo: row.customer_no,
    accountNo: row.account_no,
    status: row.status,
    kind: row.kind,
    boundCard: row.bound_card === '' ? null : masked(row.bound_card),
  };
}

function masked(cardNo: string): string {
  return `${cardNo.slice(0, 6)}${'*'.repeat(Math.max(0, cardNo.length - 10))}${cardNo.slice(-4)}`;
}
