import fc from 'fast-check';
import { maskCard, maskIdNumber, maskMobile, maskName } from './masking';

describe('masked personal data', () => {
  it.each([
    ['张三', '张*'],
    ['张三丰', '张**'],
    ['欧阳震华', '欧***'],
    ['王', '王*'],
    [' 李四 ', '李*'],
    ['𠮷田', '𠮷*'],
    ['', ''],
  ])('a name %s is shown as %s', (name, shown) => expect(maskName(name)).toBe(shown));

  it('keeps the ends of numbers', () => {
    expect(maskIdNumber('11010519491231002X')).toBe('110***********002X');
    expect(maskMobile('13812341234')).toBe('138****1234');
    expect(maskCard('6222021234560123')).toBe('622202******0123');
  });

  it('hides at least four characters, or all of them', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,24}$/), (number) => {
        for (const shown of [maskIdNumber(number), maskMobile(number), maskCard(number)]) {
          expect(shown).toHaveLength(number.length);
          expect([...shown].filter((character) => character === '*').length).toBeGreaterThanOrEqual(Math.min(4, number.length));
        }
      }),
    );
  });
});
