import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { isPositive, sumFen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import type { By } from '#platform/transitions';
import { addDistributed, distribute, sharesOf } from '#registers/claim';
import type { ShareOfClaim } from '#registers/claim';
import { moveLine } from '#registers/credit-line';
import { parkNewPayouts } from './parking';
import { sendNewPayouts } from './paying-out';
import { addDistributedOf } from './persistence/instalments';
import { partsOf } from './persistence/incoming-parts';
import type { IncomingPart } from './persistence/incoming-parts';
import { addRestored, lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';
import { newPayouts } from './persistence/payouts';
import type { PayoutDraft } from './persistence/payouts';
import { passOn } from './recovering';

/**
 * Money has come into the repayment account and stands in the ledger: on the same day it goes on to whoever it is for. What came in for instalments goes to
 * the investors, also when it is a part; what came in for a recovery to whoever had advanced; what the borrower paid beyond his dues back to him.
 */
export const distributeJob = defineJob({
  name: 'repayment.distribute',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await distributeIncoming(tx, call.job.subject as Uuid, { cause: `job:${call.job.id}`, who: 'system' });
      await call.done(tx);
    });
  },
});

async function distributeIncoming(tx: Tx, incomingId: Uuid, by: By): Promise<void> {
  const today = await lockDay(tx);
  const incoming = await incomingOf(tx, incomingId);
  const loan = (await lockLoans(tx, [incoming.loan_id], today)).get(incoming.loan_id)!;
  const parts = await partsOf(tx, incomingId);
  await payInvestors(
    tx,
    loan,
    incomingId,
    parts.filter((part) => part.target === 'instalment'),
    today,
    by,
  );
  await passOn(tx, new Map([[loan.id, loan]]));
  await returnExcess(tx, loan, incomingId, parts.find((part) => part.target === 'excess')?.amount, today, by);
  if (incoming.kind !== 'ADVANCE') await restoreLine(tx, loan, sumFen(parts.map((part) => part.principal)));
}

async function payInvestors(
  tx: Tx,
  loan: LoanFacts,
  incomingId: Uuid,
  parts: readonly IncomingPart[],
  today: BusinessDate,
  by: By,
): Promise<void> {
  if (parts.length === 0) return;
  const shares = await sharesOf(
    tx,
    parts.map((part) => part.targetId!),
  );
  const drafts = parts.flatMap((part) =>
    draftsFor(
      part.amount,
      shares.filter((share) => share.instalmentId === part.targetId),
    ),
  );
  if (sumFen(drafts.map((draft) => draft.amount)) !== sumFen(parts.map((part) => part.amount))) {
    throw new Bug(`what ${incomingId} brought for loan ${loan.id} is not what its shares were given`);
  }
  await addDistributed(
    tx,
    drafts.map((draft) => ({ shareId: draft.shareId!, amount: draft.amount })),
  );
  await addDistributedOf(
    tx,
    parts.map((part) => ({ id: part.targetId!, amount: part.amount })),
  );
  await sendNewPayouts(tx, loan, newPayouts({ loanId: loan.id, listingId: loan.listingId, incomingId, dueOn: today }, drafts), by);
}

/** Who gets what of an amount; nobody is sent nothing. */
function draftsFor(amount: Fen, shares: readonly ShareOfClaim[]): PayoutDraft[] {
  const given = distribute(amount, shares);
  return shares
    .map(({ shareId, instalmentId, claimId, customerId, accountId }, index) => ({
      shareId,
      instalmentId,
      claimId,
      customerId,
      accountId,
      amount: given[index]!,
    }))
    .filter((draft) => isPositive(draft.amount));
}

/** Into the borrower's suspense account first, as every payment to somebody who is not an investor; from there back to his own. */
async function returnExcess(
  tx: Tx,
  loan: LoanFacts,
  incomingId: Uuid,
  amount: Fen | undefined,
  today: BusinessDate,
  by: By,
): Promise<void> {
  if (amount === undefined) return;
  const draft = { shareId: null, instalmentId: null, claimId: null, customerId: loan.borrowerId, accountId: loan.payingAccountId, amount };
  await parkNewPayouts(tx, loan, newPayouts({ loanId: loan.id, listingId: loan.listingId, incomingId, dueOn: today }, [draft]), by);
}

/**
 * Principal that the borrower has paid himself, directly or after an advance, or that his returned money has paid, is his to borrow again. An advance restores
 * nothing.
 */
async function restoreLine(tx: Tx, loan: LoanFacts, principal: Fen): Promise<void> {
  if (!isPositive(principal)) return;
  await addRestored(tx, loan.id, principal);
  await moveLine(tx, [{ kind: 'RESTORE', listingId: loan.listingId, amount: principal, cause: 'repaid' }]);
}

async function incomingOf(tx: Tx, id: Uuid): Promise<{ loan_id: Uuid; kind: string }> {
  const [row] = await tx.query<{ loan_id: Uuid; kind: string }>(
    'SELECT loan_id, kind FROM bank_order WHERE id = $1 AND loan_id IS NOT NULL',
    [id],
  );
  if (row === undefined) throw new Bug(`incoming order ${id} belongs to no loan`);
  return row;
}
