import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { Due, OpenRecovery } from '../domain/daily-plan';

/** An instalment that has fallen due and is not whole: as the plan sees it, and as the money is applied to it. */
export interface DueRow extends Omit<Due, 'state'> {
  readonly id: Uuid;
  readonly loanId: Uuid;
  readonly state: 'scheduled' | 'charging' | 'in_grace' | 'advancing' | 'overdue';
  readonly paid: Fen;
  readonly advanced: Fen;
  readonly otherThanPrincipal: Fen;
  readonly overdueSince: BusinessDate | null;
}

/** A recovery that is not whole. */
export interface RecoveryRow extends OpenRecovery {
  readonly id: Uuid;
  readonly loanId: Uuid;
  readonly received: Fen;
  readonly otherThanPrincipal: Fen;
}

/** What the borrowers of some loans owe on a date: per loan, oldest first. */
export interface Debts {
  readonly dues: readonly DueRow[];
  readonly recoveries: readonly RecoveryRow[];
}

/** Debts of locked loans. A loan without any is not in the map. */
export async function debtsOf(tx: Tx, loanIds: readonly Uuid[], today: BusinessDate): Promise<Map<Uuid, Debts>> {
  const dues = await tx.query<DueRecord>(
    `SELECT id, loan_id, state, due_date, grace_until, charged_on, advance_tried_on, overdue_since, paid_fen, advanced_fen,
       interest_fen + penalty_fen AS other_fen, principal_fen + interest_fen + penalty_fen - paid_fen - advanced_fen AS still_owed_fen
     FROM instalment WHERE loan_id = ANY($1::uuid[]) AND (state IN ('charging', 'in_grace', 'advancing', 'overdue') OR (state = 'scheduled' AND due_date <= $2))
       AND principal_fen + interest_fen + penalty_fen > paid_fen + advanced_fen
     ORDER BY loan_id, no`,
    [loanIds, today],
  );
  const recoveries = await tx.query<RecoveryRecord>(
    `SELECT id, loan_id, state, next_try_on, received_fen, amount_fen - principal_fen AS other_fen, amount_fen - received_fen AS still_owed_fen
     FROM recovery WHERE loan_id = ANY($1::uuid[]) AND state IN ('open', 'collecting_by_hand') ORDER BY loan_id, opened_on, id`,
    [loanIds],
  );
  const found = new Map<Uuid, { dues: DueRow[]; recoveries: RecoveryRow[] }>();
  const of = (loanId: Uuid) => {
    const known = found.get(loanId) ?? { dues: [], recoveries: [] };
    found.set(loanId, known);
    return known;
  };
  for (const row of dues) of(row.loan_id).dues.push(dueOf(row));
  for (const row of recoveries) of(row.loan_id).recoveries.push(recoveryOf(row));
  return found;
}

interface DueRecord {
  readonly id: Uuid;
  readonly loan_id: Uuid;
  readonly state: DueRow['state'];
  readonly due_date: BusinessDate;
  readonly grace_until: BusinessDate;
  readonly charged_on: BusinessDate | null;
  readonly advance_tried_on: BusinessDate | null;
  readonly overdue_since: BusinessDate | null;
  readonly paid_fen: bigint;
  readonly advanced_fen: bigint;
  readonly other_fen: bigint;
  readonly still_owed_fen: bigint;
}

interface RecoveryRecord {
  readonly id: Uuid;
  readonly loan_id: Uuid;
  readonly state: RecoveryRow['state'];
  readonly next_try_on: BusinessDate;
  readonly received_fen: bigint;
  readonly other_fen: bigint;
  readonly still_owed_fen: bigint;
}

function dueOf(row: DueRecord): DueRow {
  return {
    id: row.id,
    loanId: row.loan_id,
    state: row.state,
    dueDate: row.due_date,
    graceUntil: row.grace_until,
    chargedOn: row.charged_on,
    advanceTriedOn: row.advance_tried_on,
    overdueSince: row.overdue_since,
    paid: fen(row.paid_fen),
    advanced: fen(row.advanced_fen),
    otherThanPrincipal: fen(row.other_fen),
    stillOwed: fen(row.still_owed_fen),
  };
}

function recoveryOf(row: RecoveryRecord): RecoveryRow {
  return {
    id: row.id,
    loanId: row.loan_id,
    state: row.state,
    nextTryOn: row.next_try_on,
    received: fen(row.received_fen),
    otherThanPrincipal: fen(row.other_fen),
    stillOwed: fen(row.still_owed_fen),
  };
}
