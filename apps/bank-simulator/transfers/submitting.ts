import { z } from 'zod';
import type { Fen } from '#kernel/money';
import { TRANSFER_KINDS, type TransferData } from '#bank/wire';
import { failed, pending, succeeded, type Decision } from '../answers';
import type { Bank } from '../bank';
import { findListing } from '../books/listings';
import { openPage, OUTSIDE, type Page } from '../books/page';
import { customerOfSuspense, openSuspense } from '../books/suspense';
import type { PlannedFault } from '../faults/fault';
import { acting, type Work } from '../services/service';
import { amount, corporate, number, text } from '../services/shapes';
import { giveBackLater } from './giving-back';
import { transferBar, type Asked } from './parties';

const shape = z
  .strictObject({
    kind: z.enum(TRANSFER_KINDS),
    listingNo: number,
    from: number,
    to: number.optional(),
    toCorporate: corporate.optional(),
    amount,
    mandateNo: number.optional(),
    ref: text,
  })
  .refine((value) => (value.to === undefined) !== (value.toCorporate === undefined), 'needs either to or toCorporate');

/** HVPS 大额支付 carries amounts above this; BEPS 小额支付 the others, and everything while HVPS is closed. */
const HVPS_ABOVE = 5_000_000n;

/** Takes the amount or fails, never a part. Inside the bank it is booked at once; to another bank it travels first. */
export const transfersSubmit = acting('transfers/submit', shape, async (work, asked: Asked) => {
  const { tx, bank } = work;
  const parked = asked.kind === 'PARK' ? customerOfSuspense(asked.to ?? '') : undefined;
  if (parked !== undefined) await openSuspense(tx, parked);
  const listing = await findListing(tx, asked.listingNo);
  const page = await openPage(tx, bank, [asked.from, asked.to ?? OUTSIDE], asked.listingNo);
  const bar = await transferBar(tx, page, listing, asked);
  if (bar !== undefined) return refused(page, work, asked, bar);
  const stalling = work.faults.find((fault) => fault.kind.startsWith('processing_then_'));
  if (asked.toCorporate !== undefined || stalling !== undefined) return travel(page, work, asked, stalling);
  const to = page.account(asked.to!)!;
  const wording = { kind: asked.kind, requestNo: work.requestNo, listingNo: asked.listingNo } as const;
  const serial = await page.move(page.account(asked.from)!, to, asked.amount, wording);
  await page.write();
  await afterSuccess(work, asked, serial, returnAfter(work.faults));
  const data: TransferData = { system: 'BOOK' };
  return succeeded(data, page.moment, serial);
});

/** What a transfer that went through brings with it: the listing lives, and a planned return is noted. */
export async function afterSuccess(
  { tx, bank }: Pick<Work, 'tx' | 'bank'>,
  asked: Pick<Asked, 'kind' | 'listingNo'>,
  serial: string,
  returnAfterDays: number | null,
): Promise<void> {
  if (asked.kind === 'DISBURSE') {
    await tx.rows("update listing set status = 'REPAYING' where listing_no = $1 and status = 'COLLECTING'", [asked.listingNo]);
  }
  if (returnAfterDays !== null) await giveBackLater(tx, bank, serial, returnAfterDays);
}

function returnAfter(faults: readonly PlannedFault[]): number | null {
  const fault = faults.find(({ kind }) => kind === 'return_transfer');
  return fault === undefined ? null : (fault.days ?? 1);
}

async function refused(
  page: Page,
  work: Work,
  asked: Asked,
  code: NonNullable<Awaited<ReturnType<typeof transferBar>>>,
): Promise<Decision> {
  const wording = { kind: asked.kind, requestNo: work.requestNo, listingNo: asked.listingNo } as const;
  const serial = await page.refuse(asked.from, asked.to ?? asked.toCorporate?.accountNo ?? '', asked.amount, code, wording);
  await page.write();
  return failed(code, page.moment, serial);
}

/** The amount stays on the source as held until the other side has spoken. */
async function travel(page: Page, work: Work, asked: Asked, stalling: PlannedFault | undefined): Promise<Decision> {
  const { tx, bank, requestNo } = work;
  await page.hold(page.account(asked.from)!, asked.amount);
  await page.write();
  const system = asked.toCorporate === undefined ? 'BOOK' : systemFor(asked.amount, bank);
  const fails = stalling?.kind === 'processing_then_failure';
  const code = fails ? (stalling.code ?? 'CNAPS_UNKNOWN') : 'OK';
  await tx.rows(
    'insert into pending_transfer (request_no, system, outcome, code, body, return_after_days) values ($1, $2, $3, $4, $5, $6)',
    [requestNo, system, fails ? 'FAILED' : 'SUCCEEDED', code, bodyOf(asked), returnAfter(work.faults)],
  );
  const when = stalling?.days
    ? { onDate: bank.clock.dayAfter(stalling.days) }
    : { inMs: stalling?.delayMs ?? bank.options.transferDelayMs };
  await bank.agenda.note(tx, { kind: 'DECIDE_TRANSFER', subject: { requestNo }, ...when });
  const data: TransferData = { system };
  return pending('PROCESSING', data);
}

function systemFor(asked: Fen, bank: Bank): 'HVPS' | 'BEPS' {
  return asked > HVPS_ABOVE && bank.clock.hvpsIsOpen() ? 'HVPS' : 'BEPS';
}

function bodyOf(asked: Asked): string {
  return JSON.stringify({ ...asked, amount: asked.amount.toString() });
}
