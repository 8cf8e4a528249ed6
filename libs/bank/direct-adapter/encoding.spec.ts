import fc from 'fast-check';
import { Bug } from '#kernel/faults';
import type { BatchItem, Instruction } from '#bank/port';
import { fen, formatYuan, sumFen } from '#kernel/money';
import { encodeInstruction, rateText } from './encoding';

const limits = { batchLimit: 10_000 };
const item = (no: number, amount: bigint): BatchItem => ({ itemNo: `I${no}`, from: 'R', to: `E${no}`, amount: fen(amount) });

describe('an instruction as bytes', () => {
  it('writes amounts as yuan text and leaves out what is not given', () => {
    const encoded = encodeInstruction(
      { do: 'transfer', kind: 'DISBURSE', listingNo: 'L1', from: 'D', to: 'E1', amount: fen(1_000_001n), ref: 'set_1' },
      limits,
    );
    expect(encoded).toEqual({
      service: 'transfers/submit',
      body: '{"kind":"DISBURSE","listingNo":"L1","from":"D","to":"E1","amount":"10000.01","ref":"set_1"}',
    });
  });

  it('writes a corporate payee under its own name', () => {
    const to = { name: '融桥科技', accountNo: '6222', cnapsCode: '102100099996' };
    const { body } = encodeInstruction(
      { do: 'transfer', kind: 'DISBURSE', listingNo: 'L1', from: 'D', to, amount: fen(1n), ref: 'set_1' },
      limits,
    );
    expect(JSON.parse(body)).toEqual({ kind: 'DISBURSE', listingNo: 'L1', from: 'D', toCorporate: to, amount: '0.01', ref: 'set_1' });
  });

  it('adds a batch up to the fen, whatever its items', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 10n ** 14n }), { minLength: 1, maxLength: 50 }), (amounts) => {
        const items = amounts.map((amount, at) => item(at, amount));
        const encoded = encodeInstruction({ do: 'submit_batch', kind: 'PAYOUT', listingNo: 'L1', items }, limits);
        const body = JSON.parse(encoded.body) as { count: number; total: string; items: { amount: string }[] };
        expect(body.count).toBe(items.length);
        expect(body.total).toBe(formatYuan(sumFen(items.map(({ amount }) => amount))));
        expect(body.items.map(({ amount }) => amount)).toEqual(items.map(({ amount }) => formatYuan(amount)));
      }),
    );
  });

  const batch = (items: readonly BatchItem[]): Instruction => ({ do: 'submit_batch', kind: 'PAYOUT', listingNo: 'L1', items });
  it.each<[string, Instruction]>([
    ['nothing', { do: 'place_hold', accountNo: 'E', listingNo: 'L', orderNo: 'O', amount: fen(0n) }],
    ['less than nothing', { do: 'place_hold', accountNo: 'E', listingNo: 'L', orderNo: 'O', amount: fen(-1n) }],
    ['an empty batch', batch([])],
    ['a batch with one item twice', batch([item(1, 1n), item(1, 1n)])],
    ['a batch larger than the bank takes', batch(Array.from({ length: 10_001 }, (_, at) => item(at, 1n)))],
  ])('refuses to write %s', (_, instruction) => {
    expect(() => encodeInstruction(instruction, limits)).toThrow(Bug);
  });

  it('writes a rate with six places', () => {
    expect([57_500n, 0n, 1_000_000n, 1n].map(rateText)).toEqual(['0.057500', '0.000000', '1.000000', '0.000001']);
  });
});
