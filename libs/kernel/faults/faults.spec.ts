import { allRefusals, Bug, Fault, Outage, Refusal, refusals, refusalText } from './index';

const codes = refusals({
  SPEC_SOLD_OUT: { kind: 'conflict', zh: '已售罄', en: 'the listing is sold out' },
  SPEC_TOO_SMALL: { kind: 'invalid', zh: '金额过小', en: 'the amount is too small' },
});

describe('the three faults', () => {
  it('say what they are', () => {
    const refusal = new Refusal(codes.SPEC_SOLD_OUT, { remainingFen: 5 });
    expect(refusal).toMatchObject({ name: 'Refusal', code: 'SPEC_SOLD_OUT', details: { remainingFen: 5 } });
    expect(refusal.message).toBe('SPEC_SOLD_OUT: the listing is sold out');
    for (const fault of [refusal, new Outage('away'), new Bug('wrong')]) expect(fault).toBeInstanceOf(Fault);
    expect([new Outage('away').name, new Bug('wrong').name]).toEqual(['Outage', 'Bug']);
  });

  it('keep what caused them', () => {
    const cause = new Error('socket');
    expect(new Outage('away', { cause }).cause).toBe(cause);
  });
});

describe('refusals', () => {
  it('are declared once, in two languages', () => {
    expect(refusalText(codes.SPEC_TOO_SMALL)).toEqual({ kind: 'invalid', zh: '金额过小', en: 'the amount is too small' });
    expect(() => refusals({ SPEC_SOLD_OUT: { kind: 'conflict', zh: '别的', en: 'something else' } })).toThrow('declared twice');
  });

  it.each(['lower', 'TRAILING_', '_LEADING', 'DOUBLE__LINE', '1ST'])('cannot be called "%s"', (code) => {
    expect(() => refusals({ [code]: { kind: 'invalid', zh: '甲', en: 'a' } })).toThrow('UPPER_SNAKE_CASE');
  });

  it('cannot be used undeclared', () => {
    expect(() => new Refusal('SPEC_UNHEARD_OF')).toThrow('never declared');
  });

  it('are listed by code', () => {
    const listed = allRefusals().map(({ code }) => code);
    expect(listed).toEqual([...listed].sort());
    expect(listed).toEqual(expect.arrayContaining(['SPEC_SOLD_OUT', 'SPEC_TOO_SMALL']));
  });
});
