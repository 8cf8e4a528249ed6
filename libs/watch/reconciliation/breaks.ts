import type { Uuid } from '#kernel/ids';
import { newId } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { Subject, Transition } from '#platform/transitions';
import { withdrawAdjustments } from './adjusting';
import { breakLifecycle } from './break.lifecycle';
import type { BreakKind, Finding, Movement } from './findings';
import { WITH_ITS_ORDER } from './following';
import type { CurrentFiles } from './statement-files';
import { expireProposals } from '#registers/proposal';

const vanish = declareTransition(breakLifecycle, 'vanish');
const withdraw = declareTransition(breakLifecycle, 'withdraw');
const findAgain = declareTransition(breakLifecycle, 'find_again');

/** Rule of a break that the newest files no longer show; only such a one is opened again when it is found again. */
const NOT_FOUND_AGAIN = 'not-found-again';

/** Rule of a cut-off. */
const CARRIED = 'carried';

/** One row of `reconciliation_break`, as far as decisions need it. */
export interface BreakRow {
  readonly id: Uuid;
  readonly state: 'open' | 'proposed' | 'adjusted' | 'closed';
  readonly bank_date: BusinessDate;
  readonly kind: BreakKind;
  readonly key: string;
  readonly bank_order_id: Uuid | null;
  readonly file_id: Uuid | null;
  readonly account_id: Uuid | null;
  readonly measure: 'total' | 'held' | null;
  readonly amount_fen: bigint;
  readonly correction: readonly { readonly from: Uuid; readonly to: Uuid; readonly fen: string }[] | null;
  readonly ours: { readonly serial?: string; readonly kind?: string } | null;
  readonly banks: { readonly serial?: string; readonly kind?: string; readonly status?: string } | null;
  readonly rule: string | null;
}

/**
 * Makes the breaks of a bank date equal to what the newest files show: new ones are written, known ones stay as they were decided, those that are gone
 * are closed, and what was posted for them is reversed by new entries. Breaks of balances are the proof's.
 */
export async function recordFindings(
  tx: Tx,
  files: CurrentFiles,
  bankDate: BusinessDate,
  findings: readonly Finding[],
  who: string,
): Promise<void> {
  const known = await tx.query<BreakRow>(`SELECT * FROM reconciliation_break WHERE bank_date = $1 AND kind <> 'balance' ORDER BY id`, [
    bankDate,
  ]);
  if (known.length === 0 && findings.length === 0) return;
  const names = new Set(findings.map(nameOf));
  const today = await businessDate(tx);
  const knownNames = new Set(known.map(nameOf));
  await insertBreaks(
    tx,
    files,
    bankDate,
    today,
    findings.filter((finding) => !knownNames.has(nameOf(finding))),
  );
  const again = known.filter((row) => row.state === 'closed' && row.rule === NOT_FOUND_AGAIN && names.has(nameOf(row)));
  await closeCarried(tx, bankDate, today, who);
  await moveBreaks(tx, findAgain, again, { rule: null, closed_on: null, file_id: files.TRANSACTIONS.id }, who);
  const carried = await foundElsewhere(tx, findings);
  await forgetBreaks(tx, [...known.filter((row) => row.state !== 'closed' && !names.has(nameOf(row))), ...carried], today, who);
}

/** Closes breaks that are no longer there; adjustments made for them are reversed by new entries, proposals about them expire. */
export async function forgetBreaks(tx: Tx, gone: readonly BreakRow[], today: BusinessDate, who: string): Promise<void> {
  const patch = { rule: NOT_FOUND_AGAIN, closed_on: today };
  await moveBreaks(
    tx,
    vanish,
    gone.filter((row) => row.state === 'open' || row.state === 'proposed'),
    patch,
    who,
  );
  await expireProposals(
    tx,
    'break',
    gone.filter((row) => row.state === 'proposed').map((row) => row.id),
    who,
  );
  // An order that followed the statement has done what orders do since: a file that says otherwise makes a new difference, for people.
  const adjusted = gone.filter((row) => row.state === 'adjusted' && row.rule !== WITH_ITS_ORDER);
  await withdrawAdjustments(tx, adjusted);
  await moveBreaks(tx, withdraw, adjusted, patch, who);
}

/** Breaks of balances that are back: opened again instead of written twice. */
export async function openAgain(tx: Tx, rows: readonly BreakRow[], files: CurrentFiles, who: string): Promise<void> {
  await moveBreaks(tx, findAgain, rows, { rule: null, closed_on: null, file_id: files.BALANCES.id }, who);
}

async function moveBreaks(tx: Tx, transition: Transition, rows: readonly BreakRow[], patch: Subject['patch'], who: string): Promise<void> {
  await move(
    tx,
    transition,
    rows.map((row) => ({ id: row.id, patch })),
    { cause: 'reconciliation', who },
  );
}

/** A movement that was decided on the other side of the cut is kept as evidence and needs nobody. */
async function closeCarried(tx: Tx, bankDate: BusinessDate, today: BusinessDate, who: string): Promise<void> {
  const rows = await tx.query<BreakRow>(
    `SELECT * FROM reconciliation_break WHERE bank_date = $1 AND kind = 'cut_off' AND state = 'open' ORDER BY id`,
    [bankDate],
  );
  await moveBreaks(tx, vanish, rows, { rule: CARRIED, closed_on: today }, who);
}

/** Something of ours that was missing on its own day and stands in this day's file: decided on the other side of the cut. */
async function foundElsewhere(tx: Tx, findings: readonly Finding[]): Promise<BreakRow[]> {
  const orders = findings.filter((finding) => finding.kind === 'cut_off').map((finding) => finding.bankOrderId);
  if (orders.length === 0) return [];
  return tx.query<BreakRow>(
    `SELECT * FROM reconciliation_break WHERE kind = 'only_ours' AND state <> 'closed' AND bank_order_id = ANY($1::uuid[]) ORDER BY id`,
    [orders],
  );
}

async function insertBreaks(
  tx: Tx,
  files: CurrentFiles,
  bankDate: BusinessDate,
  today: BusinessDate,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await tx.execute(INSERT, [
    JSON.stringify(findings.map(rowOf), (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    bankDate,
    files.TRANSACTIONS.id,
    today,
  ]);
}

function rowOf(finding: Finding): object {
  return {
    id: newId(),
    kind: finding.kind,
    key: finding.key,
    bank_order_id: finding.bankOrderId,
    line_no: finding.lineNo,
    amount_fen: finding.amountFen,
    correction: finding.correction.length === 0 ? null : finding.correction.map(movementOf),
    ours: finding.ours,
    banks: finding.banks,
  };
}

function movementOf({ from, to, fen }: Movement): object {
  return { from, to, fen };
}

const INSERT = `
  INSERT INTO reconciliation_break (id, bank_date, kind, key, bank_order_id, file_id, line_no, amount_fen, correction, ours, banks, opened_on)
  SELECT id, $2, kind, key, bank_order_id, $3, line_no, amount_fen, nullif(correction, 'null'), nullif(ours, 'null'), nullif(banks, 'null'), $4
  FROM jsonb_to_recordset($1::jsonb) AS f (id uuid, kind text, key text, bank_order_id uuid, line_no bigint, amount_fen bigint, correction jsonb, ours jsonb, banks jsonb)`;

function nameOf(what: { readonly kind: string; readonly key: string }): string {
  return `${what.kind} ${what.key}`;
}
