import type { Outcome } from '#bank/port';
import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { instant } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx, Work } from '#platform/database';
import { enqueue } from '#platform/queue';
import { askJob, settle, settleReturned } from '#registers/bank-order';
import { recordFindings } from './breaks';
import { differingLines, onlyOurs, unexplainedLines } from './comparing';
import type { DifferingLine } from './comparing';
import {
  dataOfMovement,
  differingMovements,
  differingStandings,
  findingOfMovement,
  onlyOurMovements,
  refusedMovements,
  settlesMovement,
} from './credit-lines';
import type { DifferingMovement } from './credit-lines';
import { findingOfLine, findingOfOurs } from './findings';
import type { Finding } from './findings';
import { mirrorAccounts } from './mirroring';
import { postOutsideLines } from './outside-lines';
import { currentFiles, knownFiles } from './statement-files';
import type { CurrentFiles } from './statement-files';

/** What the statement of one bank date came to, before the proof. */
export interface Matching {
  readonly files: CurrentFiles;
  readonly findings: readonly Finding[];
}

/** Bank orders that the door takes at once, and those that one transaction settles: each comparison of a large file costs seconds. */
const SETTLED_AT_ONCE = 500;
const SETTLED_PER_TRANSACTION = 5_000;

/** More differences than this on one day are no differences but another file: a person has to look. */
const MOST_DIFFERENCES = 50_000;

/** From so many lines on, a file is matched by reading everything once instead of looking each line up. */
const LARGE = 20_000n;

/** Who does it, in moves and settlements. */
const WHO = 'system';

/**
 * Matches the newest files of a bank date with our books, both ways, and writes the breaks. Accounts and outside movements enter the mirror first; orders whose
 * outcome we do not know or have missed are finished through the one door, a few hundred per transaction, by the transitions that an answer would have run.
 * Absence decides nothing. It may be repeated at any time: what was settled or posted before agrees.
 * @param atEnd runs in the last transaction, after the breaks are written
 */
export async function matchDay(work: Work, bankDate: BusinessDate, atEnd: (tx: Tx, matching: Matching) => Promise<void>): Promise<void> {
  const stuck = new Set<Uuid>();
  for (;;) {
    const isDone = await work.run(async (tx) => {
      const files = currentFiles(await knownFiles(tx, bankDate));
      if (files === undefined) throw new Bug(`the statement of ${bankDate} is matched before it was accepted`);
      await planForSize(tx, files);
      await mirrorAccounts(tx, files, bankDate);
      const hasMore = hasLines(files.TRANSACTIONS) && (await postOutsideLines(tx, files, bankDate));
      const lines = hasLines(files.TRANSACTIONS) ? await differingLines(tx, files, bankDate, MOST_DIFFERENCES) : [];
      const movements = hasLines(files.CREDIT) ? await differingMovements(tx, files, MOST_DIFFERENCES) : [];
      const hasSettled = await settleSome(tx, bankDate, lines, movements, stuck);
      if (hasMore || hasSettled) return false;
      const matching = { files, findings: await findingsOf(tx, files, bankDate, lines, movements) };
      await recordFindings(tx, files, bankDate, matching.findings, WHO);
      await askWhatIsAbsent(tx, bankDate);
      await atEnd(tx, matching);
      return true;
    });
    if (isDone) return;
  }
}

/**
 * A file that was loaded a moment ago has no statistics yet, and PostgreSQL expects a few thousand lines of any file. For a large one it is told that each side is read
 * once, with memory for it, and a plan from before is not used; this holds for the transaction only.
 */
async function planForSize(tx: Tx, files: CurrentFiles): Promise<void> {
  if ((files.TRANSACTIONS.lines ?? 0n) < LARGE) return;
  await tx.execute('SET LOCAL plan_cache_mode = force_custom_plan');
  await tx.execute('SET LOCAL enable_nestloop = off');
  await tx.execute(`SET LOCAL work_mem = '128MB'`);
}

/** Most days of most platforms have a file without lines. */
function hasLines(file: { readonly lines: bigint | null }): boolean {
  return file.lines !== 0n;
}

/** Absence from a statement decides nothing: the bank is asked about what it has and has not decided by the cut of that day. */
async function askWhatIsAbsent(tx: Tx, bankDate: BusinessDate): Promise<void> {
  const groups = await tx.query<{ send_group: Uuid }>(
    `SELECT DISTINCT send_group FROM bank_order WHERE state IN ('accepted', 'unknown') AND parent_id IS NULL AND created_on <= $1 ORDER BY send_group`,
    [bankDate],
  );
  await enqueue(
    tx,
    groups.map(({ send_group: group }) => ({ name: askJob.name, subject: group, key: `${group}:${bankDate}` })),
  );
}

/** Settles up to a few hundred orders. What the door does not move is stuck: it will not be tried again in this run, and becomes a break. */
async function settleSome(
  tx: Tx,
  bankDate: BusinessDate,
  lines: readonly DifferingLine[],
  movements: readonly DifferingMovement[],
  stuck: Set<Uuid>,
): Promise<boolean> {
  const decisions = new Map<Uuid, Outcome>();
  const add = (id: Uuid | null, outcome: Outcome): void => {
    if (id !== null && !stuck.has(id) && !decisions.has(id) && decisions.size < SETTLED_PER_TRANSACTION) decisions.set(id, outcome);
  };
  for (const line of lines) if (line.fate === 'settles') add(line.order_id, outcomeOf(line, bankDate));
  for (const line of movements) if (settlesMovement(line)) add(line.order_id, { ...done(line, bankDate), data: dataOfMovement(line) });
  if (decisions.size > 0) {
    await settleAll(
      tx,
      [...decisions].map(([id, outcome]) => ({ id, outcome })),
      stuck,
    );
    return true;
  }
  return returnSome(tx, bankDate, lines, stuck);
}

async function settleAll(tx: Tx, decisions: readonly { readonly id: Uuid; readonly outcome: Outcome }[], stuck: Set<Uuid>): Promise<void> {
  for (let at = 0; at < decisions.length; at += SETTLED_AT_ONCE) {
    const some = decisions.slice(at, at + SETTLED_AT_ONCE);
    const moved = new Set((await settle(tx, some, 'statement', WHO)).moved);
    for (const { id } of some) if (!moved.has(id)) stuck.add(id);
  }
}

async function returnSome(tx: Tx, bankDate: BusinessDate, lines: readonly DifferingLine[], stuck: Set<Uuid>): Promise<boolean> {
  const returns = lines.filter(
    (line) => line.fate === 'returns' && line.order_state === 'done' && line.order_id !== null && !stuck.has(line.order_id),
  );
  const first = new Map(returns.slice(0, SETTLED_AT_ONCE).map((line) => [line.order_id!, line]));
  if (first.size === 0) return false;
  const words = [...first].map(([id, line]) => ({
    id,
    word: { serial: line.bank_serial, bankDate, bankTime: instant(line.bank_time), amount: fen(line.amount_fen) },
  }));
  const moved = new Set((await settleReturned(tx, words, 'statement', WHO)).moved);
  for (const id of first.keys()) if (!moved.has(id)) stuck.add(id);
  return true;
}

function outcomeOf(line: DifferingLine, bankDate: BusinessDate): Outcome {
  if (line.status === 'SUCCEEDED') return { ...done(line, bankDate), data: dataOf(line) };
  return { kind: 'refused', code: line.code, serial: line.bank_serial, bankDate, bankTime: instant(line.bank_time) };
}

/**
 * What an answer would have told beside its word. A hold's number is the line's reference; its place in the queue is its time and, among equals, its place in
 * the file, which the bank writes in the order in which it booked.
 */
function dataOf(line: DifferingLine): Readonly<Record<string, unknown>> {
  if (line.kind !== 'HOLD' && line.kind !== 'DEBIT') return {};
  return { holdNo: line.ref_no, heldAt: instant(line.bank_time), heldSeq: String(line.line_no) };
}

function done(
  line: { readonly bank_serial: string; readonly bank_time: Date },
  bankDate: BusinessDate,
): Extract<Outcome, { kind: 'done' }> {
  return { kind: 'done', data: {}, serial: line.bank_serial, bankDate, bankTime: instant(line.bank_time) };
}

async function findingsOf(
  tx: Tx,
  files: CurrentFiles,
  bankDate: BusinessDate,
  lines: readonly DifferingLine[],
  movements: readonly DifferingMovement[],
): Promise<Finding[]> {
  const unexplained = hasLines(files.TRANSACTIONS) ? await unexplainedLines(tx, files, bankDate, MOST_DIFFERENCES) : [];
  const ours = await onlyOurs(tx, files, bankDate, MOST_DIFFERENCES);
  const ourMovements = await onlyOurMovements(tx, files, bankDate, MOST_DIFFERENCES);
  const standings = hasLines(files.CREDIT) ? await differingStandings(tx, files, bankDate, MOST_DIFFERENCES) : [];
  const refused = await refusedMovements(tx, bankDate, MOST_DIFFERENCES);
  return [
    ...lines.map(findingOfLine),
    ...unexplained.map(findingOfLine),
    ...ours.map((row) => findingOfOurs(row, bankDate)),
    ...movements.map(findingOfMovement),
    ...ourMovements,
    ...standings,
    ...refused,
  ];
}
