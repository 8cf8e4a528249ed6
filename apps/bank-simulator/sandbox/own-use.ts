import { z } from 'zod';
import { formatYuan, subtractFen, type Fen } from '#kernel/money';
import type { FinancingTerms } from '#bank/wire';
import { ACCOUNTS, type Bank } from '../bank';
import { endFreezeByCourt, freezeByCourt } from '../books/freezing';
import { openPage, OUTSIDE, type Page } from '../books/page';
import { json, problem, type Reply } from '../counter/http';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';
import { submitOffline } from '../services/financings';
import { fields, number, term, text } from '../services/shapes';
import { fenJson } from './customers';
import { DONE, withBody, type Route } from './route';

/** What account owners, payers and courts do at the bank by themselves. */
const NO_ACCOUNT = problem(404, 'NO_SUCH_ACCOUNT', '账户不存在 there is no such account');
const NOT_ENOUGH = problem(409, 'NOT_ENOUGH_MONEY', '余额不足 there is not that much');
const positive = fenJson.refine((amount) => amount > 0n, 'must be more than nothing');
const nothing = z.union([z.undefined(), z.strictObject({})]);

const movement = z.strictObject({
  kind: z.enum(['WITHDRAW', 'OWN', 'TOP_UP', 'INTEREST', 'COURT']),
  amountFen: positive,
  direction: z.enum(['in', 'out']).optional(),
});

const move = withBody('POST', '/sandbox/accounts/:accountNo/movements', movement, (bank, body, { params }) =>
  bank.cashier.serve(async (tx) => {
    const page = await openPage(tx, bank, [params['accountNo']!]);
    const account = page.account(params['accountNo']!);
    if (account === undefined || ['W', 'D', 'R', 'S'].includes(account.kind)) return NO_ACCOUNT;
    const outside = page.account(OUTSIDE)!;
    const comesIn = body.direction === undefined ? body.kind === 'TOP_UP' || body.kind === 'INTEREST' : body.direction === 'in';
    const wording = { kind: body.kind };
    if (comesIn) {
      if (page.creditBar(account) !== undefined) return problem(409, 'ACCOUNT_CLOSED', '账户已销户 the account is closed');
      const serial = await page.move(outside, account, body.amountFen, wording);
      return booked(tx, bank, page, body, account.accountNo, serial);
    }
    // A court takes what it froze; the owner has what is available.
    const there = body.kind === 'COURT' ? subtractFen(account.total, account.held) : page.available(account);
    if (there < body.amountFen || (body.kind !== 'COURT' && page.debitBar(account) !== undefined)) return NOT_ENOUGH;
    const serial = await page.move(account, outside, body.amountFen, wording);
    return booked(tx, bank, page, body, account.accountNo, serial);
  }),
);

async function booked(
  tx: Tx,
  bank: Bank,
  page: Page,
  body: { kind: string; amountFen: Fen },
  accountNo: string,
  bankSerialNo: string,
): Promise<Reply> {
  await page.write();
  const notice = { accountNo, amount: formatYuan(body.amountFen), requestNo: null, bankSerialNo };
  if (body.kind === 'TOP_UP') await tell(tx, bank, 'TOP_UP', notice);
  if (body.kind === 'WITHDRAW') await tell(tx, bank, 'WITHDRAWAL', notice);
  return json(201, { bankSerialNo, bankTime: page.moment.time, bankDate: page.moment.date });
}

const incoming = withBody(
  'POST',
  '/sandbox/incoming',
  z.strictObject({ virtualNo: number, payerName: text, amountFen: positive, remark: text.default('') }),
  (bank, body) =>
    bank.cashier.serve(async (tx) => {
      const [listing] = await tx.rows<{ listing_no: string }>('select listing_no from listing where virtual_no = $1', [body.virtualNo]);
      if (listing === undefined) return problem(404, 'NO_SUCH_VIRTUAL_NUMBER', '虚拟账号不存在 there is no such virtual number');
      const listingNo = listing.listing_no;
      const page = await openPage(tx, bank, [ACCOUNTS.repayment], listingNo);
      const serial = await page.move(page.account(OUTSIDE)!, page.account(ACCOUNTS.repayment)!, body.amountFen, {
        kind: 'INCOMING',
        listingNo,
      });
      await page.write();
      const { virtualNo, payerName, remark } = body;
      const bankDate = page.moment.date;
      const amount = formatYuan(body.amountFen);
      const accountNo = ACCOUNTS.repayment;
      await tell(tx, bank, 'INCOMING', { accountNo, virtualNo, listingNo, payerName, amount, remark, bankSerialNo: serial, bankDate });
      return json(201, { bankSerialNo: serial, bankTime: page.moment.time, bankDate });
    }),
);

const financing = withBody(
  'POST',
  '/sandbox/financings',
  z.strictObject({ customerNo: number, kind: text.min(1), amountFen: positive, term, purpose: text, fields: fields.default({}) }),
  (bank, body) =>
    bank.cashier.serve(async (tx) => {
      const [known] = await tx.rows('select 1 from customer where customer_no = $1', [body.customerNo]);
      if (known === undefined) return problem(404, 'NO_SUCH_CUSTOMER', '客户不存在 there is no such customer');
      const { customerNo, kind, term: asked, purpose } = body;
      const terms: FinancingTerms = { kind, amount: formatYuan(body.amountFen), term: asked, purpose, fields: body.fields };
      return json(201, { financingNo: await submitOffline(tx, bank, customerNo, terms) });
    }),
);

/** The owner takes what is left and closes his account; not while money of it is held. */
const close = withBody('POST', '/sandbox/accounts/:accountNo/close', nothing, (bank, _body, { params }) =>
  bank.cashier.serve(async (tx) => {
    const page = await openPage(tx, bank, [params['accountNo']!]);
    const account = page.account(params['accountNo']!);
    if (account === undefined || account.kind !== 'E') return NO_ACCOUNT;
    if (account.held > 0n || page.available(account) < account.total) {
      return problem(409, 'MONEY_IS_HELD', '账户有冻结金额 money of the account is held or frozen');
    }
    if (account.total > 0n) await page.move(account, page.account(OUTSIDE)!, account.total, { kind: 'WITHDRAW' });
    await page.write();
    return setStatus(tx, bank, account.accountNo, 'CLOSED', ['ACTIVE', 'FROZEN']);
  }),
);

const freeze = withBody('POST', '/sandbox/accounts/:accountNo/freeze', nothing, (bank, _body, { params }) =>
  bank.cashier.serve((tx) => setStatus(tx, bank, params['accountNo']!, 'FROZEN', ['ACTIVE'])),
);

const unfreeze = withBody('POST', '/sandbox/accounts/:accountNo/unfreeze', nothing, (bank, _body, { params }) =>
  bank.cashier.serve(async (tx) => {
    const freed = await endFreezeByCourt(tx, bank, params['accountNo']!);
    const reply = await setStatus(tx, bank, params['accountNo']!, 'ACTIVE', ['FROZEN']);
    return freed ? DONE : reply;
  }),
);

const judicialFreeze = withBody(
  'POST',
  '/sandbox/accounts/:accountNo/judicial-freeze',
  z.union([z.undefined(), z.strictObject({ amountFen: positive.optional() })]),
  (bank, body, { params }) =>
    bank.cashier.serve(async (tx) => ((await freezeByCourt(tx, bank, params['accountNo']!, body?.amountFen ?? null)) ? DONE : NO_ACCOUNT)),
);

async function setStatus(
  tx: Tx,
  bank: Bank,
  accountNo: string,
  status: 'ACTIVE' | 'FROZEN' | 'CLOSED',
  from: readonly string[],
): Promise<Reply> {
  const [row] = await tx.rows<{ customer_no: string | null }>(
    "update account set status = $2 where account_no = $1 and status = any($3) and kind in ('E', 'I') returning customer_no",
    [accountNo, status, from],
  );
  if (row === undefined) return problem(409, 'ACCOUNT_STATE', '账户不存在或状态不允许 there is no such account, or not in this state');
  await tell(tx, bank, 'ACCOUNT_CHANGED', { customerNo: row.customer_no, accountNo, status });
  return DONE;
}

export const ownUseRoutes: readonly Route[] = [move, incoming, financing, close, freeze, unfreeze, judicialFreeze];
