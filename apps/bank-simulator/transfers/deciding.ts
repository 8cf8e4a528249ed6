import { fen } from '#kernel/money';
import type { FailureCode, TransferData } from '#bank/wire';
import { failed, succeeded } from '../answers';
import type { Bank } from '../bank';
import { openPage, OUTSIDE } from '../books/page';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';
import { decideRequest } from '../requests';
import type { Asked } from './parties';
import { afterSuccess } from './submitting';

interface PendingRow {
  readonly system: TransferData['system'];
  readonly outcome: 'SUCCEEDED' | 'FAILED';
  readonly code: FailureCode | 'OK';
  readonly body: Omit<Asked, 'amount'> & { readonly amount: string };
  readonly return_after_days: number | null;
}

/** The other side has spoken: what was held on the source moves, or is free again. */
export async function decideTransfer(tx: Tx, bank: Bank, { requestNo }: { requestNo: string }): Promise<void> {
  const [row] = await tx.rows<PendingRow>(
    'delete from pending_transfer where request_no = $1 returning system, outcome, code, body, return_after_days',
    [requestNo],
  );
  if (row === undefined) return;
  const asked: Asked = { ...row.body, amount: fen(row.body.amount) };
  const page = await openPage(tx, bank, [asked.from, asked.to ?? OUTSIDE], asked.listingNo);
  const from = page.account(asked.from)!;
  const to = page.account(asked.to ?? OUTSIDE)!;
  const otherParty = asked.toCorporate?.accountNo ?? '';
  const wording = { kind: asked.kind, requestNo, listingNo: asked.listingNo, otherParty } as const;
  const bar = row.code === 'OK' ? page.creditBar(to) : row.code;
  if (bar !== undefined) {
    await page.release(from, asked.amount);
    const refused = await page.refuse(asked.from, asked.to ?? otherParty, asked.amount, bar, wording);
    await page.write();
    const { mayTell } = await decideRequest(tx, requestNo, failed(bar, page.moment, refused));
    if (mayTell) await tell(tx, bank, 'TRANSFER_DONE', { requestNo, status: 'FAILED', code: bar });
    return;
  }
  const serial = await page.moveHeld(from, to, asked.amount, wording);
  await page.write();
  await afterSuccess({ tx, bank }, asked, serial, row.return_after_days);
  const data: TransferData = { system: row.system };
  const { mayTell } = await decideRequest(tx, requestNo, succeeded(data, page.moment, serial));
  if (mayTell) await tell(tx, bank, 'TRANSFER_DONE', { requestNo, status: 'SUCCEEDED', code: 'OK' });
}
