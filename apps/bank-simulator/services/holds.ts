import { z } from 'zod';
import { addFen, formatYuan, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { FailureCode, HoldData, ReleaseData, TransactionKind } from '#bank/wire';
import { failed, succeeded, type Decision } from '../answers';
import { ACCOUNTS } from '../bank';
import { findListing } from '../books/listings';
import { openPage, type Page } from '../books/page';
import { numbered } from '../numbers';
import { acting, type Work } from './service';
import { amount, number } from './shapes';

/** What an investor's order asks of his account: a hold, or in debit mode the money itself. */
export const placing = z.strictObject({ accountNo: number, listingNo: number, orderNo: number, amount });
export type Placing = z.output<typeof placing>;

/** Holds money of an order in the customer's e-account. */
export const holdsPlace = acting('holds/place', placing, async (work, body) => {
  const page = await openPage(work.tx, work.bank, [body.accountNo]);
  const bar = await placingBar(work, page, body);
  if (bar !== undefined) return refuse(page, work, body, bar, 'HOLD', body.accountNo);
  const seq = await work.bank.numbers.next();
  const holdNo = numbered('H', seq);
  const wording = { kind: 'HOLD', requestNo: work.requestNo, refNo: holdNo, listingNo: body.listingNo } as const;
  const serial = await page.hold(page.account(body.accountNo)!, body.amount, wording);
  await page.write();
  await keepHold(work, body, { holdNo, seq, mode: 'hold' });
  const data: HoldData = { holdNo, heldAt: page.moment.time, heldSeq: Number(seq) };
  return succeeded(data, page.moment, serial);
});

/** Gives a hold back, the whole or a part; used and released together are never more than was held. */
export const holdsRelease = acting('holds/release', z.strictObject({ holdNo: number, amount }), async (work, body) => {
  const hold = await findHold(work, body.holdNo, 'hold');
  const page = await openPage(work.tx, work.bank, hold === undefined ? [] : [hold.account_no]);
  const wording = { kind: 'RELEASE', requestNo: work.requestNo, refNo: body.holdNo, listingNo: hold?.listing_no ?? '' } as const;
  const left = hold === undefined ? ZERO : subtractFen(hold.amount_fen, addFen(hold.used_fen, hold.released_fen));
  const account = page.account(hold?.account_no ?? '');
  if (hold === undefined || account === undefined || left < body.amount) {
    const code = hold === undefined ? 'HOLD_NOT_FOUND' : 'HOLD_ALREADY_USED';
    const refused = await page.refuse(hold?.account_no ?? '', hold?.account_no ?? '', body.amount, code, wording);
    await page.write();
    return failed(code, page.moment, refused);
  }
  const serial = await page.release(account, body.amount, wording);
  await page.write();
  await work.tx.rows('update hold set released_fen = released_fen + $2 where hold_no = $1', [body.holdNo, body.amount]);
  const data: ReleaseData = {
    holdNo: body.holdNo,
    amount: formatYuan(hold.amount_fen),
    used: formatYuan(hold.used_fen),
    released: formatYuan(addFen(hold.released_fen, body.amount)),
  };
  return succeeded(data, page.moment, serial);
});

/** Why an order's money cannot be held or taken; the order of the checks is the order in which a customer should hear of them. */
export async function placingBar(work: Work, page: Page, body: Placing): Promise<FailureCode | undefined> {
  const listing = await findListing(work.tx, body.listingNo);
  if (listing === undefined) return 'LISTING_NOT_FOUND';
  if (listing.status !== 'COLLECTING') return 'LISTING_STATE';
  const account = page.account(body.accountNo);
  if (account === undefined) return 'ACCOUNT_NOT_FOUND';
  if (account.kind !== 'E') return 'PARTY_NOT_ALLOWED';
  const bar = page.debitBar(account);
  if (bar !== undefined) return bar;
  if (page.available(account) >= body.amount) return undefined;
  return account.judicial > 0n ? 'JUDICIAL_FREEZE' : 'INSUFFICIENT_FUNDS';
}

export async function keepHold(work: Work, body: Placing, hold: { holdNo: string; seq: bigint; mode: 'hold' | 'debit' }): Promise<void> {
  await work.tx.rows(
    `insert into hold (hold_no, seq, account_no, listing_no, order_no, mode, amount_fen, used_fen)
     values ($1, $2, $3, $4, $5, $6::text, $7::bigint, case when $6::text = 'debit' then $7::bigint else 0 end)`,
    [hold.holdNo, hold.seq, body.accountNo, body.listingNo, body.orderNo, hold.mode, body.amount],
  );
}

export interface HoldRow {
  readonly account_no: string;
  readonly listing_no: string;
  readonly amount_fen: Fen;
  readonly used_fen: Fen;
  readonly released_fen: Fen;
  readonly refunded_fen: Fen;
}

export async function findHold(work: Work, holdNo: string, mode: 'hold' | 'debit'): Promise<HoldRow | undefined> {
  const [row] = await work.tx.rows<HoldRow>(
    'select account_no, listing_no, amount_fen, used_fen, released_fen, refunded_fen from hold where hold_no = $1 and mode = $2',
    [holdNo, mode],
  );
  return row;
}

export async function refuse(
  page: Page,
  work: Work,
  body: Placing,
  code: FailureCode,
  kind: TransactionKind,
  to: string = ACCOUNTS.disbursement,
): Promise<Decision> {
  const wording = { kind, requestNo: work.requestNo, listingNo: body.listingNo };
  const serial = await page.refuse(body.accountNo, to, body.amount, code, wording);
  await page.write();
  return failed(code, page.moment, serial);
}
