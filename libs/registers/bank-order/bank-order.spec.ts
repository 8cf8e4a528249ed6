import type { Instruction } from '#bank/port';
import { fen } from '#kernel/money';
import fc from 'fast-check';
import { freezeInstruction, thawInstruction } from './bank-order';

const roundTrip = (instruction: Instruction): Instruction => thawInstruction(JSON.parse(freezeInstruction(instruction)));

describe('an instruction that waits in its column', () => {
  it('comes back as what it was, amounts as amounts', () => {
    const instruction: Instruction = {
      do: 'transfer',
      kind: 'DISBURSE',
      listingNo: 'L1',
      from: 'D1',
      to: { name: '甲公司', accountNo: '6200', cnapsCode: '102100099996' },
      amount: fen(9_007_199_254_740_993n),
      ref: 'L1',
    };
    expect(roundTrip(instruction)).toEqual(instruction);
  });

  it('does not take what a customer wrote for an amount', () => {
    const application = (purpose: string): Instruction => ({
      do: 'apply_financing',
      applicationNo: 'A1',
      customerNo: 'C1',
      kind: 'credit',
      amount: fen(1n),
      termMonths: 12,
      termDays: null,
      purpose,
      fields: { remark: purpose },
    });
    for (const purpose of ['100n', '100nn', '-1n', 'n', '100', '100n '])
      expect(roundTrip(application(purpose))).toEqual(application(purpose));
  });

  it('comes back for any text and any amount', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^-?\d{1,5}n{0,4}$/));
    fc.assert(
      fc.property(text, text, fc.bigInt(0n, 10n ** 15n), (accountNo, listingNo, amount) => {
        const instruction: Instruction = { do: 'place_hold', accountNo, listingNo, orderNo: '1', amount: fen(amount) };
        expect(roundTrip(instruction)).toEqual(instruction);
      }),
    );
  });
});
