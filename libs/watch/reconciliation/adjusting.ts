import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { instantOn, instantToDate } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { post } from '#registers/ledger';
import type { EntryDraft } from '#registers/ledger';

/** What an adjustment needs of its break. `file_id` names the version of the file that caused it. */
export interface AdjustableBreak {
  readonly id: Uuid;
  readonly bank_date: BusinessDate;
  readonly file_id: Uuid | null;
  readonly correction: readonly { readonly from: Uuid; readonly to: Uuid; readonly fen: string }[] | null;
  readonly ours: { readonly serial?: string } | null;
  readonly banks: { readonly serial?: string } | null;
}

/** Posts the corrections of breaks: entries on the bank date of the statement, so that the proof of that day sees them. Twice is once. */
export async function postAdjustments(tx: Tx, breaks: readonly AdjustableBreak[]): Promise<void> {
  await post(
    tx,
    breaks.flatMap((found) => entriesOf(found)),
  );
}

/** Reverses what was posted for breaks that a corrected file no longer supports, by new entries; both stay. */
export async function withdrawAdjustments(tx: Tx, breaks: readonly AdjustableBreak[]): Promise<void> {
  const entries = breaks.flatMap((found) => entriesOf(found));
  await post(
    tx,
    entries.map((entry) => ({
      ...entry,
      reference: `${entry.reference}:reversed`,
      debitAccountId: entry.creditAccountId,
      creditAccountId: entry.debitAccountId,
    })),
  );
}

function entriesOf(found: AdjustableBreak): EntryDraft[] {
  return (found.correction ?? []).map((movement, index) => ({
    reference: `adjust:${found.id}:${found.file_id}:${index}`,
    kind: 'ADJUSTMENT',
    debitAccountId: movement.from,
    creditAccountId: movement.to,
    amount: fen(movement.fen),
    bankOrderId: null,
    serial: found.banks?.serial ?? found.ours?.serial ?? found.id,
    bankDate: found.bank_date,
    happenedAt: instantToDate(instantOn(found.bank_date, '00:00:00')),
  }));
}
