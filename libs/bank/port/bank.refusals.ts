import { refusals } from '#kernel/faults';

/** What a question or a request for a page can be answered with; orders are answered with an `Outcome` instead. */
export const bankRefusals = refusals({
  /** Details: `code` is the bank's own. */
  BANK_DECLINED: { kind: 'conflict', zh: '银行未受理该请求', en: 'The bank did not accept this request' },
});
