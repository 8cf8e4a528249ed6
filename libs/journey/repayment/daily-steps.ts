import type { Uuid } from '#kernel/ids';
import { fen, isPositive } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { askAdvances } from './advancing';
import type { Advance } from './advancing';
import { bringEndings } from './bringing';
import type { Bringing } from './bringing';
import { chargeLoans } from './charging';
import type { Charge } from './charging';
import { planAfterRefusal, planToday } from './domain/daily-plan';
import type { Due, Ending, Plan } from './domain/daily-plan';
import { prolongGrace } from './due-dates';
import { instalmentLifecycle } from './instalment.lifecycle';
import { debtsOf } from './persistence/debts';
import type { Debts, DueRow, RecoveryRow } from './persistence/debts';
import { loansWithoutTheirMoney, missingEndings } from './persistence/endings';
import { lockLoanOf } from './persistence/lent-orders';
import { loansWithOpenIncoming, lockLoans } from './persistence/loans';
import type { LoanFacts } from './persistence/loans';

const fallOverdue = declareTransition(instalmentLifecycle, 'fall_overdue');

/**
 * Takes the next step of each of these loans: at most one order to the bank per loan, and none while one is under way, or while the borrower's money has come back
 * and waits to be paid again. All charges go in one group.
 * @param refused the amount of a charge of today that was refused, when the step follows upon that
 */
export async function takeSteps(tx: Tx, loanIds: readonly Uuid[], today: BusinessDate, by: By, refused?: Fen): Promise<void> {
  if (loanIds.length === 0) return;
  const loans = await lockLoans(tx, loanIds, today);
  const busy = await loansWithOpenIncoming(tx, loanIds);
  const waiting = await loansWithoutTheirMoney(tx, loanIds);
  const debts = await debtsOf(tx, loanIds, today);
  const endings = await missingEndings(tx, loanIds);
  const plans = [...loans.values()]
    .filter((loan) => !busy.has(loan.id) && !waiting.has(loan.id))
    .map((loan) => ({ loan, plan: planOf(loan, debts.get(loan.id), endings.get(loan.id) ?? [], today, refused) }));
  const overdue = plans.flatMap(({ plan }) => plan.overdue);
  await move(
    tx,
    fallOverdue,
    overdue.map((due) => ({ id: due.id, patch: { overdue_since: today } })),
    by,
  );
  const bringings = plans.flatMap(({ loan, plan }) => bringingOf(loan, plan));
  if (bringings.length > 0) await bringEndings(tx, bringings, today);
  const advances = plans.flatMap(({ loan, plan }) => advanceOf(loan, plan));
  if (advances.length > 0) await askAdvances(tx, advances, today, by);
  const charges = plans.flatMap(({ loan, plan }) => chargeOf(loan, plan));
  if (charges.length > 0) await chargeLoans(tx, charges, today, by);
}

/** The day of a loan goes on after the bank has decided an incoming order and something is still owed. */
export const nextJob = defineJob({
  name: 'repayment.next',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    const { refusedFen } = call.job.payload;
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const refused = typeof refusedFen === 'string' ? fen(refusedFen) : undefined;
      await takeSteps(tx, [call.job.subject as Uuid], today, { cause: `job:${call.job.id}`, who: 'system' }, refused);
      await call.done(tx);
    });
  },
});

/** The borrower was paid again what had come back: what fell due in the meantime is asked for from today, with a grace of its own. */
export const resumeJob = defineJob({
  name: 'repayment.resume',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const today = await lockDay(tx);
      const by: By = { cause: `job:${call.job.id}`, who: 'system' };
      const loan = await lockLoanOf(tx, call.job.subject as Uuid);
      if (loan !== undefined) {
        await prolongGrace(tx, loan.id, today, by);
        await takeSteps(tx, [loan.id], today, by);
      }
      await call.done(tx);
    });
  },
});

type PlannedDue = DueRow & Due;
type LoanPlan = Plan<PlannedDue, RecoveryRow>;

function planOf(
  loan: LoanFacts,
  debts: Debts | undefined,
  endings: readonly Ending[],
  today: BusinessDate,
  refused: Fen | undefined,
): LoanPlan {
  const { dues, recoveries } = debts ?? { dues: [], recoveries: [] };
  const day = { endings, dues: dues.filter(isWaiting), recoveries, coverLeft: loan.coverLeft };
  return refused === undefined ? planToday(day, today, publishedCalendar) : planAfterRefusal(day, today, publishedCalendar, refused);
}

/** Without an open incoming order no instalment is being charged or advanced. */
function isWaiting(row: DueRow): row is PlannedDue {
  return row.state !== 'charging' && row.state !== 'advancing';
}

function bringingOf(loan: LoanFacts, { step }: LoanPlan): Bringing[] {
  return step?.do === 'bring' ? [{ loan, ending: step.ending }] : [];
}

function advanceOf(loan: LoanFacts, { step }: LoanPlan): Advance[] {
  return step?.do === 'advance' ? [{ loan, dueId: step.due.id, amount: step.amount }] : [];
}

function chargeOf(loan: LoanFacts, { step }: LoanPlan): Charge[] {
  return step?.do === 'charge' && isPositive(step.amount)
    ? [{ loan, amount: step.amount, dueIds: step.dues.map((due) => due.id), by: 'us' }]
    : [];
}
