import type { Client } from 'pg';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { openDatabase } from '#platform/database';
import { compareWithBank } from '#watch/invariants';
import { verifyInChild } from '../../apps/command-line/demo-verification';
import { readBooks } from './books';
import type { AccountAtBank, BankBooks } from './books';
import type { Outcome } from './news';
import type { World } from './world';

/** All orders that have ended in one way; in fen what was ordered, what is lent of it, what went back. */
export interface End {
  readonly state: string;
  readonly orders: number;
  readonly orderedFen: bigint;
  readonly lentFen: bigint;
  readonly returnedFen: bigint;
}

/** One of several things that were looked at in the end: how many were examined, and what does not hold. */
export interface Check {
  readonly what: string;
  readonly examined: number;
  readonly failures: readonly string[];
}

/** States that an order keeps on this day: lent, or ended without. */
const ENDS = ['lent', 'refused', 'cancelled', 'left_out', 'dropped'];
/** Differences of one kind that are named. */
const NAMED = 5;

/** What became of the orders, by state. */
export async function endsOf(owner: Client, listingId: Uuid): Promise<readonly End[]> {
  const { rows } = await owner.query<Record<'state' | 'orders' | 'ordered' | 'lent' | 'returned', string>>(
    `SELECT o.state, count(*) AS orders, sum(o.amount_fen) AS ordered, coalesce(sum(o.collected_fen), 0) AS lent, coalesce(sum(r.amount_fen), 0) AS returned
     FROM investment_order o LEFT JOIN (SELECT order_id, sum(amount_fen) AS amount_fen FROM investment_return WHERE state = 'done' GROUP BY order_id) AS r
       ON r.order_id = o.id WHERE o.listing_id = $1 GROUP BY o.state ORDER BY min(array_position($2::text[], o.state))`,
    [listingId, ENDS],
  );
  return rows.map((row) => ({
    state: row.state,
    orders: Number(row.orders),
    orderedFen: BigInt(row.ordered),
    lentFen: BigInt(row.lent),
    returnedFen: BigInt(row.returned),
  }));
}

/** Everything that must hold when all is done. */
export async function checksOf(world: World, outcome: Outcome, ends: readonly End[]): Promise<readonly Check[]> {
  const after = await readBooks(world.platform.urls.bank);
  return [
    await acknowledged(world, outcome),
    ended(ends),
    await wholeHolds(world),
    conserved(world.before, after),
    await investorsAtBank(world, after),
    await listingAtBank(world, after),
    await ledgerAtBank(world, after),
    await verified(world),
  ];
}

/** Whoever was told that he is in has a row, and every row's owner was told. */
async function acknowledged({ owner, listing }: World, outcome: Outcome): Promise<Check> {
  const { rows } = await owner.query<{ id: Uuid; amount_fen: string }>(
    'SELECT id, amount_fen FROM investment_order WHERE listing_id = $1',
    [listing.id],
  );
  const told = new Set(outcome.acknowledged);
  const untold = rows.filter(({ id }) => !told.delete(publicId('ord', id)));
  const sum = rows.reduce((all, row) => all + BigInt(row.amount_fen), 0n);
  return check('every acknowledged order is a row, and every row was acknowledged', rows.length, [
    ...untold.slice(0, NAMED).map(({ id }) => `the order ${id} was never acknowledged`),
    ...[...told].slice(0, NAMED).map((id) => `${id} was acknowledged and has no row`),
    ...unequal('fen acknowledged and in rows', BigInt(outcome.acknowledgedFen), sum),
  ]);
}

function ended(ends: readonly End[]): Check {
  const orders = ends.reduce((all, end) => all + end.orders, 0);
  return check(
    'every order is lent, or refused, cancelled, left out, dropped',
    orders,
    ends.filter(({ state }) => !ENDS.includes(state)).map(({ state, orders: some }) => `${some} orders are still ${state}`),
  );
}

/** Of each order: what the bank once held is what is lent of it and what went back, to the fen; of one that the bank refused nothing is either. */
async function wholeHolds({ owner, listing }: World): Promise<Check> {
  const { rows } = await owner.query<{ orders: string; wrong: string; first: string | null }>(
    `SELECT count(*) AS orders, count(*) FILTER (WHERE wrong) AS wrong, min(no) FILTER (WHERE wrong) AS first
     FROM (SELECT o.no, coalesce(o.collected_fen, 0) + coalesce(r.amount_fen, 0) <> CASE WHEN o.hold_no IS NULL THEN 0 ELSE o.amount_fen END AS wrong
           FROM investment_order o LEFT JOIN (SELECT order_id, sum(amount_fen) AS amount_fen FROM investment_return WHERE state = 'done' GROUP BY order_id) AS r
             ON r.order_id = o.id WHERE o.listing_id = $1) AS each`,
    [listing.id],
  );
  const { orders, wrong, first } = rows[0]!;
  const failures = wrong === '0' ? [] : [`of ${wrong} orders the parts are not what was held, the first is number ${first}`];
  return check('what was held for each order is lent or went back, to the fen', Number(orders), failures);
}

function conserved(before: BankBooks, after: BankBooks): Check {
  return check('all accounts of the bank together are zero, before and after', after.accounts.length, [
    ...unequal('fen in all accounts before', before.totalFen, 0n),
    ...unequal('fen in all accounts after', after.totalFen, 0n),
  ]);
}

/** Each investor has at the bank what he had, less what is lent of his orders, and nothing of it is held. */
async function investorsAtBank({ owner, listing, people, before }: World, after: BankBooks): Promise<Check> {
  const { rows } = await owner.query<{ account_no: string; lent: string }>(
    `SELECT account_no, coalesce(sum(collected_fen), 0) AS lent FROM investment_order WHERE listing_id = $1 GROUP BY account_no`,
    [listing.id],
  );
  const lent = new Map(rows.map((row) => [row.account_no, BigInt(row.lent)]));
  const had = byNumber(before);
  const has = byNumber(after);
  const failures = people.flatMap(({ accountNo }) => {
    const account = has.get(`${accountNo}/`)!;
    return [
      ...unequal(`fen of ${accountNo}`, account.totalFen, had.get(`${accountNo}/`)!.totalFen - (lent.get(accountNo) ?? 0n)),
      ...unequal(`fen held of ${accountNo}`, account.heldFen, 0n),
      ...unequal(`available and frozen fen of ${accountNo}`, account.availableFen + account.otherFrozenFen, account.totalFen),
    ];
  });
  return check("each investor's account: what he had less what is lent of his orders, nothing held", people.length, failures);
}

/** D and R are empty, what was lent is with the borrower, the insurer and the operating company, nothing lies in suspense, the bank advanced nothing. */
async function listingAtBank({ owner, listing, borrower, insurerAccountNo, before }: World, after: BankBooks): Promise<Check> {
  const { rows } = await owner.query<Record<'collected' | 'premium' | 'fee' | 'disbursed' | 'orders', string>>(
    `SELECT s.collected_fen AS collected, s.premium_paid_fen AS premium, s.fee_paid_fen AS fee, s.disbursed_fen AS disbursed,
       (SELECT sum(collected_fen) FROM investment_order WHERE listing_id = $1) AS orders FROM settlement s WHERE s.listing_id = $1`,
    [listing.id],
  );
  const [collected, premium, fee, disbursed, orders] = (['collected', 'premium', 'fee', 'disbursed', 'orders'] as const).map((column) =>
    BigInt(rows[0]![column]),
  ) as [bigint, bigint, bigint, bigint, bigint];
  const grown = (chosen: (account: AccountAtBank) => boolean): bigint => sum(after, chosen) - sum(before, chosen);
  const ofKind = (kind: string) => (account: AccountAtBank) => account.kind === kind;
  return check('D, R, S, B, the insurer, the fee account and the borrower: what was collected, and nothing else', after.accounts.length, [
    ...unequal('fen collected, by the settlement and by the orders', collected, orders),
    ...unequal('premium, fee and disbursement', premium + fee + disbursed, collected),
    ...unequal(
      'fen in D and R',
      sum(after, (account) => ofKind('D')(account) || ofKind('R')(account)),
      0n,
    ),
    ...unequal('fen in S', sum(after, ofKind('S')), 0n),
    ...unequal('fen more in B', grown(ofKind('B')), 0n),
    ...unequal('fen more in F', grown(ofKind('F')), fee),
    ...unequal(
      'fen more at the insurer',
      grown(({ accountNo }) => accountNo === insurerAccountNo),
      premium,
    ),
    ...unequal(
      'fen more at the borrower',
      grown(({ accountNo }) => accountNo === borrower.accountNo),
      disbursed,
    ),
  ]);
}

/** The mirror and the bank, account by account. What the accounts had before the first order no statement has told yet: it counts as moved by their owners. */
async function ledgerAtBank({ platform, before }: World, after: BankBooks): Promise<Check> {
  const database = await openDatabase({ url: platform.databases.readUrl, poolSize: 1, applicationName: 'bench', role: 'read' });
  try {
    const inside = ({ accounts }: BankBooks): readonly AccountAtBank[] => accounts.filter(({ kind }) => kind !== 'W');
    const since = new Map(inside(before).map((account) => [`${account.accountNo}/${account.listingNo}`, account.totalFen]));
    const { differences } = await database.work.read((tx) => compareWithBank(tx, inside(after), since));
    const failures = differences.map(({ what }) => what);
    return check('the ledger is the bank: balance and held, account by account', inside(after).length, failures);
  } finally {
    await database.close();
  }
}

async function verified({ platform }: World): Promise<Check> {
  const { invariants, failures } = await verifyInChild(platform.databases.readUrl);
  const rows = invariants.reduce((all, { examined }) => all + examined, 0);
  return check(`rongqiao verify: ${invariants.length} invariants`, rows, failures);
}

function check(what: string, examined: number, failures: readonly string[]): Check {
  const named = failures.slice(0, NAMED);
  return { what, examined, failures: failures.length > NAMED ? [...named, `and ${failures.length - NAMED} more`] : named };
}

function unequal(what: string, found: bigint, wanted: bigint): string[] {
  return found === wanted ? [] : [`${what}: ${found}, not ${wanted}`];
}

function sum({ accounts }: BankBooks, chosen: (account: AccountAtBank) => boolean): bigint {
  return accounts.filter(chosen).reduce((all, account) => all + account.totalFen, 0n);
}

function byNumber({ accounts }: BankBooks): ReadonlyMap<string, AccountAtBank> {
  return new Map(accounts.map((account) => [`${account.accountNo}/${account.listingNo}`, account]));
}
