import { isPositive, minFen, sumFen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { addDays, daysBetween } from '#kernel/time';
import type { BusinessDate, Calendar } from '#kernel/time';
import type { Owed } from './incoming';

/** An instalment that has fallen due and is not whole yet. */
export interface Due extends Owed {
  readonly state: 'scheduled' | 'in_grace' | 'overdue';
  readonly dueDate: BusinessDate;
  readonly graceUntil: BusinessDate;
  readonly chargedOn: BusinessDate | null;
  readonly advanceTriedOn: BusinessDate | null;
}

/** What was advanced and is not back yet. */
export interface OpenRecovery extends Owed {
  readonly state: 'open' | 'collecting_by_hand';
  readonly nextTryOn: BusinessDate;
}

/** Money that the early end of a loan brings into its repayment account and that is not there yet. */
export interface Ending {
  /** The returned disbursement, or the unearned part of premium or fee. */
  readonly kind: 'MOVE' | 'PREMIUM_RETURN' | 'FEE_RETURN';
  readonly amount: Fen;
  readonly askedOn: BusinessDate | null;
}

/** A loan without an open incoming order, on one business date. Dues and recoveries oldest first. */
export interface LoanDay {
  /** What its early end has not brought yet; empty for nearly every loan. */
  readonly endings: readonly Ending[];
  readonly dues: readonly Due[];
  readonly recoveries: readonly OpenRecovery[];
  /** What the guarantee can still pay. */
  readonly coverLeft: Fen;
}

/** The one order that may be asked of the bank now. */
export type Step<D extends Due = Due, R extends OpenRecovery = OpenRecovery> =
  | { readonly do: 'charge'; readonly amount: Fen; readonly dues: readonly D[]; readonly recoveries: readonly R[] }
  | { readonly do: 'advance'; readonly due: D; readonly amount: Fen }
  | { readonly do: 'bring'; readonly ending: Ending };

/** What a loan needs now: instalments that nobody will advance become overdue, and at most one order (a loan has at most one incoming order at a time). */
export interface Plan<D extends Due = Due, R extends OpenRecovery = OpenRecovery> {
  readonly overdue: readonly D[];
  readonly step?: Step<D, R>;
}

/** Collection runs by itself for so many days after the due date; then people take over, and the account is tried weekly. */
export const LAST_COLLECTION_DAY = 60;
/** Days between two tries to charge a borrower for a recovery, and between tries for what is older than `LAST_COLLECTION_DAY`. */
export const WEEKLY = 7;

/**
 * What to do for a loan today, when nothing of it is under way.
 * - What its early end still has to bring is asked for first, each once a day. Until it is there, nobody is charged or asked to advance what it will pay, as long
 *   as every due is within its grace.
 * - Grace is over on a working day: the guarantee advances what is still due of the oldest such instalment, up to its cover; without cover they are overdue.
 * - Otherwise everything that is owed is charged in one order, when an instalment was not charged today yet or a recovery is due for its weekly try.
 *   Recoveries stand in it too: whatever the borrower pays goes to them first.
 */
export function planToday<D extends Due, R extends OpenRecovery>(
  loan: LoanDayOf<D, R>,
  today: BusinessDate,
  calendar: Calendar,
): Plan<D, R> {
  const ending = loan.endings.find(({ askedOn }) => askedOn !== today);
  if (ending !== undefined) return { overdue: [], step: { do: 'bring', ending } };
  const isWaiting = loan.endings.length > 0 && loan.dues.length > 0 && loan.dues.every(({ graceUntil }) => today <= graceUntil);
  if (isWaiting) return { overdue: [] };
  const late = calendar.isWorkingDay(today) ? loan.dues.filter((due) => due.state === 'in_grace' && due.graceUntil < today) : [];
  const [oldest] = late;
  if (oldest !== undefined && isPositive(loan.coverLeft)) return { overdue: [], step: advanceOf(oldest, loan.coverLeft) };
  const mustCharge =
    loan.dues.some((due) => mayCharge(due, today)) ||
    loan.recoveries.some((recovery) => recovery.state === 'open' && recovery.nextTryOn <= today);
  return { overdue: late, ...(mustCharge ? { step: chargeOf(loan.recoveries, loan.dues) } : {}) };
}

/**
 * What to do after a charge of today was refused: REPAY takes the amount or nothing, so the oldest debt is tried alone; when that was all, an overdue
 * instalment's guarantee is asked again, once a day.
 * @param refused the amount that could not be charged
 */
export function planAfterRefusal<D extends Due, R extends OpenRecovery>(
  loan: LoanDayOf<D, R>,
  today: BusinessDate,
  calendar: Calendar,
  refused: Fen,
): Plan<D, R> {
  const alone = chargeOf(loan.recoveries.slice(0, 1), loan.recoveries.length > 0 ? [] : loan.dues.slice(0, 1));
  if (isPositive(alone.amount) && alone.amount < refused) return { overdue: [], step: alone };
  const overdue = loan.dues.find((due) => due.state === 'overdue');
  const mayAsk = overdue !== undefined && overdue.advanceTriedOn !== today && daysBetween(overdue.dueDate, today) <= LAST_COLLECTION_DAY;
  if (!mayAsk || !isPositive(loan.coverLeft) || !calendar.isWorkingDay(today)) return { overdue: [] };
  return { overdue: [], step: advanceOf(overdue, loan.coverLeft) };
}

/** The day from which an open recovery is collected by hand. */
export function handedOverOn(openedOn: BusinessDate): BusinessDate {
  return addDays(openedOn, LAST_COLLECTION_DAY);
}

interface LoanDayOf<D extends Due, R extends OpenRecovery> extends LoanDay {
  readonly dues: readonly D[];
  readonly recoveries: readonly R[];
}

function mayCharge(due: Due, today: BusinessDate): boolean {
  if (due.chargedOn === null) return true;
  const pause = daysBetween(due.dueDate, today) > LAST_COLLECTION_DAY ? WEEKLY : 1;
  return daysBetween(due.chargedOn, today) >= pause;
}

function chargeOf<D extends Due, R extends OpenRecovery>(
  recoveries: readonly R[],
  dues: readonly D[],
): Extract<Step<D, R>, { do: 'charge' }> {
  return { do: 'charge', amount: sumFen([...recoveries, ...dues].map((owed) => owed.stillOwed)), dues, recoveries };
}

/** Never the whole instalment when the borrower has paid a part: only what is still due. */
function advanceOf<D extends Due>(due: D, coverLeft: Fen): Extract<Step<D, never>, { do: 'advance' }> {
  return { do: 'advance', due, amount: minFen(due.stillOwed, coverLeft) };
}
