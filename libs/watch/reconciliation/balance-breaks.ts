import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import { forgetBreaks, openAgain } from './breaks';
import type { BreakRow } from './breaks';
import type { Proof } from './proving';
import type { CurrentFiles } from './statement-files';

interface Wanted {
  readonly account_id: Uuid;
  readonly measure: 'total' | 'held';
  readonly key: string;
  readonly amount: bigint;
}

/**
 * Keeps the open breaks of balances equal to what the proof found: per account and measure their amounts add up to the difference exactly. A difference that
 * goes on is the same break on the next day; one that has changed gets a break for the change; one that is gone closes what was open.
 */
export async function recordDifferences(tx: Tx, files: CurrentFiles, bankDate: BusinessDate, proof: Proof, who: string): Promise<void> {
  const open = await tx.query<BreakRow>(
    `SELECT * FROM reconciliation_break WHERE kind = 'balance' AND state IN ('open', 'proposed') AND bank_date <= $1 ORDER BY id`,
    [bankDate],
  );
  const differences = differencesOf(proof);
  if (open.length === 0 && differences.length === 0) return;
  const found = new Map(differences.map((difference) => [placeOf(difference), difference]));
  const gone = open.filter((row) => !found.has(placeOf(row)));
  await forgetBreaks(tx, gone, await businessDate(tx), who);
  const explained = new Map<string, bigint>();
  for (const row of open) explained.set(placeOf(row), (explained.get(placeOf(row)) ?? 0n) + row.amount_fen);
  const missing = differences.flatMap((difference): Wanted[] => {
    const amount = difference.amount - (explained.get(placeOf(difference)) ?? 0n);
    return amount === 0n ? [] : [{ ...difference, amount, key: `${difference.key}|${amount}` }];
  });
  await writeDifferences(tx, files, bankDate, missing, who);
}

function differencesOf(proof: Proof): Wanted[] {
  return proof.differences.flatMap((account) =>
    (['total', 'held'] as const).flatMap((measure) => {
      const amount = BigInt(measure === 'total' ? account.total_fen : account.held_fen);
      const key = `${account.account_no}|${account.listing_no}|${measure}`;
      return amount === 0n ? [] : [{ account_id: account.account_id, measure, key, amount }];
    }),
  );
}

async function writeDifferences(
  tx: Tx,
  files: CurrentFiles,
  bankDate: BusinessDate,
  missing: readonly Wanted[],
  who: string,
): Promise<void> {
  if (missing.length === 0) return;
  const known = await tx.query<BreakRow>(
    `SELECT * FROM reconciliation_break WHERE bank_date = $1 AND kind = 'balance' AND state = 'closed' AND key = ANY($2::text[]) ORDER BY id`,
    [bankDate, missing.map((wanted) => wanted.key)],
  );
  await openAgain(tx, known, files, who);
  const rows = missing.filter((wanted) => !known.some((row) => row.key === wanted.key));
  await tx.execute(
    `INSERT INTO reconciliation_break (id, bank_date, kind, key, file_id, account_id, measure, amount_fen, opened_on)
     SELECT w.id, $5, 'balance', w.key, $6, w.account_id, w.measure, w.amount_fen, business_clock.business_date
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $7::bigint[]) AS w (id, key, account_id, measure, amount_fen) CROSS JOIN business_clock`,
    [
      rows.map(() => newId()),
      rows.map((row) => row.key),
      rows.map((row) => row.account_id),
      rows.map((row) => row.measure),
      bankDate,
      files.BALANCES.id,
      rows.map((row) => row.amount),
    ],
  );
}

function placeOf(what: { readonly account_id: Uuid | null; readonly measure: string | null }): string {
  return `${what.account_id} ${what.measure}`;
}
