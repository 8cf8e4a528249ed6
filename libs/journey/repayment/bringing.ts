import { readListing } from '#journey/listing';
import { disbursementAccount, feeAccount, freeInDisbursement } from '#journey/settlement';
import { Bug } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import type { By } from '#platform/transitions';
import { createBankOrders, onOutcome } from '#registers/bank-order';
import type { BankOrderDraft, BankOrderPurpose, Decided } from '#registers/bank-order';
import { guaranteePayer } from '#registers/guarantee';
import type { Ending } from './domain/daily-plan';
import { loansOf, takeIncoming } from './incoming';
import { markAsked, markBrought } from './persistence/endings';
import { lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';

/** One amount that the early end of a locked loan still has to bring. */
export interface Bringing {
  readonly loan: LoanFacts;
  readonly ending: Ending;
}

/**
 * Asks the bank for what the end of loans brings into their repayment accounts: the returned disbursement out of D, the unearned part of the premium from whoever
 * took it, that of the fee from the operating company. A loan that ends early is rare: one look each. Where D holds less than it should (a break took from it),
 * nothing is asked until it is there; what investors are still to have back is not touched.
 */
export async function bringEndings(tx: Tx, wanted: readonly Bringing[], today: BusinessDate): Promise<void> {
  const drafts: BankOrderDraft[] = [];
  for (const { loan, ending } of wanted) {
    const from = await sourceOf(tx, loan, ending.kind);
    if (ending.kind === 'MOVE' && (await freeInDisbursement(tx, loan.listingId, from.accountId)) < ending.amount) continue;
    drafts.push(draftIntoRepayment(loan, from, ending, ending.kind === 'MOVE' ? 'main' : 'ending'));
  }
  await createBankOrders(tx, drafts);
  await markAsked(
    tx,
    wanted.map(({ loan, ending }) => ({ loanId: loan.id, kind: ending.kind })),
    today,
  );
}

interface Source {
  readonly accountNo: string;
  readonly accountId: Uuid;
}

async function sourceOf(tx: Tx, loan: LoanFacts, kind: Ending['kind']): Promise<Source> {
  if (kind === 'MOVE') return disbursementAccount(tx, loan.listingNo);
  if (kind === 'FEE_RETURN') return feeAccount(tx);
  return guaranteePayer(tx, 'insured', (await readListing(tx, loan.listingId)).institution_id);
}

/** A transfer of an amount into the repayment account of a loan, as the borrower's money. */
export function draftIntoRepayment(
  loan: LoanFacts,
  from: Source,
  { kind, amount }: Pick<Ending, 'kind' | 'amount'>,
  purpose: BankOrderPurpose,
): BankOrderDraft {
  return {
    id: newId(),
    kind,
    purpose,
    subjectId: loan.id,
    listingId: loan.listingId,
    loanId: loan.id,
    amount,
    debitAccountId: from.accountId,
    creditAccountId: loan.repaymentAccountId,
    instruction: {
      do: 'transfer',
      kind,
      listingNo: loan.listingNo,
      from: from.accountNo,
      to: loan.repaymentAccountNo,
      amount,
      ref: publicId('loan', loan.id),
    },
  };
}

onOutcome('MOVE', takeBrought);
onOutcome('PREMIUM_RETURN', takeBrought, 'ending');
onOutcome('FEE_RETURN', takeBrought, 'ending');

/**
 * What the end of a loan brings is the borrower's money like a payment of his own: recoveries first, then what is due, and what exceeds both is his. What the bank
 * refuses is asked for again the next day.
 */
async function takeBrought(tx: Tx, { outcome, orders }: Decided, by: By): Promise<void> {
  if (outcome === 'returned') throw new Bug('what the end of a loan brought cannot come back by itself');
  if (outcome === 'done') {
    await takeIncoming(tx, orders, by);
    await markBrought(tx, orders);
  } else {
    await lockLoans(tx, loansOf(orders), await lockDay(tx));
  }
  await enqueue(
    tx,
    orders.map((order) => ({ name: 'repayment.next', subject: order.loan_id!, key: order.id })),
  );
}
