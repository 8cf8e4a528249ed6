import fc from 'fast-check';
import { Bug, Refusal } from '#kernel/faults';
import { fen, fenFromJson, fenToJson, formatYuan, parseYuan, positiveFenFromJson } from './index';

describe('yuan text', () => {
  it('is read and written exactly', () => {
    expect(parseYuan('10000.00')).toBe(1_000_000n);
    expect(formatYuan(fen(5))).toBe('0.05');
    expect(formatYuan(fen(-1_234))).toBe('-12.34');
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (value) => parseYuan(formatYuan(fen(value))) === value));
  });

  it.each(['', '1', '1.0', '1.000', '.50', '01.00', '+1.00', ' 1.00', '1,000.00', '1e2', '-0.00', '１.00', '12345678901234567.00'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseYuan(text)).toThrow(Refusal);
    },
  );
});

describe('JSON amounts', () => {
  it('go through whole and safe', () => {
    expect(fenFromJson(0)).toBe(0n);
    expect(fenFromJson(Number.MAX_SAFE_INTEGER)).toBe(9007199254740991n);
    expect(fenToJson(fen(9007199254740991n))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([1.5, '1', null, undefined, Number.NaN, Infinity, 2 ** 53, true, [], {}, 1n])('refuses %p as AMOUNT_INVALID', (value) => {
    expect(() => fenFromJson(value)).toThrow(expect.objectContaining({ code: 'AMOUNT_INVALID' }));
  });

  it.each([0, -1])('refuses %p where more than nothing is wanted', (value) => {
    expect(() => positiveFenFromJson(value)).toThrow(Refusal);
  });

  it('never writes an amount that a reader would lose fen of', () => {
    expect(() => fenToJson(fen(9007199254740992n))).toThrow(Bug);
    expect(() => fenToJson(fen(-9007199254740992n))).toThrow(Bug);
  });
});
