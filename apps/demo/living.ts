import { compareDates, daysBetween, addDays, type BusinessDate } from '#kernel/time';
import type { Loan } from './conduct';
import type { Diary } from './diary';
import { operatorsRound, type OperatorsWork } from './operators-round';
import type { LiveListing, World } from './world';

/** Days that pass in one request at most: a month would show nothing for too long. */
const MOST_DAYS = 10;

/** Days after everything should be over, before we stop waiting. */
const PATIENCE_DAYS = 40;

/** How the time went. */
export interface Lifetime {
  readonly lastDay: BusinessDate;
  readonly days: number;
  readonly milliseconds: number;
  /** Listings that did not come to their end, with the state in which they stand. */
  readonly unfinished: readonly { readonly listingNo: string; readonly state: string }[];
}

/** Lets days pass until every listing has come to its end and nothing is left in the diary. */
export async function liveOn(
  world: World,
  diary: Diary,
  {
    loans,
    others,
    returning,
    work,
  }: { loans: readonly Loan[]; others: readonly LiveListing[]; returning: readonly LiveListing[]; work: OperatorsWork },
): Promise<Lifetime> {
  const { office, progress, firstDay } = world;
  const started = Date.now();
  const open = new Map([...loans.map(({ listing }) => listing), ...others].map((listing) => [listing.id, listing]));
  const lastDue = lastDueOf(loans, firstDay);
  let today = await office.today();
  for (;;) {
    const acts = diary.take(today);
    for (const act of acts) await act();
    const decided = work.decided.length;
    await operatorsRound(world, today, returning, work);
    await forgetEnded(world, open, loans, today);
    const isQuiet =
      acts.length === 0 && work.decided.length === decided && diary.next() === undefined && (await office.breaks('open')).length === 0;
    const isOver = isQuiet && open.size === 0 && compareDates(today, lastDue) > 0;
    if (isOver || daysBetween(lastDue, today) > PATIENCE_DAYS + MOST_DAYS) break;
    // A disbursement that comes back has to be paid again within days: the operator looks every morning until it is.
    const isAwaited = work.paidAgain.length < returning.length;
    today = (await office.advance(isAwaited ? 1 : daysUntil(diary.next(), today))).businessDate;
    const passed = daysBetween(firstDay, today);
    const pace = (passed / Math.max(0.001, (Date.now() - started) / 1000)).toFixed(1);
    progress.step(`${today}  存续 alive ${open.size}  ${pace} 天/秒 days/s`);
  }
  const days = daysBetween(firstDay, today);
  return { lastDay: addDays(today, -1), days, milliseconds: Date.now() - started, unfinished: await statesOf(world, [...open.values()]) };
}

/** The last due date, and at least a fortnight: the raises need some days too. */
function lastDueOf(loans: readonly Loan[], firstDay: BusinessDate): BusinessDate {
  const dates = loans.map(({ instalments }) => instalments.at(-1)!.dueDate);
  return [addDays(firstDay, 14), ...dates].sort(compareDates).at(-1)!;
}

function daysUntil(next: BusinessDate | undefined, today: BusinessDate): number {
  return next === undefined ? 1 : Math.min(MOST_DAYS, Math.max(1, daysBetween(today, next)));
}

/** A listing is only asked for when it should have ended: after its last due date, or any day when it has no loan. */
async function forgetEnded(world: World, open: Map<string, LiveListing>, loans: readonly Loan[], today: BusinessDate): Promise<void> {
  for (const listing of open.values()) {
    const last = loans.find((loan) => loan.listing === listing)?.instalments.at(-1);
    if (last !== undefined && compareDates(last.dueDate, today) >= 0) continue;
    const { state } = await world.office.listing(listing.id);
    if (state === 'closed' || state === 'failed') open.delete(listing.id);
  }
}

async function statesOf({ office }: World, listings: readonly LiveListing[]): Promise<{ listingNo: string; state: string }[]> {
  const states: { listingNo: string; state: string }[] = [];
  for (const { id, listingNo } of listings) states.push({ listingNo, state: (await office.listing(id)).state });
  return states;
}
