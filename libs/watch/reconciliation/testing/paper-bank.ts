import { balanceLine, creditLine, sha256Hex, statementFile, statementFileName, transactionLine } from '#bank/wire';
import type { BalanceLine, CreditLine, TransactionLine } from '#bank/wire';
import type { StatementFileName } from '#bank/port';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { StatementBank } from '../connection';

/** What a bank writes about one date. */
export interface PaperDay {
  readonly transactions?: readonly Partial<TransactionLine>[];
  readonly balances?: readonly Partial<BalanceLine>[];
  readonly credit?: readonly Partial<CreditLine>[];
}

interface PaperFile {
  readonly name: string;
  readonly version: number;
  readonly bytes: Buffer;
  readonly signature: string;
}

/** A bank that consists of its statement files: what a test writes is what reconciliation reads. It keeps what it was told. */
export class PaperBank implements StatementBank {
  readonly platformNo = 'P0001';
  readonly confirmed: string[] = [];
  private readonly files = new Map<string, PaperFile[]>();
  private serial = 0;

  /** Writes the three files of a date. */
  write(date: BusinessDate, day: PaperDay, version = 1): void {
    const transactions = (day.transactions ?? []).map((line) => this.transaction(date, line));
    const balances = (day.balances ?? []).map(balance);
    const credit = (day.credit ?? []).map((line) => this.creditMove(date, line));
    this.writeFile(date, 'TRANSACTIONS', version, transactions.map(transactionLine), sum(transactions.map((line) => line.amount)));
    this.writeFile(date, 'BALANCES', version, balances.map(balanceLine), sum(balances.map((line) => line.total)));
    this.writeFile(date, 'CREDIT', version, credit.map(creditLine), sum(credit.map((line) => line.amount)));
  }

  /** Replaces the bytes of a file, signed as if the bank had written them so. */
  spoil(date: BusinessDate, type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT', spoil: (bytes: Buffer) => Buffer, version = 1): void {
    const name = statementFileName({ bankDate: date, platformNo: this.platformNo, type, version });
    const files = this.files.get(date) ?? [];
    this.files.set(
      date,
      files.map((file) => (file.name === name ? signed(name, version, spoil(file.bytes)) : file)),
    );
  }

  /** Takes files away, or puts one whose digest, length or signature is not the listed one. */
  change(date: BusinessDate, change: (files: readonly PaperFile[]) => PaperFile[]): void {
    this.files.set(date, change(this.files.get(date) ?? []));
  }

  statements(date: BusinessDate): Promise<readonly StatementFileName[]> {
    const files = this.files.get(date) ?? [];
    return Promise.resolve(
      files.map(({ name, version, bytes, signature }) => ({ name, version, bytes: bytes.length, sha256: sha256Hex(bytes), signature })),
    );
  }

  download(name: string): Promise<AsyncIterable<Buffer>> {
    const file = [...this.files.values()].flat().find((candidate) => candidate.name === name)!;
    return Promise.resolve(chunks(file.bytes));
  }

  verifyFile(file: Buffer | string, signature: string): boolean {
    return signature === `signed ${typeof file === 'string' ? file : sha256Hex(file)}`;
  }

  confirm(file: { name: string; sha256: string }, result: 'CLEAN' | 'ADJUSTED' | 'OPEN'): Promise<void> {
    this.confirmed.push(`${file.name} ${result}`);
    return Promise.resolve();
  }

  private writeFile(
    date: BusinessDate,
    type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT',
    version: number,
    lines: readonly string[],
    sumFen: bigint,
  ): void {
    const header = { type, bankDate: date, platformNo: this.platformNo, version, writtenAt: `${date}T23:00:00.000+08:00` };
    const file = signed(statementFileName(header), version, statementFile(header, lines, sumFen));
    this.files.set(date, [...(this.files.get(date) ?? []), file]);
  }

  private transaction(date: BusinessDate, line: Partial<TransactionLine>): TransactionLine {
    return {
      requestNo: '',
      itemNo: '',
      kind: 'TOP_UP',
      refNo: '',
      bankSerialNo: this.nextSerial(),
      fromAccount: '',
      toAccount: '',
      amount: 0n as Fen,
      status: 'SUCCEEDED',
      code: '',
      bankTime: `${date}T10:00:00.000+08:00`,
      listingNo: '',
      ...line,
    };
  }

  private creditMove(date: BusinessDate, line: Partial<CreditLine>): CreditLine {
    return {
      requestNo: '',
      moveNo: 'M1',
      financingNo: 'F1',
      customerNo: 'C1',
      kind: 'FREEZE',
      amount: 0n as Fen,
      used: 0n as Fen,
      frozen: 0n as Fen,
      limit: 0n as Fen,
      bankSerialNo: this.nextSerial(),
      bankTime: `${date}T10:00:00.000+08:00`,
      ...line,
    };
  }

  private nextSerial(): string {
    this.serial += 1;
    return `PAPER${String(this.serial).padStart(8, '0')}`;
  }
}

function balance(line: Partial<BalanceLine>): BalanceLine {
  const zero = 0n as Fen;
  const total = line.total ?? zero;
  const held = line.held ?? zero;
  const otherFrozen = line.otherFrozen ?? zero;
  const available = (total - held - otherFrozen) as Fen;
  return { accountNo: 'A1', listingNo: '', kind: 'E', opening: zero, ...line, total, held, otherFrozen, available };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function signed(name: string, version: number, bytes: Buffer): PaperFile {
  return { name, version, bytes, signature: `signed ${sha256Hex(bytes)}` };
}

/** In pieces of an awkward size, as a network brings them. */
async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1_000) yield await Promise.resolve(bytes.subarray(at, at + 1_000));
}
