import { refusals } from '#kernel/faults';

/** Why a repayment command or question may be refused. */
export const repaymentRefusals = refusals({
  LOAN_NOT_FOUND: { kind: 'missing', zh: '借款不存在', en: 'There is no such loan.' },
  CLAIM_NOT_FOUND: { kind: 'missing', zh: '债权不存在', en: 'There is no such claim.' },
  PAYMENT_IN_PROGRESS: {
    kind: 'conflict',
    zh: '该借款有一笔还款或垫付正在处理,请待银行给出结果后再试',
    en: 'A payment or an advance of this loan is being processed: try again when the bank has decided it.',
  },
  NOTHING_DUE: { kind: 'conflict', zh: '当前没有应还款项', en: 'Nothing is due now.' },
  PAYMENT_AMOUNT_INVALID: { kind: 'invalid', zh: '还款金额须大于零', en: 'The amount to pay must be more than nothing.' },
});
