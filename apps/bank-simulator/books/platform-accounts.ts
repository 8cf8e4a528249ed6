import { addDays } from '#kernel/time';
import { fen, type Fen } from '#kernel/money';
import { ACCOUNTS, type Bank } from '../bank';
import type { Tx } from '../database/cashier';
import { OUTSIDE } from './page';
import { writePage } from './writing';

/** What the bank's own accounts had before the sandbox's first day: it stands in no statement, only in the first opening. */
const ENDOWMENT: readonly { readonly accountNo: string; readonly kind: 'B' | 'F' | 'M'; readonly amount: Fen }[] = [
  { accountNo: ACCOUNTS.advance, kind: 'B', amount: fen(100_000_000_000n) },
  { accountNo: ACCOUNTS.fee, kind: 'F', amount: fen(1_000_000_000n) },
  { accountNo: ACCOUNTS.marketing, kind: 'M', amount: fen(1_000_000_000n) },
];

/** Opens the accounts that serve the whole platform, once. */
export async function enterPlatformAccounts(tx: Tx, bank: Bank): Promise<void> {
  const entered = await tx.rows(
    `insert into account (account_no, kind, name, status) values
       ($1, 'W', '行外', 'ACTIVE'), ($2, 'D', '代付户', 'ACTIVE'), ($3, 'R', '还款代付归集户', 'ACTIVE'), ($4, 'B', '垫款户', 'ACTIVE'),
       ($5, 'F', '运营方手续费户', 'ACTIVE'), ($6, 'M', '运营方营销户', 'ACTIVE')
     on conflict (account_no) do nothing returning account_no`,
    [OUTSIDE, ACCOUNTS.disbursement, ACCOUNTS.repayment, ACCOUNTS.advance, ACCOUNTS.fee, ACCOUNTS.marketing],
  );
  if (entered.length === 0) return;
  const moment = bank.clock.now();
  const eve = { ...moment, date: addDays(moment.date, -1) };
  const lines = [];
  for (const { accountNo: to, amount } of ENDOWMENT) {
    const serial = await bank.numbers.next();
    const words = { requestNo: '', itemNo: '', kind: 'TOP_UP', refNo: '', otherParty: '', listingNo: '', code: '' };
    lines.push({ ...words, serial, from: OUTSIDE, fromListing: '', to, toListing: '', amount, moves: true, status: 'SUCCEEDED' as const });
  }
  const positions = ENDOWMENT.map(({ accountNo, kind, amount }) => ({ accountNo, kind, listingNo: '', total: amount, held: fen(0) }));
  const outside = fen(-ENDOWMENT.reduce((sum, { amount }) => sum + amount, 0n));
  await writePage(tx, eve, lines, [...positions, { accountNo: OUTSIDE, kind: 'W', listingNo: '', total: outside, held: fen(0) }]);
  await tx.rows("update position set opening_fen = total_fen where kind <> 'W'");
}
