import { allRefusals, refusals, refusalText } from './refusals';

const text = { kind: 'invalid', zh: '金额有误', en: 'The amount is wrong.' } as const;

describe('declared refusals', () => {
  it('are constants of their own names', () => {
    expect(refusals({ SPEC_WRONG_AMOUNT: text, SPEC_WRONG_DATE: text })).toEqual({
      SPEC_WRONG_AMOUNT: 'SPEC_WRONG_AMOUNT',
      SPEC_WRONG_DATE: 'SPEC_WRONG_DATE',
    });
    expect(refusalText('SPEC_WRONG_AMOUNT')).toEqual(text);
  });

  it('are listed by code, each with both texts', () => {
    refusals({ SPEC_B: text, SPEC_A: text });
    const codes = allRefusals().map(({ code }) => code);
    expect(codes).toEqual([...codes].sort());
    expect(allRefusals()).toContainEqual({ code: 'SPEC_A', ...text });
  });

  it('are declared once: whoever says the same imports it', () => {
    refusals({ SPEC_TWICE: text });
    expect(() => refusals({ SPEC_TWICE: text })).toThrow('refusal SPEC_TWICE is declared twice');
  });

  it.each(['specLower', 'SPEC-DASH', '_SPEC', 'SPEC__TWO', '1SPEC'])('refuse the code %s', (code) => {
    expect(() => refusals({ [code]: text })).toThrow(`refusal ${code} is not UPPER_SNAKE_CASE`);
  });
});
