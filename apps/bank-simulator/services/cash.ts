import { z } from 'zod';
import { failed, succeeded } from '../answers';
import { openPage, OUTSIDE } from '../books/page';
import { giveBackLater } from '../transfers/giving-back';
import { acting } from './service';
import { amount, number } from './shapes';

const shape = z.strictObject({ accountNo: number, amount });

/** Money from the customer's bound card to his e-account. */
export const accountsTopUp = acting('accounts/top-up', shape, async ({ tx, bank, requestNo }, body) => {
  const page = await openPage(tx, bank, [body.accountNo]);
  const wording = { kind: 'TOP_UP', requestNo } as const;
  const account = page.account(body.accountNo);
  const bar = account?.kind !== 'E' ? 'ACCOUNT_NOT_FOUND' : page.creditBar(account);
  if (account === undefined || bar !== undefined) {
    const code = bar ?? 'ACCOUNT_NOT_FOUND';
    const refused = await page.refuse('', body.accountNo, body.amount, code, wording);
    await page.write();
    return failed(code, page.moment, refused);
  }
  const serial = await page.move(page.account(OUTSIDE)!, account, body.amount, wording);
  await page.write();
  return succeeded({}, page.moment, serial);
});

/** The way back, to the same card 同卡进出; the card's bank may send it back days later. */
export const accountsWithdraw = acting('accounts/withdraw', shape, async ({ tx, bank, requestNo, faults }, body) => {
  const page = await openPage(tx, bank, [body.accountNo]);
  const wording = { kind: 'WITHDRAW', requestNo } as const;
  const account = page.account(body.accountNo);
  const bar = account?.kind !== 'E' ? 'ACCOUNT_NOT_FOUND' : page.debitBar(account);
  const short = account !== undefined && page.available(account) < body.amount;
  if (account === undefined || bar !== undefined || short) {
    const code = bar ?? (account !== undefined && account.judicial > 0n ? 'JUDICIAL_FREEZE' : 'INSUFFICIENT_FUNDS');
    const refused = await page.refuse(body.accountNo, '', body.amount, code, wording);
    await page.write();
    return failed(code, page.moment, refused);
  }
  const serial = await page.move(account, page.account(OUTSIDE)!, body.amount, wording);
  await page.write();
  const bounce = faults.find((fault) => fault.kind === 'bounce_withdrawal');
  if (bounce !== undefined) await giveBackLater(tx, bank, serial, bounce.days ?? 1);
  return succeeded({}, page.moment, serial);
});
