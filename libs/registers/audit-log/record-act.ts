import type { Tx } from '#platform/database';

/** One act of a person (or of the system in somebody's name): an audit row. Never contains personal data in clear. */
export interface Act {
  /** The actor's id, e.g. an operator's public id. */
  readonly who: string;
  /** `noun.verb`, e.g. `listing.approve`. */
  readonly act: string;
  /** What it was done to: a public id or a business date. */
  readonly subject: string;
  /** Facts that make it understandable later; amounts in fen. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** The request through which it came, as in every log line. */
  readonly requestId: string;
}

/** Writes one act into the audit log, in the transaction of the act itself. The sealer (`watch/audit`) chains it after the commit. */
export function recordAct(tx: Tx, act: Act): Promise<void> {
  return recordActs(tx, [act]);
}

/** Writes a set of acts, in one statement. */
export async function recordActs(tx: Tx, acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return;
  await tx.execute(
    `INSERT INTO audit_record (who, act, subject, details, request_id)
     SELECT who, act, subject, details::jsonb, request_id FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS a (who, act, subject, details, request_id)`,
    [
      acts.map((act) => act.who),
      acts.map((act) => act.act),
      acts.map((act) => act.subject),
      acts.map((act) => JSON.stringify(act.details ?? {})),
      acts.map((act) => act.requestId),
    ],
  );
}
