import { refusals } from '#kernel/faults';

/** What may be wrong with an amount that came from outside. */
export const moneyRefusals = refusals({
  AMOUNT_INVALID: {
    kind: 'invalid',
    zh: '金额格式不正确：须为整数分，或两位小数的元',
    en: 'the amount is not a whole number of fen (or, where yuan are wanted, not a decimal with exactly two places)',
  },
});
