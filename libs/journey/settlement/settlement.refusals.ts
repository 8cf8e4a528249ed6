import { refusals } from '#kernel/faults';

/** Why a settlement command may be refused. */
export const settlementRefusals = refusals({
  SETTLEMENT_NOT_FOUND: { kind: 'missing', zh: '该标的没有放款记录', en: 'This listing has no settlement.' },
  SETTLEMENT_STATE: { kind: 'conflict', zh: '放款当前状态不允许此操作', en: 'The settlement is not in a state in which this can be done.' },
  BORROWER_ACCOUNT_UNREGISTERED: {
    kind: 'conflict',
    zh: '银行尚未登记融资人的新账户,登记后方可重新支付,请稍后再试',
    en: 'The bank has not taken over the new account of the borrower yet, and pays nobody else: repeat this when it has.',
  },
  NOTHING_CAME_BACK: {
    kind: 'conflict',
    zh: '保费与服务费均已付讫,没有退回的款项',
    en: 'Premium and fee are paid: nothing of them has come back.',
  },
  SETTLEMENT_BANK_ORDER_OPEN: {
    kind: 'conflict',
    zh: '该标的仍有未决的银行指令,暂不能操作',
    en: 'A bank order of this listing is still open: wait until the bank has decided it.',
  },
});
