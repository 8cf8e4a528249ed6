import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { addFen, isPositive, sumFen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { chargeLoans } from './charging';
import { applyIncoming } from './domain/incoming';
import { debtsOf } from './persistence/debts';
import { loansWithOpenIncoming, lockLoans } from './persistence/loans';
import { repaymentRefusals } from './repayment.refusals';

/** A borrower's own payment: of an amount that he chooses. */
export interface OwnPayment {
  readonly loanId: Uuid;
  /** Whose loan it must be; somebody else's is not found. */
  readonly borrowerId: Uuid;
  readonly amount: Fen;
  /** Who asks, for the moves. */
  readonly who: string;
}

/** What was ordered of the bank for a payment. */
export interface OrderedPayment {
  readonly bankOrderId: Uuid;
  readonly amount: Fen;
  /** Everything that is owed today; what is paid beyond it goes back to the borrower. */
  readonly owed: Fen;
}

/**
 * Charges the borrower's paying account with an amount of his choice. It goes to open recoveries first, then to dues, oldest first; what exceeds both is
 * returned to him.
 * @throws Refusal PAYMENT_AMOUNT_INVALID, LOAN_NOT_FOUND, PAYMENT_IN_PROGRESS, NOTHING_DUE, in this order
 */
export async function payByBorrower(tx: Tx, { loanId, borrowerId, amount, who }: OwnPayment): Promise<OrderedPayment> {
  if (!isPositive(amount)) throw new Refusal(repaymentRefusals.PAYMENT_AMOUNT_INVALID);
  const today = await lockDay(tx);
  const loan = (await lockLoans(tx, [loanId], today)).get(loanId);
  if (loan === undefined || loan.borrowerId !== borrowerId) throw new Refusal(repaymentRefusals.LOAN_NOT_FOUND);
  if ((await loansWithOpenIncoming(tx, [loanId])).size > 0) throw new Refusal(repaymentRefusals.PAYMENT_IN_PROGRESS);
  const { dues, recoveries } = (await debtsOf(tx, [loanId], today)).get(loanId) ?? { dues: [], recoveries: [] };
  const owed = addFen(sumFen(recoveries.map((row) => row.stillOwed)), sumFen(dues.map((row) => row.stillOwed)));
  if (!isPositive(owed)) throw new Refusal(repaymentRefusals.NOTHING_DUE);
  const reached = new Set(applyIncoming(amount, recoveries, dues).parts.map((part) => part.id));
  const dueIds = dues.filter((row) => reached.has(row.id)).map((row) => row.id);
  const [bankOrderId] = await chargeLoans(tx, [{ loan, amount, dueIds, by: 'own' }], today, { cause: 'payment', who });
  return { bankOrderId: bankOrderId!, amount, owed };
}
