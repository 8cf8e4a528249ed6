import type { Fen } from '#kernel/money';
import { fen } from '#kernel/money';
import { BackOffice, type Passwords } from './back-office';
import { Bank } from './bank';
import { Chance } from './chance';
import { closeAccount, type ClosingAccount } from './closing-account';
import { planConducts, type Loan } from './conduct';
import { Diary } from './diary';
import { faultOfCollection, faultOfReturn, faultsOfHolds, troubledRaises } from './faults-of-raising';
import { planFaultsOfRepaying } from './faults-of-repaying';
import { fillListings, type OrderCounts, type RaiseTroubles } from './investing';
import { liveOn } from './living';
import { chooseListings, type Chosen } from './choosing';
import { readMarketplace } from './marketplace-file';
import type { OperatorsWork } from './operators-round';
import { planClosings, planOwnUse, type Closing } from './own-life';
import { inParallel } from './parallel';
import { bringInvestors } from './people';
import { FaultList } from './planned-fault';
import type { Progress } from './progress';
import { planRaises, sureInvestors, wealthFor, type Raise } from './raise-plan';
import type { LiveListing, World } from './world';

/** Where a running sandbox is, and what the demo is to play in it. */
export interface DemoOptions {
  readonly urls: { readonly customerApi: string; readonly backOfficeApi: string; readonly bank: string };
  readonly passwords: Passwords;
  /** Text of `marketplace-listings.csv`. */
  readonly marketplace: string;
  readonly listings: number;
  readonly investors: number;
  readonly seed: number;
  readonly progress: Progress;
}

/** What the insurer has: enough for every advance of the largest demo. */
const INSURER_BALANCE: Fen = fen(1_000_000_000_00);

/** Brings listings of the file through their whole life, as a stranger who speaks HTTP only, and gives account of it. */
export async function runDemo(options: DemoOptions): Promise<ClosingAccount> {
  const { progress, investors: count } = options;
  progress.chapter('机构与操作员登录 operators sign in');
  const stage = await setStage(options);
  progress.chapter(`申请、授信、审核、上架 applications, credit, reviews, opening`);
  const chosen = await chooseListings(stage, readMarketplace(options.marketplace), options.listings);
  const raises = planRaises(chosen.live, count, stage.chance);
  progress.chapter(`${count} 位投资人经银行登录 investors log in at the bank`);
  const arrival = {
    wealth: wealthFor(raises, count),
    firstListing: chosen.live[0]!.id,
    told: (logged: number) => progress.step(`${logged}`),
  };
  const { investors, withoutAccount } = await bringInvestors(stage.bank, stage.customerApiUrl, arrival);
  return play({ ...stage, investors }, chosen, raises, withoutAccount);
}

async function play(world: World, chosen: Chosen, raises: readonly Raise[], withoutAccount: number): Promise<ClosingAccount> {
  const { progress, bank } = world;
  const faults = new FaultList(bank);
  const diary = new Diary();
  const work: OperatorsWork = { paidAgain: [], decided: [] };
  progress.chapter('募集与放款 raising and paying out');
  const orders: OrderCounts = { admitted: 0, full: 0, withoutAccount, forGaps: 0 };
  const returning = await raise(world, raises, faults, orders);
  const loans = await readLoans(world, chosen);
  const closings = planLife(world, diary, loans, raises, faults);
  progress.chapter('逐日过完期限 every day of the whole terms');
  const others = chosen.live.filter((listing) => !loans.some((loan) => loan.listing === listing));
  const lifetime = await liveOn(world, diary, { loans, others, returning, work });
  progress.chapter('结账 closing account');
  const account = await closeAccount(world, {
    listings: chosen.live,
    refused: chosen.refused,
    customersLoggedIn: world.investors.length + chosen.borrowers,
    orders,
    operators: work,
    faults,
    lifetime,
    closings,
    returning,
    isOverbooked: raises.some(({ end }) => end.length > 0),
    someoneRepents: loans.some(({ listing, instalments }) => listing.plan.conduct === 'stops' && instalments.length > 8),
  });
  progress.end();
  return account;
}

async function setStage({ urls, passwords, seed, progress }: DemoOptions): Promise<World> {
  const bank = new Bank(urls.bank);
  const office = await BackOffice.signIn(urls.backOfficeApi, passwords);
  const name = '示例保险公司';
  const insurer = await bank.createInstitution(name, INSURER_BALANCE);
  const { id: institutionId } = await office.registerInstitution(name, insurer.accountNo);
  const firstDay = await office.today();
  return { bank, office, customerApiUrl: urls.customerApi, institutionId, investors: [], chance: new Chance(seed), progress, firstDay };
}

/** Half of the listings on the first day, the others on the second, so that their due dates differ; then the days of grace of the raises. */
async function raise(world: World, raises: readonly Raise[], faults: FaultList, orders: OrderCounts): Promise<LiveListing[]> {
  const { comesBack, drops } = troubledRaises(raises);
  if (comesBack !== undefined) await faults.plan(faultOfReturn(comesBack));
  const troubles: RaiseTroubles = {
    faults,
    ofHolds: faultsOfHolds(world, raises),
    whenFirstIsAdmitted: async (raised, orderNo) => {
      if (raised === drops) await faults.plan(faultOfCollection(raised, orderNo));
    },
  };
  for (const turn of [0, 1]) {
    const today = raises.filter((_, index) => index % 2 === turn);
    await fillListings(world, today, orders, troubles);
    await world.office.advance(1);
  }
  return comesBack === undefined ? [] : [comesBack.listing];
}

/** The listings that were lent, with their schedules. */
async function readLoans({ office }: World, { live }: Chosen): Promise<Loan[]> {
  const loans = await inParallel(live, 4, async (listing) => ({ listing, instalments: await office.instalments(listing.id) }));
  return loans.filter(({ instalments }) => instalments.length > 0);
}

function planLife(world: World, diary: Diary, loans: readonly Loan[], raises: readonly Raise[], faults: FaultList): Closing[] {
  const raiseOf = (loan: Loan): Raise => raises.find(({ listing }) => listing === loan.listing)!;
  const payee = (loan: Loan): string => world.investors[sureInvestors(raiseOf(loan))[0]!]!.accountNo!;
  planConducts(world, diary, loans);
  planFaultsOfRepaying(world, diary, loans, faults, payee);
  const dates = loans.flatMap(({ instalments }) => instalments.map(({ dueDate }) => dueDate));
  planOwnUse(world, diary, dates);
  const steady = loans.find(({ listing }) => listing.plan.conduct === 'pays') ?? loans[0];
  return steady === undefined ? [] : planClosings(world, diary, steady, raiseOf(steady));
}
