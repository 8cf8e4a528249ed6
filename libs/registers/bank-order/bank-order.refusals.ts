import { refusals } from '#kernel/faults';

/** Why a command about a bank order may be refused. */
export const bankOrderRefusals = refusals({
  BANK_ORDER_NOT_FOUND: { kind: 'missing', zh: '没有该银行指令', en: 'There is no such bank order.' },
  BANK_ORDER_DECIDED: { kind: 'conflict', zh: '该银行指令已有结果,不能关闭', en: 'The bank has decided this order: it cannot be closed.' },
});
