import type { AccountState } from '#bank/port';
import { Refusal } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { checkTerms } from '#kernel/interest';
import type { Method } from '#kernel/interest';
import { fen, parseYuan } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx, Work } from '#platform/database';
import { defineJob } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { connectedBank, createBankOrders, noticeBody, onNotice, onOutcome } from '#registers/bank-order';
import { lineFrozen } from '#registers/credit-line';
import { customerByNo, meetCustomer, refreshEAccount } from '#registers/identity';
import { bankFinancingIn } from './bank-financing';
import type { BankFinancing } from './bank-financing';
import type { Listing } from './listing';
import { listingLifecycle } from './listing.lifecycle';
import { listingRefusals } from './listing.refusals';

const apply = declareTransition(listingLifecycle, 'apply');
const decline = declareTransition(listingLifecycle, 'decline');
const takeUp = declareTransition(listingLifecycle, 'take_up');

/** What a borrower asks for; the operators set every other term while the listing is in review. */
export interface Application {
  readonly borrowerId: Uuid;
  readonly kind: Listing['kind'];
  readonly amount: Fen;
  readonly annualRatePpm: number;
  readonly term: { readonly months: number } | { readonly days: number };
  readonly method: Method;
  readonly purpose: string;
}

/** A listing that an operator enters from the bank's offline business or a third party: it begins in review. */
export interface OfflineListing extends Application {
  readonly source: 'bank_offline' | 'third_party';
}

/** An online application: pushed to the bank's credit system, whose decision comes later, by notice. @returns the listing's id */
export async function applyOnline(tx: Tx, application: Application, who: string): Promise<Uuid> {
  await lockDay(tx);
  const id = newId();
  const listingNo = listingNoOf(id);
  const customer = await borrowerOf(tx, application.borrowerId);
  await insertListing(tx, id, application, 'online', listingNo);
  await createBankOrders(tx, [
    {
      id: newId(),
      kind: 'FINANCING_APPLY',
      subjectId: id,
      listingId: id,
      amount: application.amount,
      instruction: {
        do: 'apply_financing',
        applicationNo: listingNo,
        customerNo: customer.customer_no,
        kind: application.kind,
        amount: application.amount,
        termMonths: 'months' in application.term ? application.term.months : null,
        termDays: 'days' in application.term ? application.term.days : null,
        purpose: application.purpose,
        fields: {},
      },
    },
  ]);
  await move(tx, apply, [{ id, patch: { application_no: listingNo } }], { cause: 'application', who });
  return id;
}

/** A listing from the bank's offline business or a third party. @returns the listing's id */
export async function enterListing(tx: Tx, listing: OfflineListing, who: string): Promise<Uuid> {
  await lockDay(tx);
  const id = newId();
  await borrowerOf(tx, listing.borrowerId);
  await insertListing(tx, id, listing, listing.source, listingNoOf(id));
  await move(tx, takeUp, [{ id }], { cause: 'entered', who });
  return id;
}

/** An application that was refused (or closed at the bank) ends here; an accepted one waits for the credit system's notices. */
onOutcome('FINANCING_APPLY', async (tx, decided, by) => {
  if (decided.outcome === 'done') return;
  await move(
    tx,
    decline,
    decided.orders.map((order) => ({ id: order.subject_id })),
    { ...by, alreadyMoved: 'skip' },
  );
});

/**
 * The credit system's two notices about one application, in any order: the decision with its freeze, and the financing that becomes a listing. A financing without an
 * application is the bank's own business.
 */
export const creditAnswerJob = defineJob({
  name: 'listing.credit-answer',
  lane: 'notices',
  limit: { rings: 50 },
  run: async (call) => {
    const body = await call.work.run((tx) => noticeBody(tx, call.job.subject));
    const pushed = bankFinancingIn(body);
    // Somebody whom we do not know, or without an account as far as we know: how he stands is asked at the bank.
    const account = pushed === undefined ? undefined : await accountOf(call.work, pushed.customerNo);
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const by = { cause: `notice:${call.job.subject}`, who: 'bank' };
      if (pushed !== undefined) await enterBankFinancing(tx, pushed, account, by);
      else await takeAnswer(tx, body, by);
      await call.done(tx);
    });
  },
});
async function takeAnswer(tx: Tx, body: Readonly<Record<string, unknown>>, by: { cause: string; who: string }): Promise<void> {
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE application_no = $1 FOR NO KEY UPDATE', [
    body['applicationNo'] ?? null,
  ]);
  // An application that nobody made here is another channel's.
  if (listing !== undefined) await takeCreditAnswer(tx, listing, body, by);
}

async function accountOf(work: Work, customerNo: string): Promise<AccountState | undefined> {
  const known = await work.read((tx) => customerByNo(tx, customerNo));
  return known?.accountStatus === 'ACTIVE' ? undefined : connectedBank().account({ customerNo });
}

/** A financing of the bank's own business becomes a listing in review, once by its number. It uses no line: its borrower's account is needed when it is approved. */
async function enterBankFinancing(
  tx: Tx,
  { financingNo, customerNo, terms }: BankFinancing,
  account: AccountState | undefined,
  by: { cause: string; who: string },
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('financing ' || $1, 0))`, [financingNo]);
  const [known] = await tx.query('SELECT 1 FROM listing WHERE financing_no = $1', [financingNo]);
  if (known !== undefined) return;
  const { id: borrowerId } = await meetCustomer(tx, customerNo);
  if (account !== undefined) await refreshEAccount(tx, borrowerId, account);
  const { price, ...asked } = terms;
  const id = newId();
  const application = { ...asked, borrowerId, ...(price ?? { annualRatePpm: 0, method: 'bullet' as const }) };
  await insertListing(tx, id, application, 'bank_offline', listingNoOf(id));
  await move(tx, takeUp, [{ id, patch: { financing_no: financingNo, is_price_open: price === undefined } }], by);
}

onNotice('CREDIT_DECIDED', creditAnswerJob.name);
onNotice('FINANCING_SUBMITTED', creditAnswerJob.name);

async function takeCreditAnswer(
  tx: Tx,
  listing: Listing,
  body: Readonly<Record<string, unknown>>,
  by: { cause: string; who: string },
): Promise<void> {
  if (listing.state !== 'in_credit') return;
  if (body['decision'] === 'DECLINED') {
    await move(tx, decline, [{ id: listing.id, patch: { withdrawn_reason: String(body['reason'] ?? '') } }], by);
    return;
  }
  const freezeNo = typeof body['freezeMoveNo'] === 'string' ? body['freezeMoveNo'] : listing.line_freeze_no;
  const financingNo = typeof body['financingNo'] === 'string' ? body['financingNo'] : listing.financing_no;
  await tx.execute('UPDATE listing SET line_freeze_no = $2, financing_no = $3, changed_at = clock_timestamp() WHERE id = $1', [
    listing.id,
    freezeNo,
    financingNo,
  ]);
  if (typeof body['freezeMoveNo'] === 'string') {
    await lineFrozen(tx, {
      listingId: listing.id,
      customerId: listing.borrower_id,
      moveNo: body['freezeMoveNo'],
      financingNo: financingNo ?? listing.listing_no,
      amount: parseYuan(String(body['amount'])),
      limit: parseYuan(String(body['limit'])),
    });
  }
  if (freezeNo !== null && financingNo !== null) await move(tx, takeUp, [{ id: listing.id }], by);
}

/** The borrower, with an account that can be paid. @throws Refusal BORROWER_ACCOUNT_MISSING */
export async function borrowerOf(tx: Tx, id: Uuid): Promise<{ customer_no: string; e_account_no: string }> {
  const [row] = await tx.query<{ customer_no: string; e_account_no: string | null; e_account_status: string }>(
    'SELECT customer_no, e_account_no, e_account_status FROM customer WHERE id = $1',
    [id],
  );
  if (row === undefined || row.e_account_no === null || row.e_account_status !== 'ACTIVE')
    throw new Refusal(listingRefusals.BORROWER_ACCOUNT_MISSING);
  return { customer_no: row.customer_no, e_account_no: row.e_account_no };
}

/** @throws Refusal PRINCIPAL_INVALID, RATE_INVALID, TERM_INVALID for what no schedule could be made of */
async function insertListing(tx: Tx, id: Uuid, application: Application, source: Listing['source'], listingNo: string): Promise<void> {
  checkTerms({ ...application, principal: application.amount });
  await tx.execute(
    `INSERT INTO listing (id, listing_no, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, term_days, method)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11)`,
    [
      id,
      listingNo,
      source,
      application.kind,
      application.borrowerId,
      application.purpose,
      fen(application.amount),
      application.annualRatePpm,
      'months' in application.term ? application.term.months : null,
      'days' in application.term ? application.term.days : null,
      application.method,
    ],
  );
}

/** The listing's number at the bank comes from its id, so that no sequence can ever give it twice. */
function listingNoOf(id: Uuid): string {
  return publicId('L', id).replace('_', '').toUpperCase();
}
