import type { ItemOutcome, Outcome } from '#bank/port';
import { Outage } from '#kernel/faults';
import { newId, readPublicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, endWaiting, enqueue } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { sayAlarms } from './alarms';
import { askPlan } from './ask-plan';
import { connectedBank } from './bank-holder';
import { bankOrderLifecycle } from './bank-order.lifecycle';
import type { BankOrder, Source } from './bank-order';
import { settle, settleReturned } from './door';
import type { Decision } from './door';
import { takeApart } from './taking-apart';
import { isUnwanted, wantClosed } from './unwanted';

const resend = declareTransition(bankOrderLifecycle, 'resend');

/**
 * Asks the bank about the open orders of one group until each is decided. Past an order's limit it goes on hourly: the order is an item in the back office
 * and waits for the statement; nothing is ever called failed because time has passed.
 */
export const askJob = defineJob({ name: 'bank.ask', lane: 'bank', limit: { rings: 1_000 }, run: askGroup });

async function askGroup(call: JobCall): Promise<void> {
  const group = call.job.subject as Uuid;
  const orders = await call.work.read((tx) => openOrders(tx, group));
  const answers = await Promise.all(orders.map((order) => askOne(order)));
  const { left, spoilers } = await settleLongBatches(call, answers);
  if (spoilers.length > 0) throw await takeWhatCanBeTaken(call, left, spoilers[0]);
  let isTaken = false;
  try {
    await call.work.run(async (tx) => {
      isTaken = false;
      await takeAnswers(tx, left, call);
      isTaken = true;
      const stillOpen = await openOrders(tx, group);
      if (stillOpen.length === 0) return endOrWait(tx, call, group);
      const asks = Math.min(...stillOpen.map((order) => order.asks));
      const pause = askPlan(asks, connectedBank().capabilities.settleWindowSeconds);
      await call.again(tx, new Date(wallClock.now().getTime() + pause), 'the bank has not decided');
    });
  } catch (error) {
    throw isTaken || error instanceof Outage ? error : await takeWhatCanBeTaken(call, left, error);
  }
}

/** What the bank has said about orders that are still open: it is counted, settled, and what is missing is followed. */
async function takeAnswers(tx: Tx, heard: readonly Answer[], call: JobCall): Promise<void> {
  const open = await countAsking(
    tx,
    heard.map(({ order }) => order),
  );
  const answers = heard.flatMap((answer) => {
    const order = open.get(answer.order.id);
    return order === undefined ? [] : [{ ...answer, order }];
  });
  const decisions = decisionsOf(answers);
  sayAlarms(call.log, await settle(tx, decisions, sourceOf(call), 'system'), decisions);
  await takeReturns(tx, answers, call);
  await followMissing(tx, answers, call);
}

/**
 * One answer that cannot be taken does not hold up the others, nor the other items of its batch. The job fails all the same: it is tried again, about what is still
 * open, and parked for a person in the end.
 * @returns why it fails
 */
async function takeWhatCanBeTaken(call: JobCall, answers: readonly Answer[], reason: unknown): Promise<unknown> {
  const spoilers: unknown[] = [];
  for (const answer of answers) spoilers.push(...(await settleItems(call, answer, answer.items)));
  const withoutItems = answers.map((answer) => ({ ...answer, items: [] }));
  spoilers.push(...(await takeApart(withoutItems, (part) => call.work.run((tx) => takeAnswers(tx, part, call)))));
  return spoilers[0] ?? reason;
}

/** Counts the question, and locks what is still open: while we asked, the answer to another question, or the order to close, may have come in. */
async function countAsking(tx: Tx, orders: readonly BankOrder[]): Promise<ReadonlyMap<Uuid, BankOrder>> {
  const rows = await tx.query<BankOrder>(
    `WITH open AS (SELECT id FROM bank_order WHERE id = ANY($1::uuid[]) AND state IN ('accepted', 'unknown') ORDER BY id FOR NO KEY UPDATE)
     UPDATE bank_order o SET asks = asks + 1, asked_at = clock_timestamp() FROM open WHERE o.id = open.id RETURNING o.*`,
    [orders.map((order) => order.id)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A notice is a bell: what is then asked because of it counts as told by the notice. */
function sourceOf(call: JobCall): Source {
  return typeof call.job.payload['notice'] === 'string' ? 'notice' : 'query';
}

async function openOrders(tx: Tx, group: Uuid): Promise<BankOrder[]> {
  return tx.query<BankOrder>(
    `SELECT * FROM bank_order WHERE send_group = $1 AND parent_id IS NULL AND state IN ('accepted', 'unknown') ORDER BY id`,
    [group],
  );
}

/** For how long after it was sent an answer is taken to be on its way to us, and how long a notice that has overtaken it waits for it, in milliseconds. */
const ON_ITS_WAY_MS = 1_000;
const OVERTAKEN_MS = 30;

/**
 * Nothing of a group is to be asked about just now. When all of it is decided, the question that the sending job had planned for later need not be asked either. A notice
 * may have overtaken the answer to what it is about: it rings again when that is stored, since the planned question comes later. And an answer that is committed between
 * two statements of ours leaves its own question behind: that one is not ours to end.
 */
async function endOrWait(tx: Tx, call: JobCall, group: Uuid): Promise<void> {
  const [row] = await tx.query<{ undecided: boolean; on_its_way: boolean }>(
    `SELECT count(*) > 0 AS undecided, coalesce(bool_or(state = 'sent' AND sent_at > clock_timestamp() - $2 * interval '1 millisecond'), false) AS on_its_way
     FROM bank_order WHERE send_group = $1 AND parent_id IS NULL AND state IN ('created', 'sent', 'accepted', 'unknown')`,
    [group, ON_ITS_WAY_MS],
  );
  if (row!.on_its_way && sourceOf(call) === 'notice')
    return call.again(tx, new Date(wallClock.now().getTime() + OVERTAKEN_MS), 'the answer is on its way');
  if (!row!.undecided) await endWaiting(tx, askJob.name, [group]);
  return call.done(tx);
}

interface Answer {
  readonly order: BankOrder;
  readonly outcome: Outcome;
  readonly items: readonly ItemOutcome[];
}

async function askOne(order: BankOrder): Promise<Answer> {
  const givenUpAt = order.given_up_at ?? wallClock.now();
  if (order.kind === 'BATCH') {
    const { batch, items } = await connectedBank().queryBatch(order.request_no!, givenUpAt);
    return { order, outcome: batch, items };
  }
  const { exchange: _exchange, ...outcome } = await connectedBank().query(order.request_no!, givenUpAt);
  return { order, outcome: outcome as Outcome, items: [] };
}

/** Items that one transaction settles: short enough that others who want the same accounts wait for a moment only, and memory does not grow with the batch. */
const ITEMS_AT_ONCE = 1_000;

/**
 * What was heard of a long batch is settled some items at a time, each part for itself: every item is a fact of the bank's, and whoever dies in between asks again.
 * @returns the answers with what is left of their items for the transaction that ends the run, and why items could not be taken
 */
async function settleLongBatches(call: JobCall, answers: readonly Answer[]): Promise<{ left: Answer[]; spoilers: unknown[] }> {
  const left: Answer[] = [];
  const spoilers: unknown[] = [];
  for (const { items: heard, ...answer } of answers) {
    const items = heard.filter(({ kind }) => kind !== 'waiting');
    while (items.length > ITEMS_AT_ONCE) spoilers.push(...(await settleItems(call, answer, items.splice(0, ITEMS_AT_ONCE))));
    left.push({ ...answer, items });
  }
  return { left, spoilers };
}

/** Some items of a batch, in one transaction where nothing spoils it. @returns why items could not be taken */
function settleItems(call: JobCall, { order }: Pick<Answer, 'order'>, items: readonly ItemOutcome[]): Promise<unknown[]> {
  return takeApart(items, (part) =>
    call.work.run(async (tx) => {
      // Meanwhile another question may have heard the end of the batch.
      const [open] = await tx.query(`SELECT 1 FROM bank_order WHERE id = $1 AND state IN ('accepted', 'unknown')`, [order.id]);
      if (open === undefined) return;
      const decisions = itemDecisions({ items: part });
      sayAlarms(call.log, await settle(tx, decisions, sourceOf(call), 'system'), decisions);
    }),
  );
}

/** A batch's answer speaks about its items too: each has its own outcome. */
function decisionsOf(answers: readonly Answer[]): Decision[] {
  return [...answers.map(({ order, outcome }) => ({ id: order.id, outcome })), ...answers.flatMap(itemDecisions)];
}

function itemDecisions({ items }: Pick<Answer, 'items'>): Decision[] {
  return items.flatMap((item) => {
    const id = readPublicId('item', `item_${item.itemNo.toLowerCase()}`);
    return id === undefined || item.kind === 'waiting' ? [] : [{ id, outcome: item }];
  });
}

/** A query may also tell that a transfer, done before, has come back. */
async function takeReturns(tx: Tx, answers: readonly Answer[], call: JobCall): Promise<void> {
  const returns = answers.flatMap(({ order, outcome }) =>
    outcome.kind === 'done' && outcome.returned !== undefined ? [{ id: order.id, word: outcome.returned }] : [],
  );
  if (returns.length === 0) return;
  sayAlarms(call.log, await settleReturned(tx, returns, 'query', 'system'), []);
}

/** The bank, asked late enough, has never heard of the number: not done yet, so the same number is sent again, or closed when it is not wanted any more. */
async function followMissing(tx: Tx, answers: readonly Answer[], call: JobCall): Promise<void> {
  const missing = answers.filter(({ outcome, order }) => outcome.kind === 'missing' && order.state === 'unknown').map(({ order }) => order);
  await wantClosed(
    tx,
    missing.filter(isUnwanted).map(({ id }) => id),
  );
  const moved = await move(
    tx,
    resend,
    missing.filter((order) => !isUnwanted(order)).map(({ id }) => ({ id })),
    { cause: `job:${call.job.id}`, who: 'system', alreadyMoved: 'skip' },
  );
  const group = call.job.subject;
  if (moved.length > 0) await enqueue(tx, [{ name: 'bank.send', subject: group, key: `${group}:${newId()}` }]);
}
