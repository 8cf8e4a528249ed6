import { z } from 'zod';
import { addFen, formatYuan, subtractFen } from '#kernel/money';
import type { DebitData, DebitRefundData } from '#bank/wire';
import { failed, succeeded } from '../answers';
import { ACCOUNTS } from '../bank';
import { openPage } from '../books/page';
import { numbered } from '../numbers';
import { findHold, keepHold, placing, placingBar, refuse } from './holds';
import { acting } from './service';
import { amount, number } from './shapes';

/** Hold mode `debit`: the money of an order is in the disbursement account at once. */
export const debitsPlace = acting('debits/place', placing, async (work, body) => {
  const page = await openPage(work.tx, work.bank, [body.accountNo, ACCOUNTS.disbursement], body.listingNo);
  const bar = await placingBar(work, page, body);
  if (bar !== undefined) return refuse(page, work, body, bar, 'DEBIT');
  const seq = await work.bank.numbers.next();
  const debitNo = numbered('X', seq);
  const wording = { kind: 'DEBIT', requestNo: work.requestNo, refNo: debitNo, listingNo: body.listingNo } as const;
  const serial = await page.move(page.account(body.accountNo)!, page.account(ACCOUNTS.disbursement)!, body.amount, wording);
  await page.write();
  await keepHold(work, body, { holdNo: debitNo, seq, mode: 'debit' });
  const data: DebitData = { debitNo, debitedAt: page.moment.time, seq: Number(seq) };
  return succeeded(data, page.moment, serial);
});

/** Gives a debit back in any number of parts, never more than was taken. */
export const debitsRefund = acting('debits/refund', z.strictObject({ debitNo: number, amount }), async (work, body) => {
  const debit = await findHold(work, body.debitNo, 'debit');
  const accountNo = debit?.account_no ?? '';
  const page = await openPage(work.tx, work.bank, [accountNo, ACCOUNTS.disbursement], debit?.listing_no ?? '');
  const wording = { kind: 'REFUND', requestNo: work.requestNo, refNo: body.debitNo, listingNo: debit?.listing_no ?? '' } as const;
  const account = page.account(accountNo);
  const source = page.account(ACCOUNTS.disbursement)!;
  const bar =
    debit === undefined || account === undefined
      ? 'HOLD_NOT_FOUND'
      : subtractFen(debit.amount_fen, debit.refunded_fen) < body.amount
        ? 'HOLD_ALREADY_USED'
        : (page.creditBar(account) ?? (page.available(source) < body.amount ? 'INSUFFICIENT_FUNDS' : undefined));
  if (bar !== undefined || debit === undefined || account === undefined) {
    const code = bar ?? 'HOLD_NOT_FOUND';
    const refused = await page.refuse(ACCOUNTS.disbursement, accountNo, body.amount, code, wording);
    await page.write();
    return failed(code, page.moment, refused);
  }
  const serial = await page.move(source, account, body.amount, wording);
  await page.write();
  await work.tx.rows('update hold set refunded_fen = refunded_fen + $2 where hold_no = $1', [body.debitNo, body.amount]);
  const data: DebitRefundData = {
    debitNo: body.debitNo,
    amount: formatYuan(debit.amount_fen),
    refunded: formatYuan(addFen(debit.refunded_fen, body.amount)),
  };
  return succeeded(data, page.moment, serial);
});
