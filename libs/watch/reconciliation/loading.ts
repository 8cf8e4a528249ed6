import { readStatement } from '#bank/wire';
import type { StatementEvent } from '#bank/wire';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { sqlState, violatedConstraint } from '#platform/database';
import type { Tx } from '#platform/database';
import { copyRows } from './copying';
import { CopyText } from './copy-text';
import type { StatementType } from './copy-text';
import type { Download } from './downloading';
import { reconciliationRefusals } from './reconciliation.refusals';

/** A downloaded file, by the parts of its name. */
export interface FetchedFile {
  readonly name: string;
  readonly bankDate: BusinessDate;
  readonly platformNo: string;
  readonly type: StatementType;
  readonly version: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly download: Download;
}

/**
 * Second pass: streams files into their tables with COPY while every line, field, count and sum is checked, and makes them visible by one UPDATE behind the last gate.
 * All in the caller's transaction, so that a file which fails at a gate leaves nothing.
 * @throws Refusal STATEMENT_REFUSED naming file, fault and line
 */
export async function loadStatements(tx: Tx, files: readonly FetchedFile[]): Promise<void> {
  const ids = files.map(() => newId());
  await tx.execute(
    `INSERT INTO statement_file (id, bank_date, type, version, name, bytes, sha256)
     SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::text[])`,
    [ids, ...(['bankDate', 'type', 'version', 'name', 'bytes', 'sha256'] as const).map((field) => files.map((file) => file[field]))],
  );
  const ends: End[] = [];
  for (const [index, file] of files.entries()) ends.push(await copyLines(tx, file, ids[index]!));
  await tx.execute(
    `UPDATE statement_file f SET lines = w.lines, total_fen = w.total_fen, visible = true
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w (id, lines, total_fen) WHERE f.id = w.id`,
    [ids, ends.map((end) => end.count), ends.map((end) => end.sumFen)],
  );
}

/** Remembers a file that was refused, so that it is not fetched again: the bank has to write the next version. */
export async function rememberFault(tx: Tx, file: Omit<FetchedFile, 'download'>, fault: string): Promise<void> {
  await tx.execute(
    `INSERT INTO statement_file (id, bank_date, type, version, name, bytes, sha256, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (name, sha256) DO NOTHING`,
    [newId(), file.bankDate, file.type, file.version, file.name, file.bytes, file.sha256, fault],
  );
}

type End = Extract<StatementEvent, { kind: 'end' }>;

const COPY: Readonly<Record<StatementType, string>> = {
  TRANSACTIONS: `COPY statement_line (file_id, line_no, bank_date, request_no, item_no, kind, ref_no, bank_serial, from_account, to_account, amount_fen, status,
    code, bank_time, listing_no) FROM STDIN`,
  BALANCES: `COPY statement_balance (file_id, line_no, bank_date, account_no, listing_no, kind, opening_fen, available_fen, held_fen, other_frozen_fen, total_fen)
    FROM STDIN`,
  CREDIT: `COPY statement_credit (file_id, line_no, bank_date, request_no, move_no, financing_no, customer_no, kind, amount_fen, used_fen, frozen_fen, limit_fen,
    bank_serial, bank_time) FROM STDIN`,
};

async function copyLines(tx: Tx, file: FetchedFile, id: Uuid): Promise<End> {
  const reading = new Reading(file, id);
  const rows = reading.rows();
  const first = await rows.next();
  if (first.done === true) return reading.end;
  try {
    await copyRows(tx, COPY[file.type], joined(first.value, rows));
  } catch (error) {
    const fault = faultOfRow(error);
    throw fault === undefined ? error : refused(file, fault, 0);
  }
  return reading.end;
}

async function* joined(first: Buffer, others: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}

class Reading {
  private last: End | undefined;

  constructor(
    private readonly file: FetchedFile,
    private readonly id: Uuid,
  ) {}

  get end(): End {
    if (this.last === undefined) throw refused(this.file, 'TRAILER_MISSING', 0);
    return this.last;
  }

  async *rows(): AsyncGenerator<Buffer> {
    const { file } = this;
    const text = new CopyText(file.type, this.id, file.bankDate);
    for await (const event of readStatement(file.download.chunks(), file)) {
      if (event.kind === 'broken') throw refused(file, event.why, event.lineNo);
      if (event.kind === 'end') this.last = event;
      if (event.kind !== 'lines') continue;
      const rows = text.rowsOf(event.bytes);
      if (rows === undefined) throw refused(file, 'AMOUNT_MALFORMED', 0);
      yield rows;
    }
    if (this.last !== undefined && this.last.fileSha256 !== file.sha256) throw refused(file, 'DIGEST_WRONG', 0);
  }
}

/** What PostgreSQL found in a row that COPY brought: a serial or an account that stands twice, a word that is none, a time or a number that is none. */
function faultOfRow(error: unknown): string | undefined {
  const constraint = violatedConstraint(error);
  if (constraint === 'statement_balance_pkey') return 'ACCOUNT_TWICE';
  if (constraint?.endsWith('_pkey') === true) return 'SERIAL_TWICE';
  if (constraint?.startsWith('statement_') === true) return `FIELD_WRONG ${constraint.replace(/^statement_[a-z]+_/, '')}`;
  return ['22007', '22008', '22P02', '22003'].includes(sqlState(error) ?? '') ? 'FIELD_MALFORMED' : undefined;
}

function refused(file: FetchedFile, fault: string, lineNo: number): Refusal {
  return new Refusal(reconciliationRefusals.STATEMENT_REFUSED, { file: file.name, fault, lineNo });
}
