import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** A recovery to be opened: what the borrower owes to whoever paid an advance. */
export interface RecoveryDraft {
  readonly loanId: Uuid;
  readonly listingId: Uuid;
  readonly instalmentId: Uuid;
  readonly advanceId: Uuid;
  readonly payerAccountId: Uuid;
  readonly amount: Fen;
  readonly principal: Fen;
}

/** Opens recoveries. An advance has one for ever: its bank order is unique. */
export async function openRecoveries(tx: Tx, drafts: readonly RecoveryDraft[], today: BusinessDate, firstTry: BusinessDate): Promise<void> {
  if (drafts.length === 0) return;
  await tx.execute(
    `INSERT INTO recovery (id, loan_id, listing_id, instalment_id, advance_id, payer_account_id, amount_fen, principal_fen, opened_on, next_try_on)
     SELECT r.*, $9::date, $10::date FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[]) AS r`,
    [
      drafts.map(() => newId()),
      drafts.map((draft) => draft.loanId),
      drafts.map((draft) => draft.listingId),
      drafts.map((draft) => draft.instalmentId),
      drafts.map((draft) => draft.advanceId),
      drafts.map((draft) => draft.payerAccountId),
      drafts.map((draft) => draft.amount),
      drafts.map((draft) => draft.principal),
      today,
      firstTry,
    ],
  );
}

/** Adds parts that came in for recoveries which stay open. */
export async function addReceived(
  tx: Tx,
  parts: readonly { readonly id: Uuid; readonly amount: Fen }[],
  nextTry: BusinessDate,
): Promise<void> {
  if (parts.length === 0) return;
  await tx.execute(
    `UPDATE recovery r SET received_fen = r.received_fen + p.amount_fen, next_try_on = $3, changed_at = clock_timestamp()
     FROM unnest($1::uuid[], $2::bigint[]) AS p (id, amount_fen) WHERE r.id = p.id`,
    [parts.map((part) => part.id), parts.map((part) => part.amount), nextTry],
  );
}

/** A charge that stood for the open recoveries of some loans was refused. */
export async function postponeRecoveries(tx: Tx, loanIds: readonly Uuid[], nextTry: BusinessDate): Promise<void> {
  if (loanIds.length === 0) return;
  await tx.execute(
    `UPDATE recovery SET tries = tries + 1, next_try_on = $2, changed_at = clock_timestamp() WHERE loan_id = ANY($1::uuid[]) AND state = 'open'`,
    [loanIds, nextTry],
  );
}

/** Open recoveries that were opened on or before a day. */
export async function recoveriesOpenedBy(tx: Tx, day: BusinessDate): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid }>(`SELECT id FROM recovery WHERE state = 'open' AND opened_on <= $1 ORDER BY id`, [day]);
  return rows.map((row) => row.id);
}

/** What lies in a repayment account for whoever advanced, and is not on its way to him. */
export interface PassingAmount {
  readonly id: Uuid;
  readonly loanId: Uuid;
  readonly payerAccountId: Uuid;
  readonly payerAccountNo: string;
  readonly amount: Fen;
}

/** Amounts to be passed on, of one loan or of all; the caller holds the loans' rows before he acts on them. */
export async function amountsToPassOn(tx: Tx, loanIds: readonly Uuid[]): Promise<PassingAmount[]> {
  const rows = await tx.query<{ id: Uuid; loan_id: Uuid; payer_account_id: Uuid; account_no: string; amount_fen: bigint }>(
    `SELECT r.id, r.loan_id, r.payer_account_id, a.account_no, r.received_fen - r.passed_on_fen - flying.amount_fen AS amount_fen
     FROM recovery r JOIN ledger_account a ON a.id = r.payer_account_id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(o.amount_fen), 0)::bigint AS amount_fen FROM bank_order o
       WHERE o.subject_id = r.id AND o.kind = 'RECOVER' AND o.state IN ('created', 'sent', 'accepted', 'unknown')) flying
     WHERE r.passed_on_fen < r.received_fen AND r.loan_id = ANY($1::uuid[]) AND r.received_fen - r.passed_on_fen > flying.amount_fen
     ORDER BY r.id`,
    [loanIds],
  );
  return rows.map((row) => ({
    id: row.id,
    loanId: row.loan_id,
    payerAccountId: row.payer_account_id,
    payerAccountNo: row.account_no,
    amount: fen(row.amount_fen),
  }));
}

/** Loans with money that should be on its way to whoever advanced. */
export async function loansWithAmountsToPassOn(tx: Tx): Promise<Uuid[]> {
  const rows = await tx.query<{ loan_id: Uuid }>(
    `SELECT DISTINCT loan_id FROM recovery WHERE passed_on_fen < received_fen ORDER BY loan_id`,
  );
  return rows.map((row) => row.loan_id);
}

/** Adds what has reached whoever advanced. @returns the recoveries that are whole now */
export async function addPassedOn(tx: Tx, parts: readonly { readonly id: Uuid; readonly amount: Fen }[]): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid; whole: boolean }>(
    `UPDATE recovery r SET passed_on_fen = r.passed_on_fen + p.amount_fen, changed_at = clock_timestamp()
     FROM (SELECT id, sum(amount_fen)::bigint AS amount_fen FROM unnest($1::uuid[], $2::bigint[]) AS x (id, amount_fen) GROUP BY id) p
     WHERE r.id = p.id RETURNING r.id, r.passed_on_fen = r.amount_fen AS whole`,
    [parts.map((part) => part.id), parts.map((part) => part.amount)],
  );
  return rows.filter((row) => row.whole).map((row) => row.id);
}
