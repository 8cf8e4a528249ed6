import { checkFactors } from './opening-factors';

const FOUR = ['name', 'idNumber', 'cardNo', 'mobile'];
const given = { name: '张三', idNumber: '11010519491231002X', cardNo: '6222020000000000000', mobile: '13800001234' };

describe('the factors of an account', () => {
  it('are four at most banks', () => {
    expect(() => checkFactors(FOUR, given)).not.toThrow();
  });

  it('are five where the bank says so: the type of the card is asked for, and named when it is missing', () => {
    const five = [...FOUR, 'cardType'];
    expect(() => checkFactors(five, { ...given, cardType: 'I' })).not.toThrow();
    expect(() => checkFactors(five, given)).toThrow(
      expect.objectContaining({ code: 'OPENING_FACTOR_MISSING', details: { missing: 'cardType' } }),
    );
  });
});
