import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { lockDay } from '#platform/clock';
import type { LedgerAccount } from './accounts';
import { entryKinds } from './kinds';
import type { AccountKind, EntryKind, EntryPhase } from './kinds';

/** One entry to write: the bank's word about one movement. */
export interface EntryDraft {
  /** Business reference: the same one with the same content is the same entry, once; with another content a Bug. */
  readonly reference: string;
  readonly kind: EntryKind;
  /** For `post` and `void`: reference of the pending entry. */
  readonly pendingReference?: string;
  readonly debitAccountId: Uuid;
  readonly creditAccountId: Uuid;
  readonly amount: Fen;
  readonly bankOrderId: Uuid | null;
  readonly serial: string;
  readonly bankDate: BusinessDate;
  readonly happenedAt: Date;
}

interface Known {
  readonly id: bigint;
  readonly reference: string;
  readonly kind: string;
  readonly phase: EntryPhase;
  readonly debit_account_id: Uuid;
  readonly credit_account_id: Uuid;
  readonly amount_fen: bigint;
  readonly bank_serial: string;
  readonly bank_date: BusinessDate;
}

/**
 * Writes a set of entries, with their book date in the open day. Accounts are locked in the order of their ids; each leg gets the next version of its
 * account, so that a missing or a second leg shows as a gap. A guarded account that would become negative is refused by its CHECK.
 * @returns how many entries were new
 */
export async function post(tx: Tx, drafts: readonly EntryDraft[]): Promise<number> {
  if (drafts.length === 0) return 0;
  const bookDate = await lockDay(tx);
  const accounts = await lockAccounts(tx, drafts);
  const known = await entriesByReference(tx, drafts);
  const fresh = drafts.filter((draft) => isNew(draft, known.get(draft.reference)));
  if (new Set(fresh.map((draft) => draft.reference)).size !== fresh.length) throw new Bug('one set of entries names a reference twice');
  if (fresh.length === 0) return 0;
  const legs = new Legs(accounts);
  const numbered = fresh.map((draft) => legs.number(draft));
  await insertEntries(tx, fresh, numbered, known, bookDate);
  await applyPendings(tx, fresh, known);
  await legs.apply(tx);
  return fresh.length;
}

async function lockAccounts(tx: Tx, drafts: readonly EntryDraft[]): Promise<Map<Uuid, LedgerAccount>> {
  const ids = [...new Set(drafts.flatMap((draft) => [draft.debitAccountId, draft.creditAccountId]))];
  const rows = await tx.query<LedgerAccount>('SELECT * FROM ledger_account WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
    ids,
  ]);
  if (rows.length !== ids.length) throw new Bug('an entry names an account that the ledger does not have');
  return new Map(rows.map((row) => [row.id, row]));
}

async function entriesByReference(tx: Tx, drafts: readonly EntryDraft[]): Promise<Map<string, Known>> {
  const references = drafts.flatMap((draft) =>
    draft.pendingReference === undefined ? [draft.reference] : [draft.reference, draft.pendingReference],
  );
  const rows = await tx.query<Known>(
    `SELECT id, reference, kind, phase, debit_account_id, credit_account_id, amount_fen, bank_serial, bank_date FROM ledger_entry
     WHERE reference = ANY($1::text[])`,
    [references],
  );
  return new Map(rows.map((row) => [row.reference, row]));
}

function isNew(draft: EntryDraft, known: Known | undefined): boolean {
  if (known === undefined) return true;
  const isSame =
    known.kind === draft.kind &&
    known.debit_account_id === draft.debitAccountId &&
    known.credit_account_id === draft.creditAccountId &&
    known.amount_fen === draft.amount &&
    known.bank_serial === draft.serial &&
    known.bank_date === draft.bankDate;
  if (!isSame) throw new Bug(`entry ${draft.reference} exists already with another content`);
  return false;
}

interface Numbered {
  readonly debitVersion: bigint;
  readonly creditVersion: bigint | null;
}

/** Counts versions and sums up what changes per account while a set of entries is numbered. */
class Legs {
  private readonly changes = new Map<Uuid, { version: bigint; posted: bigint; pending: bigint }>();

  constructor(private readonly accounts: ReadonlyMap<Uuid, LedgerAccount>) {}

  number(draft: EntryDraft): Numbered {
    const { phase, debit, credit } = entryKinds[draft.kind];
    const from = this.accounts.get(draft.debitAccountId)!;
    const to = this.accounts.get(draft.creditAccountId)!;
    if (!(debit as readonly AccountKind[]).includes(from.kind) || !(credit as readonly AccountKind[]).includes(to.kind)) {
      throw new Bug(`${draft.kind} may not move money from ${from.kind} to ${to.kind} (${draft.reference})`);
    }
    const debited = this.changeOf(from);
    debited.version += 1n;
    if (phase === 'single' || phase === 'post') debited.posted -= draft.amount;
    if (phase === 'pending') debited.pending += draft.amount;
    if (phase === 'post' || phase === 'void') debited.pending -= draft.amount;
    const debitVersion = debited.version;
    if (phase === 'pending' || phase === 'void') return { debitVersion, creditVersion: null };
    const credited = this.changeOf(to);
    credited.version += 1n;
    credited.posted += draft.amount;
    return { debitVersion, creditVersion: credited.version };
  }

  async apply(tx: Tx): Promise<void> {
    const changes = [...this.changes];
    await tx.execute(
      `UPDATE ledger_account a SET version = c.version, posted_fen = a.posted_fen + c.posted_fen, pending_fen = a.pending_fen + c.pending_fen
       FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS c (id, version, posted_fen, pending_fen) WHERE a.id = c.id`,
      [
        changes.map(([id]) => id),
        changes.map(([, change]) => change.version),
        changes.map(([, change]) => change.posted),
        changes.map(([, change]) => change.pending),
      ],
    );
  }

  private changeOf(account: LedgerAccount): { version: bigint; posted: bigint; pending: bigint } {
    let change = this.changes.get(account.id);
    if (change === undefined) this.changes.set(account.id, (change = { version: account.version, posted: 0n, pending: 0n }));
    return change;
  }
}

async function insertEntries(
  tx: Tx,
  drafts: readonly EntryDraft[],
  numbered: readonly Numbered[],
  known: Map<string, Known>,
  bookDate: BusinessDate,
): Promise<void> {
  await tx.execute(
    `WITH written AS (
       INSERT INTO ledger_entry (reference, kind, phase, pending_id, debit_account_id, credit_account_id, amount_fen, bank_order_id, bank_serial, bank_date,
         happened_at, debit_version, credit_version, book_date)
       SELECT e.*, $14::date FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[], $7::bigint[], $8::uuid[], $9::text[],
         $10::date[], $11::timestamptz[], $12::bigint[], $13::bigint[]) AS e
       RETURNING id, phase, amount_fen)
     INSERT INTO ledger_pending (entry_id, amount_fen) SELECT id, amount_fen FROM written WHERE phase = 'pending'`,
    [
      drafts.map((draft) => draft.reference),
      drafts.map((draft) => draft.kind),
      drafts.map((draft) => entryKinds[draft.kind].phase),
      drafts.map((draft) => pendingIdOf(draft, known)),
      drafts.map((draft) => draft.debitAccountId),
      drafts.map((draft) => draft.creditAccountId),
      drafts.map((draft) => draft.amount),
      drafts.map((draft) => draft.bankOrderId),
      drafts.map((draft) => draft.serial),
      drafts.map((draft) => draft.bankDate),
      drafts.map((draft) => draft.happenedAt),
      numbered.map((leg) => leg.debitVersion),
      numbered.map((leg) => leg.creditVersion),
      bookDate,
    ],
  );
}

function pendingIdOf(draft: EntryDraft, known: Map<string, Known>): bigint | null {
  const { phase } = entryKinds[draft.kind];
  if (phase === 'single' || phase === 'pending') return null;
  const pending = draft.pendingReference === undefined ? undefined : known.get(draft.pendingReference);
  if (pending?.phase !== 'pending') throw new Bug(`entry ${draft.reference} has no pending entry to ${phase}`);
  if (pending.debit_account_id !== draft.debitAccountId || pending.credit_account_id !== draft.creditAccountId) {
    throw new Bug(`entry ${draft.reference} would ${phase} what is pending between other accounts`);
  }
  return pending.id;
}

async function applyPendings(tx: Tx, drafts: readonly EntryDraft[], known: Map<string, Known>): Promise<void> {
  const parts = drafts.filter((draft) => draft.pendingReference !== undefined);
  if (parts.length === 0) return;
  await tx.execute(
    `UPDATE ledger_pending p SET posted_fen = p.posted_fen + s.posted_fen, voided_fen = p.voided_fen + s.voided_fen
     FROM (SELECT entry_id, sum(posted_fen)::bigint AS posted_fen, sum(voided_fen)::bigint AS voided_fen
           FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS x (entry_id, posted_fen, voided_fen) GROUP BY entry_id) s
     WHERE p.entry_id = s.entry_id`,
    [
      parts.map((draft) => pendingIdOf(draft, known)),
      parts.map((draft) => (entryKinds[draft.kind].phase === 'post' ? draft.amount : 0n)),
      parts.map((draft) => (entryKinds[draft.kind].phase === 'void' ? draft.amount : 0n)),
    ],
  );
}
