import { fen } from '#kernel/money';
import { addDays, type BusinessDate } from '#kernel/time';
import type { Customer } from './customer';
import type { Diary } from './diary';
import type { Loan } from './conduct';
import { sureInvestors, type Raise } from './raise-plan';
import type { World } from './world';

/** An investor who closes his account at the bank, and when he opens another one, if he does. */
export interface Closing {
  readonly investor: Customer;
  closed: boolean;
  reopened: boolean;
  readonly reopensOn: BusinessDate | null;
}

/** When the first one closes his account (before an instalment), and the days after which he opens another one. */
const CLOSES_BEFORE = 5;
const REOPENS_AFTER_DAYS = 25;

/** Share of the term after which the second one closes his, for good. */
const FOR_GOOD_AFTER = 3 / 4;

/** With fewer investors than this nobody stays away for good. */
const MANY = 10;

/** Investors live outside of the platform too: a coffee, interest, a withdrawal; about one in fifty before each due date. */
export function planOwnUse(world: World, diary: Diary, dates: readonly BusinessDate[]): void {
  const { chance, investors, bank } = world;
  const some = Math.max(1, Math.round(investors.length / 50));
  for (const date of new Set(dates)) {
    diary.on(date, async () => {
      for (let turn = 0; turn < some; turn += 1) {
        const { accountNo } = chance.pick(investors, 'own use', date, turn);
        const [kind, direction] = chance.pick(OWN_USES, 'kind', date, turn);
        if (accountNo !== null) await bank.move(accountNo, kind, fen(100 + chance.below(20_000, 'amount', date, turn)), direction);
      }
    });
  }
}

const OWN_USES = [
  ['OWN', 'out'],
  ['WITHDRAW', 'out'],
  ['TOP_UP', 'in'],
  ['INTEREST', 'in'],
  ['OWN', 'in'],
] as const;

/** One investor of the loan closes his account, so that what he is paid cannot be paid; another one too, and for good, where there are many. */
export function planClosings(world: World, diary: Diary, loan: Loan, raise: Raise): Closing[] {
  const [, ...own] = sureInvestors(raise);
  const closings = [planClosing(world, diary, loan, own.at(-1) ?? sureInvestors(raise)[0]!, CLOSES_BEFORE, true)];
  if (own.length >= MANY)
    closings.push(planClosing(world, diary, loan, own.at(-2)!, Math.ceil(loan.instalments.length * FOR_GOOD_AFTER), false));
  return closings;
}

function planClosing(world: World, diary: Diary, loan: Loan, investor: number, instalment: number, comesBack: boolean): Closing {
  const { dueDate } = loan.instalments[Math.min(instalment, loan.instalments.length - 2) - 1]!;
  const reopensOn = comesBack ? addDays(dueDate, REOPENS_AFTER_DAYS) : null;
  const closing: Closing = { investor: world.investors[investor]!, closed: false, reopened: false, reopensOn };
  diary.on(addDays(dueDate, -1), async () => {
    closing.closed = await world.bank.closeAccount(closing.investor.accountNo!);
  });
  if (reopensOn !== null) {
    diary.on(reopensOn, async () => {
      await closing.investor.openAccount();
      closing.investor.accountNo = await world.bank.accountNoOf(closing.investor.customerNo);
      closing.reopened = true;
    });
  }
  return closing;
}
