import fc from 'fast-check';
import { fen, sumFen, ZERO } from '#kernel/money';
import {
  balanceLine,
  creditLine,
  linesOf,
  parseBalanceLine,
  parseCreditLine,
  parseTransactionLine,
  readStatement,
  sha256Hex,
  statementFile,
  transactionLine,
  TRANSACTION_KINDS,
  type ExpectedStatement,
  type StatementEvent,
  type TransactionLine,
} from './index';

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
const wordOrNone = fc.option(word, { nil: '' });
const amount = fc.bigInt({ min: 0n, max: 10n ** 14n }).map((value) => fen(value));
const signed = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).map((value) => fen(value));
const bankTime = '2026-11-22T10:00:00.000+08:00';
const transaction: fc.Arbitrary<TransactionLine> = fc.record({
  requestNo: wordOrNone,
  itemNo: wordOrNone,
  kind: fc.constantFrom(...TRANSACTION_KINDS),
  refNo: wordOrNone,
  bankSerialNo: word,
  fromAccount: wordOrNone,
  toAccount: wordOrNone,
  amount,
  status: fc.constantFrom('SUCCEEDED' as const, 'FAILED' as const),
  code: wordOrNone,
  bankTime: fc.constant(bankTime),
  listingNo: wordOrNone,
});
const header = { type: 'TRANSACTIONS', bankDate: '2026-11-22', platformNo: 'P0001', version: 1, writtenAt: bankTime } as const;

function fileOf(lines: readonly TransactionLine[]): Buffer {
  return statementFile(header, lines.map(transactionLine), sumFen(lines.map((line) => line.amount)));
}

async function read(chunks: readonly Buffer[], expected: ExpectedStatement = { type: 'TRANSACTIONS' }): Promise<StatementEvent[]> {
  const events: StatementEvent[] = [];
  for await (const event of readStatement(chunks, expected)) events.push(event);
  return events;
}

function inChunks(file: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < file.length; at += size) chunks.push(file.subarray(at, at + size));
  return chunks;
}

describe('a statement line', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(transaction, (line) => expect(parseTransactionLine(transactionLine(line))).toEqual(line)));
    const balance = fc.record({
      accountNo: word,
      listingNo: wordOrNone,
      kind: fc.constantFrom('E' as const, 'D' as const, 'S' as const),
      opening: signed,
      available: signed,
      held: signed,
      otherFrozen: signed,
      total: signed,
    });
    fc.assert(fc.property(balance, (line) => expect(parseBalanceLine(balanceLine(line))).toEqual(line)));
    const credit = fc.record({
      requestNo: wordOrNone,
      moveNo: word,
      financingNo: wordOrNone,
      customerNo: word,
      kind: fc.constantFrom('FREEZE' as const, 'DEDUCT' as const, 'RELEASE' as const, 'RESTORE' as const),
      amount,
      used: amount,
      frozen: amount,
      limit: amount,
      bankSerialNo: word,
      bankTime: fc.constant(bankTime),
    });
    fc.assert(fc.property(credit, (line) => expect(parseCreditLine(creditLine(line))).toEqual(line)));
  });

  it.each([
    ['an unknown kind', 'D|R1||GIFT||S1|a|b|1.00|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1'],
    ['an amount with a sign', 'D|R1||FEE||S1|a|b|-1.00|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1'],
    ['an amount with one place', 'D|R1||FEE||S1|a|b|1.0|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1'],
    ['no serial', 'D|R1||FEE|||a|b|1.00|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1'],
    ['another status', 'D|R1||FEE||S1|a|b|1.00|MAYBE||2026-11-22T10:00:00.000+08:00|L1'],
    ['a time without offset', 'D|R1||FEE||S1|a|b|1.00|SUCCEEDED||2026-11-22T10:00:00.000|L1'],
    ['a field more', 'D|R1||FEE||S1|a|b|1.00|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1|'],
  ])('is refused with %s', (_what, line) => expect(parseTransactionLine(line)).toBeUndefined());
});

describe('a statement file', () => {
  it('is read back whole, however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { maxLength: 20 }), fc.integer({ min: 1, max: 700 }), async (lines, size) => {
        const file = fileOf(lines);
        const events = await read(inChunks(file, size), { type: 'TRANSACTIONS', bankDate: '2026-11-22', platformNo: 'P0001', version: 1 });
        const back = events.flatMap((event) => (event.kind === 'lines' ? linesOf(event.bytes) : []));
        expect(back).toEqual(lines.map(transactionLine));
        const sumFen = lines.reduce((sum, line) => sum + line.amount, 0n);
        expect(events.at(-1)).toEqual({ kind: 'end', count: lines.length, sumFen, bytes: file.length, fileSha256: sha256Hex(file) });
      }),
      { numRuns: 60 },
    );
  });

  const some = Array.from({ length: 5 }, (_none, at): TransactionLine => ({
    requestNo: `R${at}`,
    itemNo: '',
    kind: 'REPAY',
    refNo: '',
    bankSerialNo: `S${at}`,
    fromAccount: 'a',
    toAccount: 'b',
    amount: fen(100 + at),
    status: 'SUCCEEDED',
    code: '',
    bankTime,
    listingNo: '标的1',
  }));
  const whole = fileOf(some);
  const text = whole.toString('utf8');
  const lineAt = (no: number): string => text.split('\n')[no]!;

  it.each<[string, Buffer, Partial<ExpectedStatement>, string]>([
    ['nothing', Buffer.alloc(0), {}, 'EMPTY'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole]), {}, 'BYTE_ORDER_MARK'],
    ['carriage returns', Buffer.from(text.replaceAll('\n', '\r\n')), {}, 'CARRIAGE_RETURN'],
    ['a tabulator in a field', Buffer.from(text.replace('|a|', '|\t|')), {}, 'CONTROL_CHARACTER'],
    ['another encoding', Buffer.from(text.replaceAll('标的', '??'), 'latin1').fill(0xe9, 80, 81), {}, 'NOT_UTF8'],
    ['a cut in a character', whole.subarray(0, whole.indexOf(Buffer.from('标')) + 1), {}, 'NOT_UTF8'],
    ['a cut in a line', whole.subarray(0, whole.length - 90), {}, 'CUT_SHORT'],
    ['no trailer', Buffer.from(text.slice(0, text.indexOf('\nT') + 1)), {}, 'TRAILER_MISSING'],
    ['no header', Buffer.from(text.slice(text.indexOf('\n') + 1)), {}, 'HEADER_MALFORMED'],
    ['another type', whole, { type: 'BALANCES' }, 'OTHER_TYPE'],
    ['another date', whole, { bankDate: '2026-11-23' }, 'OTHER_DATE'],
    ['another platform', whole, { platformNo: 'P0002' }, 'OTHER_PLATFORM'],
    ['another version', whole, { version: 2 }, 'OTHER_VERSION'],
    ['a doubled line', Buffer.from(text.replace(lineAt(2), `${lineAt(2)}\n${lineAt(2)}`)), {}, 'COUNT_WRONG'],
    ['a missing line', Buffer.from(text.replace(`${lineAt(2)}\n`, '')), {}, 'COUNT_WRONG'],
    ['a wrong amount', Buffer.from(text.replace('|1.01|', '|1.02|')), {}, 'SUM_WRONG'],
    ['a wrong total', Buffer.from(text.replace(/T\|5\|[^|]*/, 'T|5|5.11')), {}, 'SUM_WRONG'],
    ['another party', Buffer.from(text.replace('|a|b|', '|c|b|')), {}, 'DIGEST_WRONG'],
    ['a pipe in a field', Buffer.from(text.replace('|a|b|', '|a|||b|')), {}, 'FIELD_COUNT'],
    ['an amount of three places', Buffer.from(text.replace('|1.01|', '|1.010|')), {}, 'AMOUNT_MALFORMED'],
    ['a line of another letter', Buffer.from(text.replace('\nD|R1', '\nX|R1')), {}, 'LINE_MALFORMED'],
    ['something after the trailer', Buffer.from(`${text}D|`), {}, 'AFTER_TRAILER'],
    ['two trailers', Buffer.from(`${text}${text.split('\n').at(-2)}\n`), {}, 'AFTER_TRAILER'],
    ['a line without end', Buffer.concat([whole, Buffer.alloc(5000, 0x41)]), {}, 'LINE_TOO_LONG'],
  ])('is refused with %s', async (_what, file, expected, why) => {
    for (const size of [file.length + 1, 7]) {
      const events = await read(inChunks(file, size), { type: 'TRANSACTIONS', ...expected });
      expect(events.at(-1)).toMatchObject({ kind: 'broken', why });
      expect(events.filter((event) => event.kind === 'broken' || event.kind === 'end').length).toBe(1);
    }
  });

  it('of a day without lines has header and trailer', async () => {
    const events = await read([statementFile(header, [], ZERO)]);
    expect(events.map((event) => event.kind)).toEqual(['header', 'end']);
  });
});
