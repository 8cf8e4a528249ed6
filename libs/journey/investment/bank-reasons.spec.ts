import { bankReason } from './bank-reasons';
import { causeSentences, orderSentences, returnSentences } from './order-sentences';

describe('what customers are told', () => {
  it.each(
    Object.entries({
      ...orderSentences,
      ...returnSentences,
      ...causeSentences,
      ...Object.fromEntries(['INSUFFICIENT_FUNDS', 'NEVER_HEARD'].map((code) => [code, bankReason(code)])),
    }),
  )('about %s is a sentence in Chinese and one in English', (_name, { zh, en }) => {
    expect(zh).toMatch(/\p{Script=Han}{3}/u);
    expect(en).toMatch(/^[\x20-\x7e]{10,}$/);
  });

  it('of a reason that nobody has explained is the code of the bank itself', () => {
    expect(bankReason('NEVER_HEARD')).toMatchObject({ code: 'NEVER_HEARD', zh: expect.stringContaining('NEVER_HEARD') });
  });

  it('says of a state that is not an end what is waited for', () => {
    for (const state of ['admitted', 'freezing', 'frozen', 'accepted', 'collected'] as const) {
      expect(orderSentences[state].zh).toContain('等待');
      expect(orderSentences[state].en).toMatch(/wait|about to/);
    }
  });
});
