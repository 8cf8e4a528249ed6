import { newId, publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { createBankOrders } from '#registers/bank-order';
import type { BankOrderDraft } from '#registers/bank-order';
import { instalmentLifecycle } from './instalment.lifecycle';
import type { LoanFacts } from './persistence/loans';

/** The instalment waits for what the borrower's account gives. Run by a charge, and when money comes in for an instalment that was not charged. */
export const charge = declareTransition(instalmentLifecycle, 'charge');

/** One charge of one loan: an amount, and the instalments that it is meant to reach. */
export interface Charge {
  readonly loan: LoanFacts;
  readonly amount: Fen;
  readonly dueIds: readonly Uuid[];
  /** `own`: the borrower asked for it himself; when it is refused, nothing else is tried. */
  readonly by: 'us' | 'own';
}

/** Noun of the reference that a charge carries to the bank; tells our own charges from the borrower's payments. */
const REFERENCE = { us: 'charge', own: 'payment' } as const;

/** Charges locked loans that have nothing under way, in one group of bank orders. The bank takes the amount of an order or refuses it, never a part. */
export async function chargeLoans(tx: Tx, charges: readonly Charge[], today: BusinessDate, by: By): Promise<Uuid[]> {
  const subjects = charges.flatMap(({ dueIds }) => dueIds.map((id) => ({ id, patch: { charged_on: today } })));
  await move(tx, charge, subjects, by);
  const drafts = charges.map(draftOf);
  await createBankOrders(tx, drafts);
  return drafts.map((draft) => draft.id);
}

/** Whether an order's reference says that the borrower asked for it himself. */
export function isOwnPayment(reference: string): boolean {
  return reference.startsWith(`${REFERENCE.own}_`);
}

function draftOf({ loan, amount, by }: Charge): BankOrderDraft {
  return {
    id: newId(),
    kind: 'REPAY',
    subjectId: loan.id,
    listingId: loan.listingId,
    loanId: loan.id,
    amount,
    debitAccountId: loan.payingAccountId,
    creditAccountId: loan.repaymentAccountId,
    instruction: {
      do: 'transfer',
      kind: 'REPAY',
      listingNo: loan.listingNo,
      from: loan.payingAccountNo,
      to: loan.repaymentAccountNo,
      amount,
      ...(loan.mandateNo === null ? {} : { mandateNo: loan.mandateNo }),
      ref: publicId(REFERENCE[by], loan.id),
    },
  };
}
