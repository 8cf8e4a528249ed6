import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx, Work } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { Transition } from '#platform/transitions';
import { recordDifferences } from './balance-breaks';
import type { ReconciliationConnection, StatementBank } from './connection';
import { decideByRule } from './deciding-by-rule';
import type { Matching } from './matching';
import { OUTSIDE_KINDS } from './outside-lines';
import { prove } from './proving';
import type { Proof } from './proving';
import { reconciliationDayLifecycle } from './reconciliation-day.lifecycle';
import { currentFiles, knownFiles } from './statement-files';
import type { CurrentFiles } from './statement-files';

type Result = 'CLEAN' | 'ADJUSTED' | 'OPEN';

const results: Readonly<Record<Result, Transition>> = {
  CLEAN: declareTransition(reconciliationDayLifecycle, 'find_clean'),
  ADJUSTED: declareTransition(reconciliationDayLifecycle, 'find_adjusted'),
  OPEN: declareTransition(reconciliationDayLifecycle, 'leave_open'),
};

/** What a day came to, and on which files it rests. */
export interface Conclusion {
  readonly files: CurrentFiles;
  readonly result: Result;
}

/**
 * Decides what may be decided by rule, proves the day and gives it its result, in the transaction of its matching: a day that is `checked` becomes clean, adjusted
 * or open.
 */
export async function concludeDay(
  tx: Tx,
  bankDate: BusinessDate,
  { files }: Matching,
  { adjustmentLimit }: Pick<ReconciliationConnection, 'adjustmentLimit'>,
): Promise<Conclusion> {
  let proof = await prove(tx, files, bankDate);
  let counts = await countDay(tx, files, bankDate);
  // Most days have no difference, no break of their own and no balance that is open from before.
  if (proof.differences.length > 0 || counts.has_breaks) {
    if ((await decideByRule(tx, bankDate, proof, adjustmentLimit, 'system')) > 0) proof = await prove(tx, files, bankDate);
    await recordDifferences(tx, files, bankDate, proof, 'system');
    counts = await countDay(tx, files, bankDate);
  }
  const result = resultOf(counts, proof);
  const patch = { ...patchOf(counts, files, proof), waiting_for: null };
  await move(tx, results[result], [{ id: counts.day_id, patch }], { cause: `proof:${bankDate}`, who: 'system' });
  return { files, result };
}

async function countDay(tx: Tx, files: CurrentFiles, bankDate: BusinessDate): Promise<Counts> {
  const [counts] = await tx.query<Counts>(COUNTS, [bankDate, files.TRANSACTIONS.id, OUTSIDE_KINDS]);
  return counts!;
}

/**
 * Tells the bank the result, by the digest of each file that it rests on, and remembers that it was told. Called outside of a transaction.
 * @param known the conclusion, when it was drawn in this run; a run that was taken up again reads it
 */
export async function confirmDay(
  work: Work,
  bank: StatementBank,
  bankDate: BusinessDate,
  known: Conclusion | undefined,
  andThen: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { files, result } = known ?? (await work.read((tx) => standingConclusion(tx, bankDate)));
  await Promise.all(Object.values(files).map((file) => bank.confirm({ name: file.name, sha256: file.sha256 }, result)));
  await work.run(async (tx) => {
    await tx.execute('UPDATE reconciliation_day SET confirmed_at = clock_timestamp(), confirmed_as = $2 WHERE bank_date = $1', [
      bankDate,
      result,
    ]);
    await andThen(tx);
  });
}

interface Counts {
  readonly day_id: Uuid;
  readonly outside: bigint;
  readonly differing: bigint;
  readonly breaks: bigint;
  readonly undecided: bigint;
  readonly adjusted: bigint;
  readonly settled: bigint;
  readonly last_entry: bigint;
  /** A break of this date, or a balance that is open from before. */
  readonly has_breaks: boolean;
}

const COUNTS = `
  SELECT d.id AS day_id,
    (SELECT count(*) FROM statement_line l WHERE l.file_id = $2 AND l.request_no = '' AND l.kind = ANY($3::text[])) AS outside,
    b.differing, b.breaks, b.undecided, b.adjusted,
    (SELECT count(*) FROM bank_order o WHERE o.bank_date = $1 AND o.decided_by = 'statement') AS settled,
    coalesce((SELECT max(id) FROM ledger_entry), 0) AS last_entry,
    b.of_date > 0 OR EXISTS (SELECT FROM reconciliation_break WHERE state IN ('open', 'proposed') AND kind = 'balance' AND bank_date <= $1) AS has_breaks
  FROM reconciliation_day d CROSS JOIN (
    SELECT count(*) FILTER (WHERE line_no IS NOT NULL AND kind NOT IN ('credit', 'cut_off') AND NOT coalesce(rule = 'not-found-again', false)) AS differing,
      count(*) AS of_date, count(*) FILTER (WHERE kind <> 'cut_off') AS breaks, count(*) FILTER (WHERE state IN ('open', 'proposed')) AS undecided,
      count(*) FILTER (WHERE state = 'adjusted' OR (state = 'closed' AND rule NOT IN ('carried', 'not-found-again'))) AS adjusted
    FROM reconciliation_break WHERE bank_date = $1) AS b
  WHERE d.bank_date = $1`;

function resultOf(counts: Counts, proof: Proof): Result {
  if (counts.undecided > 0n || proof.differences.length > 0) return 'OPEN';
  return counts.adjusted > 0n ? 'ADJUSTED' : 'CLEAN';
}

function patchOf(counts: Counts, files: CurrentFiles, proof: Proof) {
  const lines = files.TRANSACTIONS.lines ?? 0n;
  return {
    lines,
    matched: lines - counts.outside - counts.differing,
    settled: counts.settled,
    outside: counts.outside,
    breaks: counts.breaks,
    adjusted: counts.adjusted,
    proved_accounts: proof.accounts,
    difference_accounts: BigInt(proof.differences.length),
    entries_at_proof: counts.last_entry,
  };
}

async function standingConclusion(tx: Tx, bankDate: BusinessDate): Promise<Conclusion> {
  const files = currentFiles(await knownFiles(tx, bankDate));
  const [day] = await tx.query<{ state: string }>('SELECT state FROM reconciliation_day WHERE bank_date = $1', [bankDate]);
  if (files === undefined || day === undefined) throw new Bug(`the bank date ${bankDate} has no result that could be told`);
  return { files, result: day.state === 'clean' ? 'CLEAN' : day.state === 'adjusted' ? 'ADJUSTED' : 'OPEN' };
}
