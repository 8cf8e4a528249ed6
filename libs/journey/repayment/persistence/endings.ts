import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { Ending } from '../domain/daily-plan';

/** Loans whose settlement is over before they are, and whose own end has not been written yet; by their listings. */
export async function listingsToEnd(tx: Tx): Promise<Uuid[]> {
  const rows = await tx.query<{ listing_id: Uuid }>(
    `SELECT s.listing_id FROM settlement s JOIN loan l ON l.listing_id = s.listing_id WHERE s.state = 'ended' AND l.ended_on IS NULL ORDER BY s.listing_id`,
  );
  return rows.map((row) => row.listing_id);
}

/** Of these loans, those whose disbursement has come back and is neither paid again nor turned into their end: they owe, and are not asked. */
export async function loansWithoutTheirMoney(tx: Tx, ids: readonly Uuid[]): Promise<Set<Uuid>> {
  const rows = await tx.query<{ id: Uuid }>(
    `SELECT l.id FROM loan l JOIN settlement s ON s.listing_id = l.listing_id WHERE l.id = ANY($1::uuid[]) AND s.state <> 'settled' AND l.ended_on IS NULL`,
    [ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** A loan has ended early: from now on it waits for what its end brings. Amounts of nothing are left out. */
export async function writeEnding(
  tx: Tx,
  loanId: Uuid,
  today: BusinessDate,
  amounts: Readonly<Record<Ending['kind'], Fen>>,
): Promise<void> {
  const wanted = Object.entries(amounts).filter(([, amount]) => amount > 0n);
  await tx.execute('UPDATE loan SET ended_on = $2, changed_at = clock_timestamp() WHERE id = $1', [loanId, today]);
  await tx.execute('INSERT INTO loan_ending (loan_id, kind, amount_fen) SELECT $1, * FROM unnest($2::text[], $3::bigint[])', [
    loanId,
    wanted.map(([kind]) => kind),
    wanted.map(([, amount]) => amount),
  ]);
}

/** What the end of some loans has not brought yet: the returned disbursement first. */
export async function missingEndings(tx: Tx, loanIds: readonly Uuid[]): Promise<Map<Uuid, Ending[]>> {
  const rows = await tx.query<{ loan_id: Uuid; kind: Ending['kind']; amount_fen: bigint; asked_on: BusinessDate | null }>(
    `SELECT loan_id, kind, amount_fen, asked_on FROM loan_ending WHERE loan_id = ANY($1::uuid[]) AND done_by IS NULL
     ORDER BY loan_id, array_position(ARRAY['MOVE', 'PREMIUM_RETURN', 'FEE_RETURN'], kind)`,
    [loanIds],
  );
  const found = new Map<Uuid, Ending[]>();
  for (const { loan_id: loanId, kind, amount_fen: amount, asked_on: askedOn } of rows)
    found.set(loanId, [...(found.get(loanId) ?? []), { kind, amount: fen(amount), askedOn }]);
  return found;
}

/** The bank was asked today. */
export async function markAsked(
  tx: Tx,
  parts: readonly { readonly loanId: Uuid; readonly kind: Ending['kind'] }[],
  today: BusinessDate,
): Promise<void> {
  await tx.execute(
    `UPDATE loan_ending e SET asked_on = $3, changed_at = clock_timestamp() FROM unnest($1::uuid[], $2::text[]) AS p (loan_id, kind)
     WHERE e.loan_id = p.loan_id AND e.kind = p.kind`,
    [parts.map((part) => part.loanId), parts.map((part) => part.kind), today],
  );
}

/** The bank has done what these orders asked for. */
export async function markBrought(
  tx: Tx,
  orders: readonly { readonly id: Uuid; readonly loan_id: Uuid | null; readonly kind: string }[],
): Promise<void> {
  await tx.execute(
    `UPDATE loan_ending e SET done_by = o.id, changed_at = clock_timestamp() FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS o (id, loan_id, kind)
     WHERE e.loan_id = o.loan_id AND e.kind = o.kind`,
    [orders.map((order) => order.id), orders.map((order) => order.loan_id), orders.map((order) => order.kind)],
  );
}
