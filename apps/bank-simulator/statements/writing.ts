import { instantOn } from '#kernel/time';
import { sha256Hex, sign, statementFileName, STATEMENT_TYPES, type StatementType } from '#bank/wire';
import type { Bank } from '../bank';
import { DAY_CUT } from '../clock';
import type { Tx } from '../database/cashier';
import type { FaultKind, Occasion, PlannedFault } from '../faults/fault';
import { tell } from '../notices/outbox';
import { serialText } from '../numbers';
import { readDay, type DayLine } from './reading-day';
import { NEEDS_A_LINE, rightFile, SPOILING, spoiltFile } from './tampering';

/** A version of a file on its way into the cabinet. */
interface NewFile {
  readonly name: string;
  readonly type: StatementType;
  readonly version: number;
  readonly bytes: Buffer;
  readonly published: boolean;
}

/** Writes the three files of the day that ends, and tells the platform. */
export async function writeDay(tx: Tx, bank: Bank): Promise<void> {
  const bankDate = bank.clock.openDay();
  const writtenAt = instantOn(bank.clock.calendarDate(), `${DAY_CUT}:00`);
  const files: NewFile[] = [];
  for (const type of STATEMENT_TYPES) {
    const lines = await readDay(tx, type, bankDate);
    files.push(...(await versions(tx, bank, { type, bankDate, writtenAt }, lines)));
  }
  await keep(tx, bank, bankDate, files);
  await tell(tx, bank, 'STATEMENT_READY', { bankDate, files: files.filter((file) => file.published).map((file) => file.name) });
}

/** What a version that follows later needs: it lies in the cabinet already, unpublished. */
export async function publishStatement(tx: Tx, bank: Bank, { name }: { name: string }): Promise<void> {
  const [file] = await tx.rows<{ bank_date: string }>('update statement set published = true where name = $1 returning bank_date', [name]);
  if (file !== undefined) await tell(tx, bank, 'STATEMENT_READY', { bankDate: file.bank_date, files: [name] });
}

interface Day {
  readonly type: StatementType;
  readonly bankDate: string;
  readonly writtenAt: string;
}

/** Usually one version; with a planned fault a spoilt one and, unpublished, the right one that follows it. */
async function versions(tx: Tx, bank: Bank, day: Day, lines: readonly DayLine[]): Promise<NewFile[]> {
  const header = { ...day, platformNo: bank.options.platformNo, version: 1 };
  const first = { name: statementFileName(header), type: day.type, version: 1 };
  const right = rightFile(header, lines);
  const fault = await strike(bank, day, lines);
  if (fault === undefined) return [{ ...first, bytes: right, published: true }];
  if (fault.kind === 'statement_late') {
    await publishLater(tx, bank, first.name, fault.days ?? 1);
    return [{ ...first, bytes: right, published: false }];
  }
  const spoilt = spoiltFile(header, lines, fault, serialText(await bank.numbers.next()));
  const file = { ...first, bytes: spoilt, published: true };
  if (fault.correctedAfterDays === null) return [file];
  const next = { ...header, version: 2 };
  const name = statementFileName(next);
  await publishLater(tx, bank, name, fault.correctedAfterDays);
  return [file, { name, type: day.type, version: 2, bytes: rightFile(next, lines), published: false }];
}

async function publishLater(tx: Tx, bank: Bank, name: string, days: number): Promise<void> {
  const when = days === 0 ? { inMs: 0 } : { onDate: bank.clock.dayAfter(days) };
  await bank.agenda.note(tx, { kind: 'WRITE_STATEMENT', subject: { name }, ...when });
}

async function strike(bank: Bank, day: Day, lines: readonly DayLine[]): Promise<PlannedFault | undefined> {
  const kinds: FaultKind[] = ['statement_late', ...SPOILING];
  if (!bank.faults.has(...kinds)) return undefined;
  const possible = kinds.filter((kind) => lines.length > 0 || !NEEDS_A_LINE.includes(kind));
  const [fault] = await bank.faults.strike(possible, occasionOf(day, lines));
  return fault;
}

/** A file is an occasion for whatever any of its lines names. */
function occasionOf(day: Day, lines: readonly DayLine[]): Occasion {
  const words = new Set(lines.flatMap((line) => line.text.split('|')));
  return { statementType: day.type, bankDate: day.bankDate, accountNos: words, itemNos: words, requestNos: words, listingNos: words };
}

/** Lays the files down and takes today's totals for tomorrow's openings. */
async function keep(tx: Tx, bank: Bank, bankDate: string, files: readonly NewFile[]): Promise<void> {
  await tx.rows(
    `with taken as (update position set opening_fen = total_fen where opening_fen <> total_fen and kind <> 'W')
     insert into statement (bank_date, name, type, version, bytes, sha256, signature, published)
     select $1, name, type, version, bytes, sha256, signature, published
     from unnest($2::text[], $3::text[], $4::integer[], $5::bytea[], $6::text[], $7::text[], $8::boolean[])
       as f (name, type, version, bytes, sha256, signature, published)`,
    [
      bankDate,
      files.map((file) => file.name),
      files.map((file) => file.type),
      files.map((file) => file.version),
      files.map((file) => file.bytes),
      files.map((file) => sha256Hex(file.bytes)),
      files.map((file) => sign(file.bytes, bank.options.privateKeyPem)),
      files.map((file) => file.published),
    ],
  );
}
