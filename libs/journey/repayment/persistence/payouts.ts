import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { NewRow } from '#platform/transitions';

/** Money that is to go to one person. Without a share it is what the borrower paid beyond his dues. */
export interface PayoutDraft {
  readonly shareId: Uuid | null;
  readonly instalmentId: Uuid | null;
  readonly claimId: Uuid | null;
  readonly customerId: Uuid;
  readonly accountId: Uuid;
  readonly amount: Fen;
}

/** One row of `payout`, as the stages use it. */
export interface Payout {
  readonly id: Uuid;
  readonly loanId: Uuid;
  readonly listingId: Uuid;
  readonly customerId: Uuid;
  readonly accountId: Uuid;
  readonly amount: Fen;
  readonly isExcess: boolean;
  readonly firstRefusedOn: BusinessDate | null;
}

/** A payout that is not written yet, with where its money comes from. */
export interface NewPayout extends Payout {
  readonly shareId: Uuid | null;
  readonly instalmentId: Uuid | null;
  readonly claimId: Uuid | null;
  /** The charge or advance that brought the money. */
  readonly incomingId: Uuid;
  readonly dueOn: BusinessDate;
}

/** The payouts that one incoming order makes, not written yet. */
export function newPayouts(
  source: Pick<NewPayout, 'loanId' | 'listingId' | 'incomingId' | 'dueOn'>,
  drafts: readonly PayoutDraft[],
): NewPayout[] {
  return drafts.map((draft) => ({ ...source, ...draft, id: newId(), isExcess: draft.shareId === null, firstRefusedOn: null }));
}

/** The row of a payout that is written with its first bank order. A share gets one per incoming order, for ever (defect 28: a batch made twice). */
export function rowOf(payout: NewPayout, bankOrderId: Uuid): NewRow {
  return {
    id: payout.id,
    share_id: payout.shareId,
    instalment_id: payout.instalmentId,
    claim_id: payout.claimId,
    customer_id: payout.customerId,
    account_id: payout.accountId,
    amount_fen: payout.amount,
    loan_id: payout.loanId,
    listing_id: payout.listingId,
    incoming_id: payout.incomingId,
    due_on: payout.dueOn,
    bank_order_id: bankOrderId,
  };
}

/** Payouts of some loans that were refused and wait for another try. */
export async function refusedPayouts(tx: Tx, loanIds: readonly Uuid[]): Promise<Payout[]> {
  const rows = await tx.query<PayoutRow>(
    `SELECT id, loan_id, listing_id, customer_id, account_id, amount_fen, share_id, first_refused_on FROM payout
     WHERE state = 'due' AND loan_id = ANY($1::uuid[]) ORDER BY id`,
    [loanIds],
  );
  return rows.map(payoutOf);
}

/** Parked payouts whose customers have an active account: all of them, or one. */
export async function reachablePayouts(tx: Tx, only: Uuid | null): Promise<Payout[]> {
  const rows = await tx.query<PayoutRow>(
    `SELECT p.id, p.loan_id, p.listing_id, p.customer_id, p.account_id, p.amount_fen, p.share_id, p.first_refused_on
     FROM payout p JOIN customer c ON c.id = p.customer_id
     WHERE p.state = 'parked' AND c.e_account_status = 'ACTIVE' AND c.e_account_no IS NOT NULL AND ($1::uuid IS NULL OR p.id = $1) ORDER BY p.id`,
    [only],
  );
  return rows.map(payoutOf);
}

/** Loans with payouts that wait for another try. */
export async function loansWithRefusedPayouts(tx: Tx): Promise<Uuid[]> {
  const rows = await tx.query<{ loan_id: Uuid }>(`SELECT DISTINCT loan_id FROM payout WHERE state = 'due' ORDER BY loan_id`);
  return rows.map((row) => row.loan_id);
}

/** Numbers of the customers of some payouts: the customer's own at the bank, and the e-account that he has now. */
export interface CustomerNumbers {
  readonly customerNo: string;
  readonly eAccountNo: string | null;
}

/** The bank's numbers of some customers. */
export async function customerNumbers(tx: Tx, customerIds: readonly Uuid[]): Promise<Map<Uuid, CustomerNumbers>> {
  const rows = await tx.query<{ id: Uuid; customer_no: string; e_account_no: string | null }>(
    'SELECT id, customer_no, e_account_no FROM customer WHERE id = ANY($1::uuid[])',
    [[...new Set(customerIds)]],
  );
  return new Map(rows.map((row) => [row.id, { customerNo: row.customer_no, eAccountNo: row.e_account_no }]));
}

/** What is known of payouts when the bank has refused them: how often before, and since when. */
export async function refusalsOf(
  tx: Tx,
  ids: readonly Uuid[],
): Promise<Map<Uuid, { attempts: number; firstRefusedOn: BusinessDate | null }>> {
  const rows = await tx.query<{ id: Uuid; attempts: number; first_refused_on: BusinessDate | null }>(
    'SELECT id, attempts, first_refused_on FROM payout WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, { attempts: row.attempts, firstRefusedOn: row.first_refused_on }]));
}

interface PayoutRow {
  readonly id: Uuid;
  readonly loan_id: Uuid;
  readonly listing_id: Uuid;
  readonly customer_id: Uuid;
  readonly account_id: Uuid;
  readonly amount_fen: bigint;
  readonly share_id: Uuid | null;
  readonly first_refused_on: BusinessDate | null;
}

function payoutOf(row: PayoutRow): Payout {
  return {
    id: row.id,
    loanId: row.loan_id,
    listingId: row.listing_id,
    customerId: row.customer_id,
    accountId: row.account_id,
    amount: fen(row.amount_fen),
    isExcess: row.share_id === null,
    firstRefusedOn: row.first_refused_on,
  };
}
