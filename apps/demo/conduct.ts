import { addFen, fen, sumFen, type Fen } from '#kernel/money';
import { addDays, businessDate, compareDates, type BusinessDate } from '#kernel/time';
import type { Instalment } from './back-office';
import type { Diary } from './diary';
import type { LiveListing, World } from './world';

/** A loan that runs, with its schedule. */
export interface Loan {
  readonly listing: LiveListing;
  readonly instalments: readonly Instalment[];
}

/** Day of the month on which everybody is paid. */
const PAYDAY = 25;

/** What a borrower has for himself from each wage, and what he spends of it. */
const POCKET: Fen = fen(200_00);
const GROCERIES: Fen = fen(150_00);

/** A repentant borrower pays what was advanced for him so many instalments after he stopped, and so many days after that one fell due. */
const REPENTS_AFTER = 3;
const REPENTS_DAYS = 12;

/** Writes into the diary what every borrower will do with his account at the bank: that is all that "paying" means. */
export function planConducts(world: World, diary: Diary, loans: readonly Loan[]): void {
  const stopping = loans.filter(({ listing }) => listing.plan.conduct === 'stops');
  for (const loan of loans) {
    const stop = stopsAt(loan);
    planWages(world, diary, loan, stop);
    if (loan.listing.plan.conduct === 'late_once') planLateness(world, diary, loan);
    if (stop !== undefined) planStop(world, diary, loan, stop, loan === stopping[0]);
  }
}

/** Number of the first instalment that a borrower does not pay any more. */
export function stopsAt({ listing, instalments }: Loan): number | undefined {
  return listing.plan.conduct === 'stops' ? Math.floor(instalments.length / 2) + 1 : undefined;
}

/** Number of the one instalment that is paid late. */
export function lateAt({ listing, instalments }: Loan, { chance }: World): number | undefined {
  return listing.plan.conduct === 'late_once'
    ? 2 + chance.below(Math.max(1, instalments.length - 2), 'late', listing.plan.row.row)
    : undefined;
}

/** A wage before each instalment that he means to pay, and groceries the next day. */
function planWages({ bank, firstDay }: World, diary: Diary, { listing, instalments }: Loan, stop: number | undefined): void {
  for (const { no, dueDate, principalFen, interestFen } of instalments) {
    if (stop !== undefined && no >= stop) return;
    const payday = paydayBefore(dueDate, firstDay);
    const wage = sumFen([fen(principalFen), fen(interestFen), POCKET]);
    diary.on(payday, async () => {
      await bank.move(listing.borrower.accountNo!, 'TOP_UP', wage, 'in');
      await bank.move(listing.borrower.accountNo!, 'OWN', GROCERIES, 'out');
    });
  }
}

/** On the eve of one instalment the account is empty; a day or two after the due date, within grace, the money is there. */
function planLateness(world: World, diary: Diary, loan: Loan): void {
  const { bank, chance } = world;
  const { borrower, plan } = loan.listing;
  const late = loan.instalments.find(({ no }) => no === lateAt(loan, world))!;
  diary.on(addDays(late.dueDate, -1), () => emptyAccount(world, borrower.accountNo!));
  diary.on(addDays(late.dueDate, 1 + chance.below(2, 'days late', plan.row.row)), async () => {
    await bank.move(borrower.accountNo!, 'TOP_UP', addFen(fen(late.principalFen), fen(late.interestFen), POCKET), 'in');
  });
}

/** From one eve on the account is empty. One of those who stop pays later what was advanced for him until then, and stops again. */
function planStop(world: World, diary: Diary, loan: Loan, stop: number, repents: boolean): void {
  const { borrower } = loan.listing;
  const first = loan.instalments[stop - 1]!;
  diary.on(addDays(first.dueDate, -1), () => emptyAccount(world, borrower.accountNo!));
  const last = loan.instalments[stop - 1 + REPENTS_AFTER];
  if (repents && last !== undefined) diary.on(addDays(last.dueDate, REPENTS_DAYS), () => repent(world, loan));
}

/** He asks what was advanced for him, fills his account with it and pays. */
async function repent({ bank, office }: World, { listing }: Loan): Promise<void> {
  const owed = (await office.advances())
    .filter(({ listingId }) => listingId === listing.id)
    .map(({ advancedFen, receivedFen }) => fen(advancedFen - receivedFen));
  const amount = sumFen(owed);
  if (amount === 0n) return;
  await bank.move(listing.borrower.accountNo!, 'TOP_UP', amount, 'in');
  const own = (await listing.borrower.loans()).find(({ listingId }) => listingId === listing.id);
  if (own === undefined) throw new Error(`融资人看不到自己的借款 the borrower of ${listing.listingNo} does not see his loan`);
  const answer = await listing.borrower.pay(own.id, amount);
  if (!answer.ok) throw new Error(`还款被拒 the payment for ${listing.listingNo} was refused: ${answer.problem.code ?? answer.status}`);
}

/** The owner takes everything that he may take. */
async function emptyAccount({ bank }: World, accountNo: string): Promise<void> {
  const { availableFen } = await bank.accountOf(accountNo);
  if (availableFen > 0) await bank.move(accountNo, 'OWN', fen(availableFen), 'out');
}

/** The last payday before a due date; the day after the first day where that is later. */
function paydayBefore(dueDate: BusinessDate, firstDay: BusinessDate): BusinessDate {
  let day = addDays(dueDate, -1);
  while (Number(day.slice(8)) !== PAYDAY) day = addDays(day, -1);
  const soonest = addDays(firstDay, 1);
  return compareDates(day, soonest) < 0 ? soonest : businessDate(day);
}
