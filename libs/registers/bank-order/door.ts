import type { BankWord, ItemOutcome, Outcome, ReturnedWord } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import { instantToDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { By, Patch, Transition } from '#platform/transitions';
import { endReservations, post } from '#registers/ledger';
import { bankOrderLifecycle } from './bank-order.lifecycle';
import type { BankOrder, Source } from './bank-order';
import { decidedAsWhole, withItems } from './batches';
import { entriesOf, movesMoney, returnEntriesOf } from './entries';
import { handlerOf, onOutcome } from './outcome-handlers';
import type { Decided, OutcomeHandler } from './outcome-handlers';

const accept = declareTransition(bankOrderLifecycle, 'accept');
const lose = declareTransition(bankOrderLifecycle, 'lose');
const finish = declareTransition(bankOrderLifecycle, 'finish');
const refuse = declareTransition(bankOrderLifecycle, 'refuse');
const close = declareTransition(bankOrderLifecycle, 'close');
const comeBack = declareTransition(bankOrderLifecycle, 'come_back');
const acknowledge = declareTransition(bankOrderLifecycle, 'acknowledge');

/** What somebody says about one bank order. */
export interface Decision {
  readonly id: Uuid;
  readonly outcome: Outcome | ItemOutcome;
}

/**
 * What became of a set of decisions. A contradiction (the bank now says otherwise) changes nothing: it is a break for a person. A success that does not say where and
 * when the money was booked is not believed: what it is about is unknown, and the others of its set are none the worse for it.
 */
export interface Settled {
  readonly moved: readonly Uuid[];
  readonly unchanged: readonly Uuid[];
  readonly contradicted: readonly { readonly id: Uuid; readonly why: string }[];
  readonly unbelieved: readonly { readonly id: Uuid; readonly why: string }[];
}

/**
 * An order that was refused or closed with us and that the bank has done all the same, as two people have found: it is done, by the way that the bank's own answer
 * would have gone.
 * @returns whether it was one of these
 */
export async function settleDenied(tx: Tx, id: Uuid, word: BankWord, who: string): Promise<boolean> {
  await lockDay(tx);
  const patch = { bank_serial: word.serial, bank_date: word.bankDate, bank_time: instantToDate(word.bankTime), code: null, data: {} };
  const by: By = { cause: 'bank:statement', who, alreadyMoved: 'skip' };
  const rows = (await move<BankOrder>(tx, acknowledge, [{ id, patch: { ...patch, decided_by: 'statement' } }], by)) as readonly BankOrder[];
  await follow(tx, 'done', rows, by);
  return rows.length === 1;
}

/** A batch moves no money of its own: its items are bank orders with owners. */
onOutcome('BATCH', async () => undefined);

type Fate = 'done' | 'refused' | 'closed' | 'accepted' | 'unknown';
const fates: Record<Fate, Transition> = { done: finish, refused: refuse, closed: close, accepted: accept, unknown: lose };

/**
 * The one door through which every outcome comes in: answer, query, notice and statement alike. In the caller's transaction it moves the bank orders,
 * ends their reservations, lets the owner of each end move the business, and writes the ledger's entries. Saying the same thing twice changes nothing.
 * A word about a batch is a word about its items (`batches.ts`).
 */
export async function settle(tx: Tx, decisions: readonly Decision[], source: Source, who: string): Promise<Settled> {
  await lockDay(tx);
  const orders = await lockOrders(tx, decisions);
  const sorted = sort(orders, withItems(orders, decisions), source);
  const by: By = { cause: `bank:${source}`, who };
  const moved: Uuid[] = [];
  for (const fate of ['accepted', 'unknown', 'done', 'refused', 'closed'] as const) {
    const subjects = sorted.byFate.get(fate) ?? [];
    const rows = (await move<BankOrder>(tx, fates[fate], subjects, by)) as readonly BankOrder[];
    moved.push(...rows.map((row) => row.id));
    await follow(tx, fate, rows, by);
  }
  return { moved, unchanged: sorted.unchanged, contradicted: sorted.contradicted, unbelieved: sorted.unbelieved };
}

/**
 * Transfers that were done and have come back, with the serial and the date of the coming back. Twice is once. What comes back is the order's whole amount or a
 * contradiction: a part is never booked as the whole, the statement makes it a break for people.
 */
export async function settleReturned(
  tx: Tx,
  returns: readonly { readonly id: Uuid; readonly word: ReturnedWord }[],
  source: Source,
  who: string,
): Promise<Settled> {
  await lockDay(tx);
  const orders = await lockOrders(
    tx,
    returns.map(({ id }) => ({ id, outcome: { kind: 'done', data: {} } })),
  );
  const words = new Map(returns.map(({ id, word }) => [id, word]));
  const contradicted = [...words].flatMap(([id, word]) => {
    const why = contradictsReturn(orders.get(id), word);
    return why === undefined ? [] : [{ id, why }];
  });
  for (const { id } of contradicted) words.delete(id);
  const subjects = [...words].map(([id, word]) => ({ id, patch: { returned_serial: word.serial, returned_date: word.bankDate } }));
  const by: By = { cause: `bank:${source}`, who, alreadyMoved: 'skip' };
  const rows = (await move<BankOrder>(tx, comeBack, subjects, by)) as readonly BankOrder[];
  await handleByOwner(tx, 'returned', rows, by);
  await post(
    tx,
    rows.flatMap((row) => returnEntriesOf(row, words.get(row.id)!)),
  );
  const moved = rows.map((row) => row.id);
  return { moved, unchanged: [...words.keys()].filter((id) => !moved.includes(id)), contradicted, unbelieved: [] };
}

function contradictsReturn(order: BankOrder | undefined, { amount }: ReturnedWord): string | undefined {
  if (order === undefined) return 'we have no such order, the bank says returned';
  return amount === order.amount_fen ? undefined : `ours is of ${order.amount_fen} fen, the bank says that ${amount} came back`;
}

async function lockOrders(tx: Tx, decisions: readonly Decision[]): Promise<Map<Uuid, BankOrder>> {
  const ids = decisions.map((decision) => decision.id);
  const rows = await tx.query<BankOrder>(
    `SELECT * FROM bank_order WHERE id = ANY($1::uuid[]) OR (parent_id = ANY($2::uuid[]) AND state IN ('created', 'sent', 'accepted', 'unknown'))
     ORDER BY id FOR NO KEY UPDATE`,
    [ids, decidedAsWhole(decisions)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

interface Sorted {
  readonly byFate: Map<Fate, { id: Uuid; patch: Patch }[]>;
  readonly unchanged: Uuid[];
  readonly contradicted: { id: Uuid; why: string }[];
  readonly unbelieved: { id: Uuid; why: string }[];
}

function sort(orders: Map<Uuid, BankOrder>, decisions: readonly Decision[], source: Source): Sorted {
  const sorted: Sorted = { byFate: new Map(), unchanged: [], contradicted: [], unbelieved: [] };
  for (const { id, outcome } of new Map(decisions.map((decision) => [decision.id, decision])).values()) {
    const order = orders.get(id);
    const isBelieved = outcome.kind !== 'done' || order === undefined || !movesMoney(order) || isWhole(outcome);
    if (!isBelieved) sorted.unbelieved.push({ id, why: 'the bank says done, and not under which serial, when or on which day' });
    const fate = isBelieved ? fateOf(outcome) : 'unknown';
    const contradiction = fate === undefined ? undefined : contradicts(order, outcome);
    if (contradiction !== undefined) sorted.contradicted.push({ id, why: contradiction });
    else if (order === undefined || fate === undefined || !fates[fate].from.includes(order.state)) sorted.unchanged.push(id);
    else append(sorted.byFate, fate, { id, patch: patchOf(outcome, fate, source) });
  }
  return sorted;
}

/** What this tells about the order; nothing for a try that decided nothing, a waiting item, or a query that found nothing. */
function fateOf(outcome: Outcome | ItemOutcome): Fate | undefined {
  switch (outcome.kind) {
    case 'done':
    case 'refused':
    case 'closed':
    case 'accepted':
    case 'unknown':
      return outcome.kind;
    default:
      return undefined;
  }
}

function isWhole({ serial, bankDate, bankTime }: Partial<BankWord>): boolean {
  return serial !== undefined && bankDate !== undefined && bankTime !== undefined;
}

/** A final state never changes by a later word, and nobody decides what we never asked for: both are named instead. */
function contradicts(order: BankOrder | undefined, outcome: Outcome | ItemOutcome): string | undefined {
  if (order === undefined) return `we have no such order, the bank says ${outcome.kind}`;
  const isDone = order.state === 'done' || order.state === 'returned';
  const saysDone = outcome.kind === 'done';
  const isNothing = order.state === 'refused' || order.state === 'closed';
  const saysNothing = outcome.kind === 'refused' || outcome.kind === 'closed';
  if ((isDone && saysNothing) || (isNothing && saysDone)) return `ours is ${order.state}, the bank says ${outcome.kind}`;
  if (isDone && saysDone && order.bank_serial !== null && outcome.serial !== undefined && outcome.serial !== order.bank_serial) {
    return `ours has serial ${order.bank_serial}, the bank says ${outcome.serial}`;
  }
  return undefined;
}

function patchOf(outcome: Outcome | ItemOutcome, fate: Fate, source: Source): Patch {
  if (fate === 'accepted' || fate === 'unknown') return {};
  if (outcome.kind !== 'done' && outcome.kind !== 'refused') return { decided_by: source };
  const word = {
    bank_serial: outcome.serial ?? null,
    bank_date: outcome.bankDate ?? null,
    bank_time: outcome.bankTime === undefined ? null : instantToDate(outcome.bankTime),
    decided_by: source,
  };
  if (outcome.kind === 'refused') return { ...word, code: outcome.code };
  return { ...word, data: 'data' in outcome ? outcome.data : {} };
}

/** What follows a move: reservations end, the owner moves the business, the ledger says what the bank said. In the order of the locks: accounts last. */
async function follow(tx: Tx, fate: Fate, rows: readonly BankOrder[], by: By): Promise<void> {
  if (rows.length === 0 || fate === 'unknown' || fate === 'accepted') return;
  await handleByOwner(tx, fate, rows, by);
  await endReservations(
    tx,
    rows.map((row) => row.id),
  );
  if (fate === 'done')
    await post(
      tx,
      rows.flatMap((row) => entriesOf(row)),
    );
}

async function handleByOwner(tx: Tx, outcome: Decided['outcome'], rows: readonly BankOrder[], by: By): Promise<void> {
  const owners = new Map<OutcomeHandler, BankOrder[]>();
  for (const row of rows) append(owners, handlerOf(row), row);
  for (const [handle, orders] of owners) await handle(tx, { outcome, orders }, by);
}

/** Grows the list in place: a set may have a hundred thousand rows. */
function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
