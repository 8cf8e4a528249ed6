import type { AdvanceTotal, Break } from './back-office';
import { compareBooks, type Comparison } from './comparing-books';
import { examineDays, type DaysResult } from './comparing-days';
import { sumReturns, type ReturnSum } from './returned-money';
import type { OrderCounts } from './investing';
import type { Lifetime } from './living';
import type { OperatorsWork } from './operators-round';
import type { Closing } from './own-life';
import type { FaultList, FaultResult } from './planned-fault';
import type { LiveListing, RefusedListing, World } from './world';

/** How one listing ended. */
export interface ListingEnd {
  readonly row: number;
  readonly listingNo: string;
  readonly outcomeInFile: string;
  readonly state: string;
  readonly guarantee: string;
  readonly amountFen: number;
}

/** Everything that the demo says at its end. */
export interface ClosingAccount {
  readonly listings: readonly ListingEnd[];
  readonly refused: readonly RefusedListing[];
  readonly customersLoggedIn: number;
  readonly orders: OrderCounts;
  /** What went back to the investors, as they see it themselves, by cause. */
  readonly returns: readonly ReturnSum[];
  readonly books: Comparison;
  readonly advances: readonly AdvanceTotal[];
  readonly payouts: readonly { readonly state: string; readonly payouts: number; readonly amountFen: number }[];
  readonly bankMovements: Readonly<Record<string, number>>;
  readonly breaks: readonly Break[];
  readonly operators: OperatorsWork;
  readonly faults: readonly FaultResult[];
  readonly endedUnknown: readonly { readonly decidedBy: string | null; readonly orders: number }[];
  readonly days: DaysResult;
  readonly lifetime: Lifetime;
  /** What is wrong, in sentences; none when the demo has held. */
  readonly failures: readonly string[];
}

/** What happened on the way and has to be accounted for. */
export interface Story {
  readonly listings: readonly LiveListing[];
  readonly refused: readonly RefusedListing[];
  readonly customersLoggedIn: number;
  readonly orders: OrderCounts;
  readonly operators: OperatorsWork;
  readonly faults: FaultList;
  readonly lifetime: Lifetime;
  readonly closings: readonly Closing[];
  /** Listings whose disbursement was planned to come back. */
  readonly returning: readonly LiveListing[];
  /** Whether more was offered for some listing than it needed. */
  readonly isOverbooked: boolean;
  /** Whether somebody who had stopped paying was to pay later. */
  readonly someoneRepents: boolean;
}

/** Who told the end of orders that were unknown once: each of them must have, at least once. */
const TELLERS = ['query', 'notice', 'statement'] as const;

/** Asks the platform and the bank, compares what they say, and names whatever did not come as it should. */
export async function closeAccount(world: World, story: Story): Promise<ClosingAccount> {
  const { office, bank, firstDay } = world;
  const listings = await endsOf(world, story.listings);
  const books = compareBooks(await office.ledgerAccounts(), await office.totals(), (await bank.books()).accounts);
  const account = {
    listings,
    refused: story.refused,
    customersLoggedIn: story.customersLoggedIn,
    orders: story.orders,
    returns: await sumReturns(world.investors),
    books,
    advances: await office.advances(),
    payouts: await office.payouts(),
    bankMovements: countKinds(await bank.movements()),
    breaks: await office.breaks(),
    operators: story.operators,
    faults: await story.faults.results(),
    endedUnknown: await office.endedUnknown(),
    days: await examineDays(office, await bank.confirmations(), firstDay, story.lifetime.lastDay),
    lifetime: story.lifetime,
  };
  const parked = (await office.parkedJobs()).map(({ name, lastError }) => `任务停放 a job is parked: ${name} ${lastError ?? ''}`);
  return { ...account, failures: [...failuresOf(account, story), ...parked] };
}

function failuresOf(account: Omit<ClosingAccount, 'failures'>, story: Story): string[] {
  const { faults, endedUnknown, breaks, books, days, lifetime } = account;
  const missed = faults
    .filter(({ hits }) => hits === 0)
    .map(({ id, kind, says }) => `计划的故障未发生 a planned fault never struck: ${id} ${kind} (${says})`);
  const silent = TELLERS.filter((teller) => !endedUnknown.some(({ decidedBy, orders }) => decidedBy === teller && orders > 0));
  return [
    ...lifetime.unfinished.map(({ listingNo, state }) => `标的未走完 listing ${listingNo} did not come to its end: ${state}`),
    ...books.differences,
    ...days.failures,
    ...missed,
    ...silent.map((teller) => `没有一笔不明指令由此查明 no unknown order was ended by ${teller}`),
    ...breaks
      .filter(({ state }) => state !== 'adjusted' && state !== 'closed')
      .map(({ no, kind, state }) => `差错未了结 break ${no} (${kind}) is ${state}`),
    ...happenings(account, story),
  ];
}

/** What the story promised and the books must show. */
function happenings({ bankMovements, operators, advances, returns }: Omit<ClosingAccount, 'failures'>, story: Story): string[] {
  const failures: string[] = [];
  const must = (holds: boolean, sentence: string): void => {
    if (!holds) failures.push(sentence);
  };
  const oversubscribed = returns.find(({ cause }) => cause === 'oversubscription');
  if (story.isOverbooked) must((oversubscribed?.done ?? 0) > 0, '没有超募退款 nothing went back although listings were overbooked');
  must(
    returns.every(({ count, done }) => count === done),
    '有退款未到账 something that goes back to investors is not back',
  );
  for (const { listingNo } of story.returning) {
    must(operators.paidAgain.includes(listingNo), `放款退回后未重付 the disbursement of ${listingNo} did not come back and go out again`);
  }
  for (const { closed, reopened, reopensOn, investor } of story.closings) {
    must(closed, `${investor.customerNo} 未能销户 could not close his account`);
    must(reopensOn === null || reopened, `${investor.customerNo} 未重新开户 did not open another account`);
  }
  if (story.closings.length > 0) must((bankMovements['PARK'] ?? 0) > 0, '没有挂账 nothing was parked although an account was closed');
  if (story.closings.some(({ reopened }) => reopened))
    must((bankMovements['UNPARK'] ?? 0) > 0, '挂账未付出 nothing parked was paid out after an account was opened again');
  if (story.someoneRepents) {
    must(
      advances.some(({ receivedFen, passedOnFen }) => receivedFen > 0 && passedOnFen === receivedFen),
      '没有追偿 nothing was recovered of what was advanced',
    );
  }
  return failures;
}

async function endsOf({ office }: World, listings: readonly LiveListing[]): Promise<ListingEnd[]> {
  const ends: ListingEnd[] = [];
  for (const { id, listingNo, plan } of listings) {
    const { state, amountFen } = await office.listing(id);
    ends.push({ row: plan.row.row, listingNo, outcomeInFile: plan.row.outcome, state, guarantee: plan.guarantee, amountFen });
  }
  return ends;
}

function countKinds(movements: readonly { readonly kind: string; readonly status: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, status } of movements) if (status === 'SUCCEEDED') counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
