import { sha256Hex } from '#bank/wire';
import type { Fen } from '#kernel/money';
import { reconcileAgainJob } from '#watch/reconciliation';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';

const yuan = (amount: number): Fen => BigInt(amount * 100) as Fen;

let days: PaperDays;
beforeAll(async () => {
  days = await PaperDays.open();
});
afterAll(() => days.db.close());

const good = {
  transactions: Array.from({ length: 30 }, (_, n) => ({
    kind: 'TOP_UP' as const,
    toAccount: '账户1',
    amount: yuan(1),
    bankSerialNo: `SERIAL${n}`,
  })),
  balances: [{ accountNo: '账户1', kind: 'E' as const, total: yuan(30) }],
};

beforeEach(async () => {
  await days.begin(yuan(1_000));
  days.bank.write(first, good);
});

const text = (change: (text: string) => string) => (bytes: Buffer) => Buffer.from(change(bytes.toString('utf8')), 'utf8');
/** Makes the trailer right again, so that only what a test means is wrong. */
const withTrailer = (change: (lines: string[]) => string[]) =>
  text((file) => {
    const lines = change(file.trimEnd().split('\n').slice(0, -1));
    const body = `${lines.join('\n')}\n`;
    const data = lines.slice(1);
    const total = data.reduce((sum, line) => sum + BigInt((line.split('|')[8] ?? '').replace('.', '')), 0n);
    return `${body}T|${data.length}|${total / 100n}.${String(total % 100n).padStart(2, '0')}|${sha256Hex(body)}\n`;
  });
const field = (line: string, at: number, value: string): string => line.split('|').with(at, value).join('|');

const files: [string, (bytes: Buffer) => Buffer, string][] = [
  ['truncated at a line', text((file) => file.split('\n').slice(0, 12).join('\n') + '\n'), 'TRAILER_MISSING'],
  ['cut in a line', (bytes) => bytes.subarray(0, bytes.indexOf('SERIAL9') + 3), 'CUT_SHORT'],
  ['cut in a character', (bytes) => bytes.subarray(0, bytes.indexOf('账户1') + 2), 'NOT_UTF8'],
  ['with a doubled line and its old trailer', text((file) => file.replace(/(D\|.*\n)/, '$1$1')), 'COUNT_WRONG'],
  ['with a doubled line and a new trailer: a serial twice', withTrailer((lines) => [...lines, lines[5]!]), 'SERIAL_TWICE'],
  ['with a wrong count', text((file) => file.replace('\nT|30|', '\nT|31|')), 'COUNT_WRONG'],
  ['with a wrong total', text((file) => file.replace('\nT|30|30.00|', '\nT|30|30.01|')), 'SUM_WRONG'],
  ['with a wrong digest', text((file) => file.replace(/[0-9a-f]{64}\n$/, `${'0'.repeat(64)}\n`)), 'DIGEST_WRONG'],
  ['without a trailer', text((file) => file.replace(/T\|.*\n$/, '')), 'TRAILER_MISSING'],
  ['with something behind the trailer', text((file) => `${file}D|too late\n`), 'AFTER_TRAILER'],
  ['of another date', withTrailer((lines) => [field(lines[0]!, 3, '2024-03-02'), ...lines.slice(1)]), 'OTHER_DATE'],
  ['of another platform', withTrailer((lines) => [field(lines[0]!, 4, 'P0002'), ...lines.slice(1)]), 'OTHER_PLATFORM'],
  ['of another version', withTrailer((lines) => [field(lines[0]!, 5, '2'), ...lines.slice(1)]), 'OTHER_VERSION'],
  ['of another type', withTrailer((lines) => [field(lines[0]!, 2, 'CREDIT'), ...lines.slice(1)]), 'OTHER_TYPE'],
  ['empty', () => Buffer.alloc(0), 'EMPTY'],
  ['with carriage returns', text((file) => file.replaceAll('\n', '\r\n')), 'CARRIAGE_RETURN'],
  ['with a byte order mark', (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]), 'BYTE_ORDER_MARK'],
  ['with a field too many', withTrailer((lines) => lines.with(3, `${lines[3]}|more`)), 'FIELD_COUNT'],
  ['with an unknown kind', withTrailer((lines) => lines.with(3, field(lines[3]!, 3, 'GIFT'))), 'FIELD_WRONG kind'],
  ['with an unknown status', withTrailer((lines) => lines.with(3, field(lines[3]!, 9, 'MAYBE'))), 'FIELD_WRONG status'],
  ['with a line of nothing', withTrailer((lines) => lines.with(3, field(lines[3]!, 8, '0.00'))), 'FIELD_WRONG amount'],
  ['with an amount of three places', withTrailer((lines) => lines.with(3, field(lines[3]!, 8, '1.000'))), 'AMOUNT_MALFORMED'],
  [
    'with a time that is none',
    withTrailer((lines) => lines.with(3, field(lines[3]!, 11, '2024-02-30T10:00:00.000+08:00'))),
    'FIELD_MALFORMED',
  ],
  ['with a NUL in a field', withTrailer((lines) => lines.with(3, field(lines[3]!, 10, 'a\0b'))), 'CONTROL_CHARACTER'],
];

async function nothingChanged(): Promise<void> {
  expect(await days.entries()).toEqual([]);
  expect(await days.rows('SELECT FROM statement_line UNION ALL SELECT FROM statement_balance')).toEqual([]);
  expect(await days.rows('SELECT FROM statement_file WHERE visible')).toEqual([]);
  expect(await days.standing(first)).toMatchObject({ businessDay: 'fetching', reconciliation: 'waiting' });
  expect(days.bank.confirmed).toEqual([]);
}

describe('a statement file that is not what it must be never changes a balance', () => {
  it.each(files)('%s', async (_what, spoil, fault) => {
    days.bank.spoil(first, 'TRANSACTIONS', spoil);
    expect(await days.endOfDay(first)).toContain(fault);
    await nothingChanged();
    expect(await days.endOfDay(first)).toContain(`_TRANSACTIONS_1.txt is refused: ${fault}`);
    days.bank.write(first, good, 2);
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(await days.balanceOf('账户1')).toBe(yuan(30));
    expect((await days.standing(first)).confirmedAs).toBe('CLEAN');
  });

  it.each([
    ['an account twice', withTrailer((lines) => [...lines, lines[1]!]), 'ACCOUNT_TWICE'],
    ['a total that does not add up', withTrailer((lines) => lines.with(1, field(lines[1]!, 5, '29.00'))), 'FIELD_WRONG adds_up'],
    ['an account kind that is none', withTrailer((lines) => lines.with(1, field(lines[1]!, 3, 'X'))), 'FIELD_WRONG kind'],
    ['an opening of three places', withTrailer((lines) => lines.with(1, field(lines[1]!, 4, '0.000'))), 'AMOUNT_MALFORMED'],
  ])('balances with %s', async (_what, spoil, fault) => {
    days.bank.spoil(first, 'BALANCES', spoil);
    expect(await days.endOfDay(first)).toContain(fault);
    await nothingChanged();
  });

  it('refuses another length, another digest and a foreign signature before a line is read', async () => {
    days.bank.change(first, (listed) => listed.map((file, at) => (at === 1 ? { ...file, signature: 'forged' } : file)));
    expect(await days.endOfDay(first)).toContain('not what the bank signed');
    await nothingChanged();
    expect(await days.rows('SELECT fault FROM statement_file')).toEqual([{ fault: 'SIGNATURE_WRONG' }]);
  });

  it('waits while a type of file is missing', async () => {
    days.bank.change(first, (listed) => listed.filter((file) => !file.name.includes('CREDIT')));
    expect(await days.endOfDay(first)).toContain('has not written the CREDIT file');
    await nothingChanged();
  });

  it('refuses other bytes under the version that was accepted', async () => {
    await days.endOfDay(first);
    days.bank.spoil(
      first,
      'BALANCES',
      withTrailer((lines) => lines.with(1, lines[1]!.replaceAll('30.00', '31.00'))),
    );
    expect(await days.balanceOf('账户1')).toBe(yuan(30));
    await days.run(reconcileAgainJob, first, { force: true });
    expect(await days.balanceOf('账户1')).toBe(yuan(30));
    expect((await days.standing(first)).confirmedAs).toBe('CLEAN');
  });
});
