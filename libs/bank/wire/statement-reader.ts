import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { StatementType } from './credit-types';
import { FIELDS, parseHeader, parseTrailer, type StatementHeader } from './statement-format';

/** Why a statement file is not what it should be. The first thing found; nothing of a broken file may change a balance. */
export const STATEMENT_FAULTS = [
  'EMPTY',
  'BYTE_ORDER_MARK',
  'CARRIAGE_RETURN',
  'CONTROL_CHARACTER',
  'NOT_UTF8',
  'HEADER_MALFORMED',
  'OTHER_TYPE',
  'OTHER_DATE',
  'OTHER_PLATFORM',
  'OTHER_VERSION',
  'LINE_MALFORMED',
  'LINE_TOO_LONG',
  'FIELD_COUNT',
  'AMOUNT_MALFORMED',
  'TRAILER_MISSING',
  'TRAILER_MALFORMED',
  'AFTER_TRAILER',
  'CUT_SHORT',
  'COUNT_WRONG',
  'SUM_WRONG',
  'DIGEST_WRONG',
] as const;
export type StatementFault = (typeof STATEMENT_FAULTS)[number];

/** What the reader expects; a field left out is not compared. */
export interface ExpectedStatement {
  readonly type: StatementType;
  readonly bankDate?: string;
  readonly platformNo?: string;
  readonly version?: number;
}

export type StatementEvent =
  | { readonly kind: 'header'; readonly header: StatementHeader }
  /** Whole D lines, each ended by `\n`: may be handed to COPY as they are, or to `linesOf`. */
  | { readonly kind: 'lines'; readonly bytes: Buffer; readonly count: number }
  | { readonly kind: 'end'; readonly count: number; readonly sumFen: bigint; readonly bytes: number; readonly fileSha256: string }
  | { readonly kind: 'broken'; readonly why: StatementFault; readonly lineNo: number };

/**
 * Reads a statement file as a stream: splits lines over Buffers, checks encoding, header, every line's shape, trailer, count, sum and
 * digest. Ends with exactly one event of kind `end` or `broken`, and nothing comes after it. Memory does not grow with the file.
 */
export async function* readStatement(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  expected: ExpectedStatement,
): AsyncGenerator<StatementEvent, void, undefined> {
  const state = newState(expected);
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    state.bytes += chunk.length;
    state.file.update(chunk);
    const joined: Buffer = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const end = joined.lastIndexOf(NEWLINE) + 1;
    carry = joined.subarray(end);
    yield* readRegion(state, joined.subarray(0, end));
    if (state.broken) return;
    if (carry.length > LONGEST_LINE) return yield broken(state, 'LINE_TOO_LONG');
  }
  yield atEnd(state, carry);
}

const NEWLINE = 0x0a;
const PIPE = 0x7c;
const LETTER_D = 0x44;
const LETTER_T = 0x54;
const LONGEST_LINE = 4096;

interface ReaderState {
  readonly expected: ExpectedStatement;
  readonly fields: number;
  readonly amountField: number;
  readonly before: Hash;
  readonly file: Hash;
  header: StatementHeader | undefined;
  trailerSeen: boolean;
  broken: boolean;
  lineNo: number;
  count: number;
  sumFen: bigint;
  bytes: number;
}

function newState(expected: ExpectedStatement): ReaderState {
  const { count, amount } = FIELDS[expected.type];
  return {
    expected,
    fields: count,
    amountField: amount,
    before: createHash('sha256'),
    file: createHash('sha256'),
    header: undefined,
    trailerSeen: false,
    broken: false,
    lineNo: 0,
    count: 0,
    sumFen: 0n,
    bytes: 0,
  };
}

function broken(state: ReaderState, why: StatementFault): StatementEvent {
  state.broken = true;
  return { kind: 'broken', why, lineNo: state.lineNo + 1 };
}

function* readRegion(state: ReaderState, region: Buffer): Generator<StatementEvent> {
  let at = 0;
  if (region.length > 0 && !isUtf8(region)) return yield broken(state, 'NOT_UTF8');
  if (state.header === undefined && region.length > 0) {
    const end = region.indexOf(NEWLINE);
    const why = readHeader(state, region.subarray(0, end));
    if (why !== undefined) return yield broken(state, why);
    state.before.update(region.subarray(0, end + 1));
    state.lineNo += 1;
    at = end + 1;
    yield { kind: 'header', header: state.header! };
  }
  const checked = checkLines(state, region, at);
  if (checked.end > at) {
    const bytes = region.subarray(at, checked.end);
    state.before.update(bytes);
    if (checked.why === undefined) yield { kind: 'lines', bytes, count: checked.count };
  }
  if (checked.why !== undefined) return yield broken(state, checked.why);
  if (checked.end === region.length) return;
  if (state.trailerSeen) return yield broken(state, 'AFTER_TRAILER');
  const trailerEnd = region.indexOf(NEWLINE, checked.end);
  const why = readTrailer(state, region.subarray(checked.end, trailerEnd));
  if (why !== undefined) return yield broken(state, why);
  state.trailerSeen = true;
  state.lineNo += 1;
  if (trailerEnd + 1 < region.length) yield broken(state, 'AFTER_TRAILER');
}

function readHeader(state: ReaderState, line: Buffer): StatementFault | undefined {
  if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) return 'BYTE_ORDER_MARK';
  if (line.includes(0x0d)) return 'CARRIAGE_RETURN';
  const header = parseHeader(line.toString('utf8'));
  if (header === undefined) return 'HEADER_MALFORMED';
  const { type, bankDate, platformNo, version } = state.expected;
  if (header.type !== type) return 'OTHER_TYPE';
  if (bankDate !== undefined && header.bankDate !== bankDate) return 'OTHER_DATE';
  if (platformNo !== undefined && header.platformNo !== platformNo) return 'OTHER_PLATFORM';
  if (version !== undefined && header.version !== version) return 'OTHER_VERSION';
  state.header = header;
  return undefined;
}

/** Checks the D lines from `at` up to the trailer or the region's end. */
function checkLines(state: ReaderState, region: Buffer, at: number): { end: number; count: number; why?: StatementFault } {
  let count = 0;
  let start = at;
  while (start < region.length && region[start] === LETTER_D && !state.trailerSeen) {
    const end = checkLine(state, region, start);
    if (typeof end !== 'number') return { end: start, count, why: end };
    start = end;
    count += 1;
    state.count += 1;
    state.lineNo += 1;
  }
  if (start < region.length && region[start] !== LETTER_T && !state.trailerSeen) {
    return { end: start, count, why: region[start] === 0x0d ? 'CARRIAGE_RETURN' : 'LINE_MALFORMED' };
  }
  return { end: start, count };
}

/** One D line: number of fields, no control characters, an amount. The position after its newline, or what is wrong. */
function checkLine(state: ReaderState, region: Buffer, start: number): number | StatementFault {
  let field = 0;
  let amountFrom = -1;
  let amountTo = -1;
  let at = start;
  for (; region[at] !== NEWLINE; at += 1) {
    const byte = region[at]!;
    if (byte === PIPE) {
      if (field === state.amountField) amountTo = at;
      field += 1;
      if (field === state.amountField) amountFrom = at + 1;
    } else if (byte < 0x20) return byte === 0x0d ? 'CARRIAGE_RETURN' : 'CONTROL_CHARACTER';
  }
  if (at - start > LONGEST_LINE) return 'LINE_TOO_LONG';
  if (field !== state.fields - 1 || region[start + 1] !== PIPE) return 'FIELD_COUNT';
  const fen = fenOf(region, amountFrom, amountTo === -1 ? at : amountTo);
  if (fen === undefined) return 'AMOUNT_MALFORMED';
  state.sumFen += BigInt(fen);
  return at + 1;
}

/** Digits, a point, two digits: fen as an exact integer, up to 10^15. A sign is allowed for balances. */
function fenOf(region: Buffer, from: number, to: number): number | undefined {
  const negative = region[from] === 0x2d;
  const first = negative ? from + 1 : from;
  const length = to - first;
  if (length < 4 || length > 16 || region[to - 3] !== 0x2e) return undefined;
  if (region[first] === 0x30 && length > 4) return undefined;
  let fen = 0;
  for (let at = first; at < to; at += 1) {
    if (at === to - 3) continue;
    const digit = region[at]! - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    fen = fen * 10 + digit;
  }
  return negative ? -fen : fen;
}

function readTrailer(state: ReaderState, line: Buffer): StatementFault | undefined {
  if (line.includes(0x0d)) return 'CARRIAGE_RETURN';
  const trailer = parseTrailer(line.toString('utf8'));
  if (trailer === undefined) return 'TRAILER_MALFORMED';
  if (trailer.count !== state.count) return 'COUNT_WRONG';
  if (trailer.sumFen !== state.sumFen) return 'SUM_WRONG';
  if (trailer.sha256 !== state.before.digest('hex')) return 'DIGEST_WRONG';
  return undefined;
}

function atEnd(state: ReaderState, carry: Buffer): StatementEvent {
  if (state.bytes === 0) return broken(state, 'EMPTY');
  if (carry.length > 0) {
    if (!isUtf8(carry)) return broken(state, 'NOT_UTF8');
    return broken(state, state.trailerSeen ? 'AFTER_TRAILER' : 'CUT_SHORT');
  }
  if (!state.trailerSeen) return broken(state, 'TRAILER_MISSING');
  return { kind: 'end', count: state.count, sumFen: state.sumFen, bytes: state.bytes, fileSha256: state.file.digest('hex') };
}
