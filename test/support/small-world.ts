import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { recordActs } from '#registers/audit-log';
import { propose, takeProposal } from '#registers/proposal';
import { sealRecords } from '#watch/audit';
import { investmentOrderLifecycle, investmentReturnLifecycle } from '../../libs/journey/investment/investment.lifecycle';
import { FIRST_DAY as day } from './paper-days';
import type { PaperDays } from './paper-days';
import { lentOut, secondLoan } from './small-world-loans';
import { HELD_AT, Scribe } from './small-world-scribe';

/** Ids that a test of the invariants needs to change something. */
export interface SmallWorld {
  readonly raising: Uuid;
  readonly failed: Uuid;
  readonly repaying: Uuid;
  readonly borrower: Uuid;
  readonly repayOfSecondLoan: Uuid;
  readonly firstLoan: Uuid;
}

/**
 * Three listings on one day, written as the stages would have written them: one raising with a return that is due, one failed with its hold released, one lent out
 * and repaying with a paid and a sent payout; and a second loan. Its day is then ended against a bank of paper that says the same.
 */
export async function buildSmallWorld(days: PaperDays): Promise<SmallWorld> {
  await days.begin(fen(100_000n));
  const world = await days.db.work.run((tx) => build(new Scribe(tx)));
  days.bank.write(day, await statementOf(days));
  const waiting = await days.endOfDay(day);
  if (waiting !== undefined) throw new Error(waiting);
  await days.db.work.run((tx) => sealRecords(tx));
  return world;
}

async function build(scribe: Scribe): Promise<SmallWorld> {
  const [borrower, first, second] = await scribe.customers(['C1', 'C2', 'C3']);
  const raising = await scribe.listing('L1', borrower!, 100_000n, ['take_up', 'approve', 'schedule', 'open']);
  const failed = await scribe.listing('L2', borrower!, 100_000n, ['take_up', 'approve', 'schedule', 'open', 'fail', 'finish_failing']);
  const repaying = await scribe.listing('L3', borrower!, 10_000n, ['take_up', 'approve', 'schedule', 'open', 'fill', 'settle', 'repay']);
  const other = await scribe.listing('L4', borrower!, 10_000n, ['take_up', 'approve', 'schedule', 'open', 'fill', 'settle', 'repay']);
  await scribe.openMirror();
  await raisingOrders(scribe, raising, first!, second!);
  await failedOrder(scribe, failed, first!);
  const firstLoan = await lentOut(scribe, repaying, borrower!, first!, second!);
  const repayOfSecondLoan = await secondLoan(scribe, other, borrower!);
  await lineOf(scribe, borrower!, repaying);
  await paperwork(scribe);
  return { raising, failed, repaying, borrower: borrower!, repayOfSecondLoan, firstLoan };
}

async function raisingOrders(scribe: Scribe, listing: Uuid, first: Uuid, second: Uuid): Promise<void> {
  await scribe.order(listing, 'L1', first, 'C2', 500n);
  const leaving = await scribe.order(listing, 'L1', second, 'C3', 300n);
  await scribe.walk(investmentOrderLifecycle, leaving.id, ['leave_out']);
  await scribe.hasLess(listing, second, 300n);
  await scribe.insert('investment_return', {
    state: 'due',
    order_id: leaving.id,
    listing_id: listing,
    source: 'hold',
    cause: 'late_freeze',
    amount_fen: 300n,
    attempts: 0,
    due_on: day,
    recorded_at: HELD_AT,
    changed_at: HELD_AT,
  });
}

async function failedOrder(scribe: Scribe, listing: Uuid, customer: Uuid): Promise<void> {
  const { id, hold } = await scribe.order(listing, 'L2', customer, 'C2', 200n);
  await scribe.walk(investmentOrderLifecycle, id, ['leave_out']);
  await scribe.hasLess(listing, customer, 200n);
  const back = await scribe.insert('investment_return', {
    state: 'due',
    order_id: id,
    listing_id: listing,
    source: 'hold',
    cause: 'failed',
    amount_fen: 200n,
    attempts: 0,
    due_on: day,
    recorded_at: HELD_AT,
    changed_at: HELD_AT,
  });
  await scribe.done(await scribe.bankOrder('RELEASE', back, 200n, 'EC2', 'DL2', { listing_id: listing, hold_order_id: hold }));
  await scribe.walk(investmentReturnLifecycle, back, ['send', 'finish']);
}

async function lineOf(scribe: Scribe, borrower: Uuid, listing: Uuid): Promise<void> {
  await scribe.tx.execute('INSERT INTO credit_line (customer_id, limit_fen, used_fen, frozen_fen) VALUES ($1, 50000, 6000, 4000)', [
    borrower,
  ]);
  for (const [kind, amount] of [
    ['FREEZE', 10_000n],
    ['DEDUCT', 6_000n],
  ] as const) {
    await scribe.insert('credit_movement', {
      customer_id: borrower,
      listing_id: listing,
      financing_no: 'F1',
      move_no: `M-${kind}`,
      kind,
      amount_fen: amount,
      cause: 'test',
      recorded_at: HELD_AT,
    });
  }
}

async function paperwork(scribe: Scribe): Promise<void> {
  const proposal = { kind: 'test.change', subject: 'x', payload: { amountFen: 1, why: ['a', 'b'] }, reason: 'because', maker: 'opr_1' };
  await takeProposal(scribe.tx, await propose(scribe.tx, proposal), 'opr_2');
  await propose(scribe.tx, proposal);
  await scribe.tx.execute(
    `INSERT INTO command (actor, key, route, body_digest, status, answer) VALUES ('opr_1', 'k1', 'POST /x', 'd1', 200, '{}')`,
  );
  await recordActs(
    scribe.tx,
    ['listing.approve', 'break.propose', 'break.approve'].map((act) => ({
      who: 'opr_1',
      act,
      subject: 'x',
      details: { n: 1 },
      requestId: 'req_1',
    })),
  );
}

/** The statement of a bank that agrees with everything. */
async function statementOf(days: PaperDays): Promise<Parameters<PaperDays['bank']['write']>[1]> {
  const lines = await days.rows<{
    request_no: string;
    kind: string;
    serial: string;
    f: string;
    t: string;
    amount: bigint;
    listing_no: string;
  }>(
    `SELECT o.request_no, o.kind, o.bank_serial AS serial, d.account_no AS f, CASE WHEN o.kind IN ('HOLD', 'RELEASE') THEN d.account_no ELSE c.account_no END AS t,
       o.amount_fen AS amount, greatest(d.listing_no, c.listing_no) AS listing_no
     FROM bank_order o JOIN ledger_account d ON d.id = o.debit_account_id JOIN ledger_account c ON c.id = o.credit_account_id WHERE o.state = 'done'`,
  );
  const accounts = await days.rows<{ account_no: string; listing_no: string; kind: 'E'; posted_fen: Fen; pending_fen: Fen }>(
    `SELECT account_no, listing_no, kind, posted_fen, pending_fen FROM ledger_account WHERE kind <> 'W'`,
  );
  return {
    transactions: [
      ...['C1', 'C2', 'C3'].map((no) => ({
        kind: 'TOP_UP' as const,
        bankSerialNo: `TOP${no}`,
        toAccount: `E${no}`,
        amount: fen(100_000n),
      })),
      ...lines.map((line) => ({
        requestNo: line.request_no,
        kind: line.kind as 'HOLD',
        bankSerialNo: line.serial,
        fromAccount: line.f,
        toAccount: line.t,
        listingNo: line.listing_no,
        amount: fen(line.amount),
      })),
    ],
    balances: accounts.map((account) => ({
      accountNo: account.account_no,
      listingNo: account.listing_no,
      kind: account.kind,
      total: account.posted_fen,
      held: account.pending_fen,
    })),
  };
}
