import type { Instruction } from '#bank/port';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, tell } from '#platform/queue';
import { createBankOrders, onOutcome, thawInstruction } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import { borrowerMoved } from './facts';
import type { Listing } from './listing';

/** The borrower as the bank is told of him, and every account that may be paid for a listing. */
export interface PartiesAtBank {
  readonly borrower: NonNullable<UpdateInstruction['borrower']>;
  readonly payeeAccountNos: readonly string[];
}
type UpdateInstruction = Extract<Instruction, { do: 'update_listing' }>;

/** The parties of a listing, with the account that the borrower has now. */
export async function partiesAtBank(tx: Tx, listing: Pick<Listing, 'borrower_id' | 'institution_id'>): Promise<PartiesAtBank> {
  const [row] = await tx.query<{ customer_no: string; e_account_no: string; name_masked: string | null }>(
    'SELECT customer_no, e_account_no, name_masked FROM customer WHERE id = $1',
    [listing.borrower_id],
  );
  const { customer_no: customerNo, e_account_no: accountNo, name_masked: name } = row!;
  // An institution is paid its premium also in channel mode, where the bank advances.
  const insurer = listing.institution_id === null ? [] : [(await guaranteePayer(tx, 'insured', listing.institution_id)).accountNo];
  return { borrower: { customerNo, name: name ?? customerNo, accountNo }, payeeAccountNos: [accountNo, ...insurer] };
}

/** What the bank has taken over stands: from now on this account is paid and charged. Should the borrower have another one by now, the bank is told of that as well. */
export async function keepRegistered(tx: Tx, orders: readonly BankOrder[]): Promise<void> {
  const registered = orders.flatMap((order) => {
    const accountNo = borrowerAccountIn(thawInstruction(order.instruction));
    return accountNo === undefined ? [] : [{ orderId: order.id, listingId: order.subject_id, accountNo }];
  });
  if (registered.length === 0) return;
  await tx.execute(
    `UPDATE listing l SET borrower_account_no = r.account_no, changed_at = clock_timestamp() FROM unnest($1::uuid[], $2::text[]) AS r (id, account_no)
     WHERE l.id = r.id`,
    [registered.map(({ listingId }) => listingId), registered.map(({ accountNo }) => accountNo)],
  );
  await tell(
    tx,
    borrowerMoved,
    registered.map(({ listingId, orderId }) => ({ subject: listingId, key: orderId })),
  );
  await tellNewAccounts(
    tx,
    registered.map(({ listingId }) => listingId),
  );
}

function borrowerAccountIn(instruction: Instruction): string | undefined {
  if (instruction.do === 'register_listing') return instruction.borrowerAccountNo;
  return instruction.do === 'update_listing' ? instruction.borrower?.accountNo : undefined;
}

/**
 * An update moves nothing of ours: the listing moved before, or moves by what the bank does with money. A new account of the borrower counts once the bank has it. A
 * refused end is told again (`scanUntoldEnds`), and so is a refused account (`scanMovedBorrowers`).
 */
onOutcome('LISTING_UPDATE', async (tx, decided) => {
  if (decided.outcome === 'done') await keepRegistered(tx, decided.orders);
});

/** A customer has another e-account: the bank is told, for each listing of his that it still pays or charges. */
export const followAccountJob = defineJob({
  name: 'listing.follow-account',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const rows = await tx.query<{ id: Uuid }>('SELECT id FROM listing WHERE borrower_id = $1', [call.job.subject]);
      await tellNewAccounts(
        tx,
        rows.map(({ id }) => id),
      );
      await call.done(tx);
    });
  },
});

/** A new day: a new account that the bank has not taken over is told again. */
export async function scanMovedBorrowers(tx: Tx): Promise<void> {
  const rows = await tx.query<{ id: Uuid }>(`SELECT l.id FROM listing l JOIN customer c ON c.id = l.borrower_id WHERE ${HAS_MOVED}`);
  await tellNewAccounts(
    tx,
    rows.map(({ id }) => id),
  );
}

/** The bank has registered the listing `l` with another account than the one that its borrower `c` can be paid on, and may still have to pay or charge him. */
const HAS_MOVED = `l.borrower_account_no <> c.e_account_no AND c.e_account_status IN ('ACTIVE', 'FROZEN')
  AND l.state IN ('approved', 'scheduled', 'raising', 'raised', 'settling', 'repaying', 'closed')`;

async function tellNewAccounts(tx: Tx, listingIds: readonly Uuid[]): Promise<void> {
  if (listingIds.length === 0) return;
  await tx.query('SELECT id FROM listing WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [listingIds]);
  const listings = await tx.query<Listing>(
    `SELECT l.* FROM listing l JOIN customer c ON c.id = l.borrower_id WHERE l.id = ANY($1::uuid[]) AND ${HAS_MOVED}
       AND NOT EXISTS (SELECT FROM bank_order o WHERE o.listing_id = l.id AND o.kind = 'LISTING_UPDATE' AND (
         (o.instruction ? 'borrower' AND o.state IN ('created', 'sent', 'accepted', 'unknown'))
         OR (o.instruction->>'status' IN ('FINISHED', 'FAILED') AND o.state NOT IN ('refused', 'closed')))) ORDER BY l.id`,
    [listingIds],
  );
  for (const listing of listings) {
    const { id, listing_no: listingNo } = listing;
    const instruction = { do: 'update_listing', listingNo, ...(await partiesAtBank(tx, listing)) } as const;
    await createBankOrders(tx, [{ id: newId(), kind: 'LISTING_UPDATE', subjectId: id, listingId: id, instruction }]);
  }
}
