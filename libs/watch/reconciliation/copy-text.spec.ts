import fc from 'fast-check';
import { formatYuan } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import type { Uuid } from '#kernel/ids';
import { CopyText } from './copy-text';

const file = '0190b6f0-0000-7000-8000-000000000000' as Uuid;
const day = businessDate('2024-03-01');
const rows = (type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT', text: string): string | undefined =>
  new CopyText(type, file, day).rowsOf(Buffer.from(text))?.toString('utf8');

describe('statement lines as rows for COPY', () => {
  it('puts file, line and date in front and writes whole fen', () => {
    const line = 'D|R1|I1|COLLECT|H1|S1|E1|D1|10000.05|SUCCEEDED||2024-03-01T10:00:00.000+08:00|L1\n';
    expect(rows('TRANSACTIONS', line)).toBe(
      `${file}\t1\t2024-03-01\tR1\tI1\tCOLLECT\tH1\tS1\tE1\tD1\t1000005\tSUCCEEDED\t\t2024-03-01T10:00:00.000+08:00\tL1\n`,
    );
  });

  it('numbers lines on over regions', () => {
    const text = new CopyText('CREDIT', file, day);
    const line = 'D|R|M|F|C|FREEZE|1.00|0.00|1.00|5.00|S|2024-03-01T10:00:00.000+08:00\n';
    text.rowsOf(Buffer.from(line + line));
    expect(text.rowsOf(Buffer.from(line))?.toString()).toContain(`${file}\t3\t`);
  });

  it('doubles a backslash, so that it stays one', () => {
    expect(rows('BALANCES', 'D|A\\N||E|0.00|0.00|0.00|0.00|0.00\n')).toContain('A\\\\N');
  });

  it.each(['1.0', '1', '1.000', '1.0.0', '.1', ''])('refuses the amount "%s" anywhere', (amount) => {
    expect(rows('BALANCES', `D|A||E|${amount}|0.00|0.00|0.00|0.00\n`)).toBeUndefined();
    expect(rows('BALANCES', `D|A||E|0.00|0.00|0.00|0.00|${amount}\n`)).toBeUndefined();
  });

  it('keeps every amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (amount) => {
        const text = formatYuan(amount as Fen);
        const fields = rows('BALANCES', `D|A||E|${text}|${text}|0.00|0.00|${text}\n`)!.trimEnd().split('\t');
        expect([fields[6], fields[7], fields[10]].map((field) => BigInt(field!))).toEqual([amount, amount, amount]);
      }),
    );
  });
});
