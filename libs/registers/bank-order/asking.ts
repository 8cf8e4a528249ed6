import type { ItemOutcome, Outcome } from '#bank/port';
import { readPublicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, endWaiting, enqueue } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import { askPlan } from './ask-plan';
import { connectedBank } from './bank-holder';
import { bankOrderLifecycle } from './bank-order.lifecycle';
import type { BankOrder, Source } from './bank-order';
import { settle, settleReturned } from './door';
import type { Decision } from './door';

const resend = declareTransition(bankOrderLifecycle, 'resend');

/**
 * Asks the bank about the open orders of one group until each is decided. Past an order's limit it goes on hourly: the order is an item in the back office
 * and waits for the statement; nothing is ever called failed because time has passed.
 */
export const askJob = defineJob({ name: 'bank.ask', lane: 'bank', limit: { rings: 1_000 }, run: askGroup });

/** What the log says when a word of the bank cannot be. */
const CONTRADICTED = 'the bank contradicts what it said before; nothing was changed';

async function askGroup(call: JobCall): Promise<void> {
  const group = call.job.subject as Uuid;
  const orders = await call.work.read((tx) => openOrders(tx, group));
  const heard = await Promise.all(orders.map((order) => askOne(order)));
  await call.work.run(async (tx) => {
    const open = await countAsking(tx, orders);
    const answers = heard.filter(({ order }) => open.has(order.id));
    const { contradicted } = await settle(tx, decisionsOf(answers), sourceOf(call), 'system');
    if (contradicted.length > 0) call.log.error({ contradicted }, CONTRADICTED);
    await takeReturns(tx, answers, call);
    await sendAgain(tx, answers, group, call);
    const stillOpen = await openOrders(tx, group);
    if (stillOpen.length === 0) {
      // The bank rang: the question that the sending job had planned for later need not be asked.
      if (await isDecided(tx, group)) await endWaiting(tx, askJob.name, group);
      return call.done(tx);
    }
    const asks = Math.min(...stillOpen.map((order) => order.asks));
    const pause = askPlan(asks, connectedBank().capabilities.settleWindowSeconds);
    await call.again(tx, new Date(wallClock.now().getTime() + pause), 'the bank has not decided');
  });
}

/** Counts the question, and finds out what is still open: while we asked, the answer to another question may have come in. */
async function countAsking(tx: Tx, orders: readonly BankOrder[]): Promise<ReadonlySet<Uuid>> {
  const rows = await tx.query<{ id: Uuid }>(
    `WITH open AS (SELECT id FROM bank_order WHERE id = ANY($1::uuid[]) AND state IN ('accepted', 'unknown') ORDER BY id FOR NO KEY UPDATE)
     UPDATE bank_order o SET asks = asks + 1, asked_at = clock_timestamp() FROM open WHERE o.id = open.id RETURNING o.id`,
    [orders.map((order) => order.id)],
  );
  return new Set(rows.map((row) => row.id));
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

/**
 * Whether nothing of a group will ever be asked about again: what is decided stays decided. An order that is still being sent has nothing to be asked about
 * either, but between two statements of ours its answer may be committed, with the question that is to follow: that one is not ours to end.
 */
async function isDecided(tx: Tx, group: Uuid): Promise<boolean> {
  const [row] = await tx.query<{ decided: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM bank_order WHERE send_group = $1 AND parent_id IS NULL AND state IN ('created', 'sent', 'accepted', 'unknown')) AS decided`,
    [group],
  );
  return row!.decided;
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

/** A batch's answer speaks about its items too: each has its own outcome. */
function decisionsOf(answers: readonly Answer[]): Decision[] {
  const decisions: Decision[] = answers.map(({ order, outcome }) => ({ id: order.id, outcome }));
  for (const { items } of answers) {
    for (const item of items) {
      const id = readPublicId('item', `item_${item.itemNo.toLowerCase()}`);
      if (id !== undefined && item.kind !== 'waiting') decisions.push({ id, outcome: item });
    }
  }
  return decisions;
}

/** A query may also tell that a transfer, done before, has come back. */
async function takeReturns(tx: Tx, answers: readonly Answer[], call: JobCall): Promise<void> {
  const returns = answers.flatMap(({ order, outcome }) =>
    outcome.kind === 'done' && outcome.returned !== undefined ? [{ id: order.id, word: outcome.returned }] : [],
  );
  if (returns.length === 0) return;
  const { contradicted } = await settleReturned(tx, returns, 'query', 'system');
  if (contradicted.length > 0) call.log.error({ contradicted }, CONTRADICTED);
}

/** The bank, asked late enough, has never heard of the number: not done yet, so the same number is sent again. */
async function sendAgain(tx: Tx, answers: readonly Answer[], group: Uuid, call: JobCall): Promise<void> {
  const missing = answers.filter(({ outcome, order }) => outcome.kind === 'missing' && order.state === 'unknown');
  const moved = await move(
    tx,
    resend,
    missing.map(({ order }) => ({ id: order.id })),
    { cause: `job:${call.job.id}`, who: 'system', alreadyMoved: 'skip' },
  );
  if (moved.length > 0)
    await enqueue(tx, [{ name: 'bank.send', subject: group, key: `${group}:${call.job.id}:${wallClock.now().getTime()}` }]);
}
