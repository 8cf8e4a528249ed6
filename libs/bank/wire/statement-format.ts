import { fen, formatYuan, parseYuan } from '#kernel/money';
import type { StatementType } from './credit-types';

/** The files of one bank date. */
export const STATEMENT_TYPES = ['TRANSACTIONS', 'BALANCES', 'CREDIT'] as const satisfies readonly StatementType[];

/** How many fields a D line has, its letter counted, and which of them (from 0) the trailer adds up. */
export const FIELDS: Readonly<Record<StatementType, { readonly count: number; readonly amount: number }>> = {
  TRANSACTIONS: { count: 13, amount: 8 },
  BALANCES: { count: 9, amount: 8 },
  CREDIT: { count: 12, amount: 6 },
};

export interface StatementHeader {
  readonly type: StatementType;
  readonly bankDate: string;
  readonly platformNo: string;
  readonly version: number;
  readonly writtenAt: string;
}

export interface StatementTrailer {
  readonly count: number;
  readonly sumFen: bigint;
  /** Lower-case hex SHA-256 of every byte before the trailer's line. */
  readonly sha256: string;
}

/** `{date}_{platformNo}_{TYPE}_{version}.txt`; its signature lies beside it under `signatureFileName`. */
export function statementFileName(file: Omit<StatementHeader, 'writtenAt'>): string {
  return `${file.bankDate}_${file.platformNo}_${file.type}_${file.version}.txt`;
}

/** The file with the base64 signature of a statement's bytes. */
export function signatureFileName(statementName: string): string {
  return `${statementName}.sig`;
}

/** The parts of a statement file's name, or `undefined`. */
export function parseStatementFileName(name: string): Omit<StatementHeader, 'writtenAt'> | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})_([A-Za-z0-9-]+)_(TRANSACTIONS|BALANCES|CREDIT)_([1-9]\d{0,5})\.txt$/.exec(name);
  if (parts === null) return undefined;
  return { bankDate: parts[1]!, platformNo: parts[2]!, type: parts[3] as StatementType, version: Number(parts[4]) };
}

/** The header line, without its newline. */
export function statementHeader(header: StatementHeader): string {
  return ['H', FORMAT, header.type, header.bankDate, header.platformNo, String(header.version), header.writtenAt].join('|');
}

/** The trailer line, without its newline. */
export function statementTrailer(trailer: StatementTrailer): string {
  return ['T', String(trailer.count), formatYuan(fen(trailer.sumFen)), trailer.sha256].join('|');
}

/** A header line (without its newline) as its parts, or `undefined` when it is none of format version 1. */
export function parseHeader(line: string): StatementHeader | undefined {
  const [letter, format, type, bankDate, platformNo, version, writtenAt, ...more] = line.split('|');
  const known = STATEMENT_TYPES.find((name) => name === type);
  if (letter !== 'H' || format !== FORMAT || known === undefined || more.length > 0 || !platformNo || !writtenAt) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(bankDate ?? '') || !/^[1-9]\d{0,5}$/.test(version ?? '')) return undefined;
  return { type: known, bankDate: bankDate!, platformNo, version: Number(version), writtenAt };
}

/** A trailer line (without its newline) as its parts, or `undefined` when it is none. */
export function parseTrailer(line: string): StatementTrailer | undefined {
  const parts = /^T\|(0|[1-9]\d{0,9})\|((?!-0\.00\|)-?(?:0|[1-9]\d{0,15})\.\d{2})\|([0-9a-f]{64})$/.exec(line);
  if (parts === null) return undefined;
  return { count: Number(parts[1]), sumFen: parseYuan(parts[2]!), sha256: parts[3]! };
}

const FORMAT = '1';
