import type { BatchItem, EncodedInstruction, Exchange, Instruction, Outcome } from '#bank/port';
import { Outage } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob, enqueue } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { declareTransition, move, moveInParts } from '#platform/transitions';
import { sayAlarms } from './alarms';
import { askPlan } from './ask-plan';
import { connectedBank } from './bank-holder';
import { bankOrderLifecycle } from './bank-order.lifecycle';
import { thawInstruction } from './bank-order';
import type { BankOrder } from './bank-order';
import { settle } from './door';
import { inPortions } from './portions';
import { takeApart } from './taking-apart';

const send = declareTransition(bankOrderLifecycle, 'send');

/** How long answers are gathered before they are taken: a group of usual size is back within it, and nobody waits for the slowest. */
const PORTION_MS = 1_000;

/** Pause after a try that decided nothing (busy, too fast, not sent). */
const PAUSE_MS = [100, 300, 1_000, 5_000, 15_000, 60_000];

/**
 * Sends the bank orders of one group. The bytes are committed before the call; a worker that dies in between sends the same number with the same bytes
 * again, which the bank answers with the outcome of the first. No try is ever made under a new number.
 */
export const sendJob = defineJob({ name: 'bank.send', lane: 'bank', limit: { rings: 50 }, run: sendGroup });

async function sendGroup(call: JobCall): Promise<void> {
  const group = call.job.subject as Uuid;
  const orders = await call.work.run((tx) => prepare(tx, group, `job:${call.job.id}`));
  const calls = orders.map((order) => tryOnce(order));
  const spoilers: unknown[] = [];
  for await (const { items: tries, isLast } of inPortions(calls, PORTION_MS)) {
    if (isLast && spoilers.length === 0) return endWith(call, group, orders, tries);
    spoilers.push(...(await takeApart(tries, (part) => call.work.run((tx) => takeAnswers(tx, part, call.log)))));
    if (isLast) await leaveToQuestions(call, group, spoilers[0]);
  }
}

/** The rest of the answers, and with them the end of the run: nearly always all of the group, in one transaction. */
async function endWith(call: JobCall, group: Uuid, orders: readonly BankOrder[], tries: readonly Try[]): Promise<void> {
  let isTaken = false;
  try {
    await call.work.run(async (tx) => {
      isTaken = false;
      await takeAnswers(tx, tries, call.log);
      isTaken = true;
      if (!(await askAboutOpen(tx, group))) return call.done(tx);
      await call.again(tx, new Date(wallClock.now().getTime() + pauseAfter(orders)), 'the bank decided nothing');
    });
  } catch (error) {
    if (isTaken || error instanceof Outage) throw error;
    const [spoiler] = await takeApart(tries, (part) => call.work.run((tx) => takeAnswers(tx, part, call.log)));
    await leaveToQuestions(call, group, spoiler ?? error);
  }
}

/** One portion of answers: what was tried is written down, and settled through the door. */
async function takeAnswers(tx: Tx, tries: readonly Try[], log: JobCall['log']): Promise<void> {
  await recordTries(tx, tries);
  const said = tries.map(({ order, outcome }) => ({ id: order.id, outcome }));
  sayAlarms(log, await settle(tx, said, 'answer', 'system'), said);
}

/** Some answers could not be taken: the others are asked about as usual, and the job fails with the reason. It is tried again, and parked for a person in the end. */
async function leaveToQuestions(call: JobCall, group: Uuid, spoiler: unknown): Promise<void> {
  await call.work.run((tx) => askAboutOpen(tx, group));
  throw spoiler;
}

/** Leaves a question behind for whatever the bank has not decided. @returns whether something is still to be sent */
async function askAboutOpen(tx: Tx, group: Uuid): Promise<boolean> {
  const open = await openStates(tx, group);
  if (open.asking)
    await enqueue(tx, [{ name: 'bank.ask', subject: group, key: `${group}:${open.tries}`, delayMs: askPlan(0, settleWindow()) }]);
  return open.sending;
}

/** First beat: everything that is to be sent gets its bytes and is `sent`, committed before the first byte leaves. What is not wanted any more is left to its closing. */
async function prepare(tx: Tx, group: Uuid, cause: string): Promise<BankOrder[]> {
  const orders = await tx.query<BankOrder>(
    `SELECT * FROM bank_order WHERE send_group = $1 AND parent_id IS NULL AND state IN ('created', 'sent') AND unwanted_at IS NULL ORDER BY id FOR NO KEY UPDATE`,
    [group],
  );
  const fresh = orders.filter((order) => order.state === 'created');
  const bytes = new Map<Uuid, EncodedInstruction>();
  for (const order of fresh) bytes.set(order.id, connectedBank().encode(await instructionOf(tx, order)));
  const subjects = fresh.map(({ id }) => ({ id, patch: { ...bytes.get(id)!, sent_at: wallClock.now() } }));
  const moved = await move<BankOrder>(tx, send, subjects, { cause, who: 'system' });
  const items = await itemsOf(tx, fresh);
  await moveInParts(tx, send, items, { cause, who: 'system', alreadyMoved: 'skip' });
  return [...moved, ...orders.filter((order) => order.state === 'sent')];
}

/** A batch is put together from its items when its bytes are made; everything else was said when it was created. */
async function instructionOf(tx: Tx, order: BankOrder): Promise<Instruction> {
  const instruction = thawInstruction(order.instruction);
  if (instruction.do !== 'submit_batch') return instruction;
  const items = await tx.query<{
    item_no: string;
    amount_fen: bigint;
    from_no: string;
    to_no: string;
    hold_no: string | null;
    group_no: string | null;
  }>(
    `SELECT i.item_no, i.amount_fen, d.account_no AS from_no, c.account_no AS to_no, coalesce(h.data->>'holdNo', h.data->>'debitNo') AS hold_no, i.group_no
     FROM bank_order i JOIN ledger_account d ON d.id = i.debit_account_id JOIN ledger_account c ON c.id = i.credit_account_id
     LEFT JOIN bank_order h ON h.id = i.hold_order_id WHERE i.parent_id = $1 ORDER BY i.item_no`,
    [order.id],
  );
  return { ...instruction, items: items.map((row) => asItem(row, instruction.kind)) };
}

function asItem(
  row: { item_no: string; amount_fen: bigint; from_no: string; to_no: string; hold_no: string | null; group_no: string | null },
  kind: string,
): BatchItem {
  // A release frees money in the investor's own account: from and to are the two sides of the hold.
  const usesHold = row.hold_no !== null && kind !== 'PAYOUT';
  return {
    itemNo: row.item_no,
    from: row.from_no,
    to: row.to_no,
    amount: fen(row.amount_fen),
    ...(usesHold ? { holdNo: row.hold_no! } : {}),
    ...(row.group_no === null ? {} : { group: row.group_no }),
  };
}

async function itemsOf(tx: Tx, batches: readonly BankOrder[]): Promise<{ id: Uuid }[]> {
  const ids = batches.filter((order) => order.kind === 'BATCH').map((order) => order.id);
  if (ids.length === 0) return [];
  return tx.query<{ id: Uuid }>(`SELECT id FROM bank_order WHERE parent_id = ANY($1::uuid[]) AND state = 'created'`, [ids]);
}

/** One try of one order, with what to remember of it. */
interface Try {
  readonly order: BankOrder;
  readonly outcome: Outcome;
  readonly exchange: Exchange;
}

async function tryOnce(order: BankOrder): Promise<Try> {
  const { exchange, ...outcome } = await connectedBank().send(order.request_no!, { service: order.service!, body: order.body! });
  return { order, outcome: outcome as Outcome, exchange };
}

async function recordTries(tx: Tx, tries: readonly Try[]): Promise<void> {
  await tx.execute(
    `WITH kept AS (
       INSERT INTO bank_call (request_no, service, outcome, why, answer, started_at, ended_at)
       SELECT t.request_no, t.service, t.outcome, t.why, t.answer, t.started_at, t.ended_at
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
         AS t (request_no, service, outcome, why, answer, started_at, ended_at))
     UPDATE bank_order o SET tries = o.tries + 1, given_up_at = t.ended_at FROM unnest($1::uuid[], $8::timestamptz[]) AS t (id, ended_at) WHERE o.id = t.id`,
    [
      tries.map(({ order }) => order.id),
      tries.map(({ order }) => order.request_no),
      tries.map(({ order }) => order.service),
      tries.map(({ outcome }) => outcome.kind),
      tries.map(({ outcome }) => ('why' in outcome ? outcome.why : null)),
      tries.map(({ exchange }) => exchange.answer),
      tries.map(({ exchange }) => exchange.startedAt),
      tries.map(({ exchange }) => exchange.endedAt),
    ],
  );
}

async function openStates(tx: Tx, group: Uuid): Promise<{ sending: boolean; asking: boolean; tries: bigint }> {
  const [row] = await tx.query<{ sending: boolean; asking: boolean; tries: bigint }>(
    `SELECT coalesce(sum(tries), 0)::bigint AS tries, coalesce(bool_or(state IN ('created', 'sent') AND unwanted_at IS NULL), false) AS sending, coalesce(bool_or(state IN ('accepted', 'unknown')), false) AS asking
     FROM bank_order WHERE send_group = $1 AND parent_id IS NULL`,
    [group],
  );
  return row!;
}

function settleWindow(): number {
  return connectedBank().capabilities.settleWindowSeconds;
}

function pauseAfter(orders: readonly BankOrder[]): number {
  const tries = Math.max(0, ...orders.map((order) => order.tries));
  return PAUSE_MS[Math.min(tries, PAUSE_MS.length - 1)]!;
}
