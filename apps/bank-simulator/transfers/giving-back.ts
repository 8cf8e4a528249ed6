import type { Fen } from '#kernel/money';
import { formatYuan } from '#kernel/money';
import { suspenseAccountNo, type TransactionKind } from '#bank/wire';
import { ACCOUNTS, type Bank } from '../bank';
import { openPage, OUTSIDE, type AccountOnPage, type Page } from '../books/page';
import { openSuspense } from '../books/suspense';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';
import { serialText } from '../numbers';

interface GivingBack {
  readonly serial: string;
}

interface OriginalRow {
  readonly serial: bigint;
  readonly request_no: string;
  readonly item_no: string;
  readonly kind: TransactionKind;
  readonly from_account: string;
  readonly to_account: string;
  readonly from_listing: string;
  readonly to_listing: string;
  readonly other_party: string;
  readonly amount_fen: Fen;
  readonly listing_no: string;
}

/** The receiver's bank will send this transaction back when so many sandbox days have passed (0: within the same day). */
export async function giveBackLater(tx: Tx, bank: Bank, bankSerialNo: string, days: number): Promise<void> {
  const when = days === 0 ? { inMs: 200 } : { onDate: bank.clock.dayAfter(days) };
  await bank.agenda.note(tx, { kind: 'GIVE_BACK', subject: { serial: bankSerialNo }, ...when });
}

/** Books the `RETURN`: the original with from and to exchanged, under its numbers, on today's statement. */
export async function giveBack(tx: Tx, bank: Bank, subject: GivingBack): Promise<void> {
  const [original] = await tx.rows<OriginalRow>(
    `select serial, request_no, item_no, kind, from_account, to_account, from_listing, to_listing, other_party, amount_fen, listing_no
     from line where serial = $1 and moves and kind <> 'RETURN'`,
    [BigInt(subject.serial.slice(1))],
  );
  if (original === undefined) return;
  const { page, giver, taker } = await parties(tx, bank, original);
  const amount = original.amount_fen;
  if (giver.kind !== 'W' && page.available(giver) < amount) return giveBackLater(tx, bank, subject.serial, 1);
  const { request_no: requestNo, item_no: itemNo, listing_no: listingNo, other_party: otherParty } = original;
  const wording = { kind: 'RETURN', requestNo, itemNo, refNo: serialText(original.serial), listingNo, otherParty } as const;
  const bankSerialNo = await page.move(giver, taker, amount, wording);
  await page.write();
  await notify(tx, bank, original, { amount: formatYuan(amount), bankSerialNo, bankDate: page.moment.date }, taker.accountNo);
}

async function parties(tx: Tx, bank: Bank, original: OriginalRow): Promise<{ page: Page; giver: AccountOnPage; taker: AccountOnPage }> {
  const listingNo = original.from_listing || original.to_listing;
  const page = await openPage(tx, bank, [original.to_account, original.from_account], listingNo);
  const payer = page.account(original.from_account)!;
  if (page.creditBar(payer) === undefined || payer.customerNo === null) {
    return { page, giver: page.account(original.to_account)!, taker: payer };
  }
  // Whoever closed his account in the meantime finds the money in suspense.
  await openSuspense(tx, payer.customerNo);
  const suspense = suspenseAccountNo(ACCOUNTS.suspense, payer.customerNo);
  const wider = await openPage(tx, bank, [original.to_account, suspense], listingNo);
  return { page: wider, giver: wider.account(original.to_account) ?? wider.account(OUTSIDE)!, taker: wider.account(suspense)! };
}

async function notify(
  tx: Tx,
  bank: Bank,
  original: OriginalRow,
  returned: { amount: string; bankSerialNo: string; bankDate: string },
  accountNo: string,
): Promise<void> {
  const originalBankSerialNo = serialText(original.serial);
  const requestNo = original.request_no;
  if (requestNo !== '') {
    await tx.rows('update request set returned = $2 where request_no = $1', [requestNo, JSON.stringify(returned)]);
  }
  if (original.kind === 'WITHDRAW') {
    await tell(tx, bank, 'WITHDRAWAL_BOUNCED', { accountNo, requestNo: requestNo || null, originalBankSerialNo, ...returned });
  } else {
    await tell(tx, bank, 'TRANSFER_RETURNED', { requestNo, originalBankSerialNo, ...returned });
  }
}
