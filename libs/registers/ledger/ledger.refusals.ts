import { refusals } from '#kernel/faults';

/** What the ledger may refuse. */
export const ledgerRefusals = refusals({
  LEDGER_FUNDS_MISSING: {
    kind: 'conflict',
    zh: '账户余额不足:待付金额会使代付户、归集户或挂账户为负,未作任何变更',
    en: 'The account does not hold enough: paying this would make a guarded account negative. Nothing was changed.',
  },
});
