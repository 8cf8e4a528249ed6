import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate, WorkingDays } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { PlannedInstalment } from '../domain/ending';

/** One instalment of a schedule to be written. */
export interface InstalmentDraft {
  readonly no: number;
  readonly nominalDate: BusinessDate;
  readonly dueDate: BusinessDate;
  readonly graceUntil: BusinessDate;
  readonly provisional: boolean;
  readonly principal: Fen;
  readonly interest: Fen;
}

/** Writes instalments of a loan, in one statement. @returns their ids */
export async function writeInstalments(
  tx: Tx,
  loan: { readonly id: Uuid; readonly listingId: Uuid },
  drafts: readonly InstalmentDraft[],
): Promise<Uuid[]> {
  const ids = drafts.map(() => newId());
  await tx.execute(
    `INSERT INTO instalment (id, no, nominal_date, due_date, grace_until, provisional, principal_fen, interest_fen, loan_id, listing_id)
     SELECT i.*, $9::uuid, $10::uuid FROM unnest($1::uuid[], $2::int[], $3::date[], $4::date[], $5::date[], $6::boolean[], $7::bigint[], $8::bigint[]) AS i`,
    [
      ids,
      drafts.map((draft) => draft.no),
      drafts.map((draft) => draft.nominalDate),
      drafts.map((draft) => draft.dueDate),
      drafts.map((draft) => draft.graceUntil),
      drafts.map((draft) => draft.provisional),
      drafts.map((draft) => draft.principal),
      drafts.map((draft) => draft.interest),
      loan.id,
      loan.listingId,
    ],
  );
  return ids;
}

/** An instalment with its id, as the end of a loan finds it. */
export interface PlannedRow extends PlannedInstalment {
  readonly id: Uuid;
  readonly no: number;
}

/** The instalments of a locked loan, in their order. */
export async function plannedInstalments(tx: Tx, loanId: Uuid): Promise<PlannedRow[]> {
  const rows = await tx.query<{ id: Uuid; no: number; state: string; nominal_date: BusinessDate; due_date: BusinessDate } & Amounts>(
    'SELECT id, no, state, nominal_date, due_date, principal_fen, interest_fen FROM instalment WHERE loan_id = $1 ORDER BY no',
    [loanId],
  );
  return rows.map((row) => ({
    id: row.id,
    no: row.no,
    state: row.state,
    nominalDate: row.nominal_date,
    dueDate: row.due_date,
    principal: fen(row.principal_fen),
    interest: fen(row.interest_fen),
  }));
}

interface Amounts {
  readonly principal_fen: bigint;
  readonly interest_fen: bigint;
}

/** Instalments without shares, in their order: where the sharing of a loan goes on. */
export async function unsharedInstalments(tx: Tx, loanId: Uuid): Promise<{ id: Uuid; principal_fen: bigint; interest_fen: bigint }[]> {
  return tx.query(
    `SELECT i.id, i.principal_fen, i.interest_fen FROM instalment i
     WHERE i.loan_id = $1 AND NOT EXISTS (SELECT FROM share s WHERE s.instalment_id = i.id) ORDER BY i.no`,
    [loanId],
  );
}

/** Instalments that have fallen due and are of nothing; they bind nobody's money. */
export async function emptyInstalments(tx: Tx, today: BusinessDate): Promise<{ id: Uuid; loan_id: Uuid }[]> {
  return tx.query(
    `SELECT id, loan_id FROM instalment WHERE state = 'scheduled' AND due_date <= $1 AND principal_fen + interest_fen + penalty_fen = 0 ORDER BY id`,
    [today],
  );
}

/** An instalment whose dates are not final. */
export interface ProvisionalInstalment {
  readonly id: Uuid;
  readonly state: 'scheduled' | 'in_grace';
  readonly nominal_date: BusinessDate;
  readonly working_days: WorkingDays;
  readonly grace_days: number;
}

/** Instalments up to a nominal day whose dates are not final and can still change. */
export async function provisionalInstalments(tx: Tx, until: BusinessDate): Promise<ProvisionalInstalment[]> {
  return tx.query<ProvisionalInstalment>(
    `SELECT i.id, i.state, i.nominal_date, l.working_days, l.grace_days FROM instalment i JOIN listing l ON l.id = i.listing_id
     WHERE i.provisional AND i.nominal_date <= $1 AND i.state IN ('scheduled', 'in_grace') ORDER BY i.id FOR NO KEY UPDATE OF i`,
    [until],
  );
}

/** Instalments of a locked loan that have fallen due and are not late yet. */
export async function dueWithoutCharge(
  tx: Tx,
  loanId: Uuid,
  today: BusinessDate,
): Promise<{ id: Uuid; state: 'scheduled' | 'in_grace'; grace_until: BusinessDate; grace_days: number }[]> {
  return tx.query(
    `SELECT i.id, i.state, i.grace_until, l.grace_days FROM instalment i JOIN listing l ON l.id = i.listing_id
     WHERE i.loan_id = $1 AND i.state IN ('scheduled', 'in_grace') AND i.due_date <= $2 ORDER BY i.id`,
    [loanId, today],
  );
}

/** Adds to what of some instalments was made into payouts. */
export async function addDistributedOf(tx: Tx, parts: readonly { readonly id: Uuid; readonly amount: Fen }[]): Promise<void> {
  await tx.execute(
    `UPDATE instalment i SET distributed_fen = i.distributed_fen + p.amount_fen, changed_at = clock_timestamp()
     FROM unnest($1::uuid[], $2::bigint[]) AS p (id, amount_fen) WHERE i.id = p.id`,
    [parts.map((part) => part.id), parts.map((part) => part.amount)],
  );
}

/** Instalments of some loans of which the whole was distributed and every payout is paid or parked. */
export async function completedInstalments(tx: Tx, loanIds: readonly Uuid[]): Promise<{ id: Uuid; by_advance: boolean }[]> {
  return tx.query(
    `SELECT i.id, i.advanced_fen > 0 AS by_advance FROM instalment i
     WHERE i.loan_id = ANY($1::uuid[]) AND i.state = 'distributing' AND i.distributed_fen = i.paid_fen + i.advanced_fen
       AND NOT EXISTS (SELECT FROM payout p WHERE p.instalment_id = i.id AND p.state IN ('due', 'sent', 'parking'))
     ORDER BY i.id`,
    [loanIds],
  );
}

/** Instalments of some loans that were paid by advances which are all back. */
export async function recoveredInstalments(tx: Tx, loanIds: readonly Uuid[]): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid }>(
    `SELECT i.id FROM instalment i WHERE i.loan_id = ANY($1::uuid[]) AND i.state = 'paid_by_advance'
       AND NOT EXISTS (SELECT FROM recovery r WHERE r.instalment_id = i.id AND r.state <> 'recovered') ORDER BY i.id`,
    [loanIds],
  );
  return rows.map((row) => row.id);
}

/** How far the end is for some loans. */
export interface LoanEnd {
  readonly listing_id: Uuid;
  /** Every share is paid or parked. */
  readonly repaid: boolean;
  /** Besides, nothing is left to recover and nothing is on its way. */
  readonly cleared: boolean;
}

/** Whether loans have come to their end, folded from instalments, payouts, recoveries, and what a returned disbursement or an early end still brings. */
export async function loanEnds(tx: Tx, loanIds: readonly Uuid[]): Promise<LoanEnd[]> {
  return tx.query<LoanEnd>(
    `SELECT x.listing_id, x.repaid, x.repaid AND NOT EXISTS (SELECT FROM recovery r WHERE r.loan_id = x.id AND r.state <> 'recovered')
       AND NOT EXISTS (SELECT FROM settlement s WHERE s.listing_id = x.listing_id AND s.state <> 'settled' AND x.ended_on IS NULL)
       AND NOT EXISTS (SELECT FROM loan_ending e LEFT JOIN incoming_part p ON p.bank_order_id = e.done_by AND p.target = 'excess'
         WHERE e.loan_id = x.id AND (e.done_by IS NULL OR (p.id IS NOT NULL AND NOT EXISTS (SELECT FROM payout o WHERE o.incoming_id = e.done_by AND o.share_id IS NULL))))
         AS cleared
     FROM (
       SELECT l.id, l.listing_id, l.ended_on,
         NOT EXISTS (SELECT FROM instalment i WHERE i.loan_id = l.id AND i.state NOT IN ('paid', 'paid_by_advance', 'recovered', 'superseded'))
         AND NOT EXISTS (SELECT FROM payout p WHERE p.loan_id = l.id AND p.state IN ('due', 'sent', 'parking')) AS repaid
       FROM loan l WHERE l.id = ANY($1::uuid[]) AND l.started_on IS NOT NULL) x
     WHERE x.repaid`,
    [loanIds],
  );
}
