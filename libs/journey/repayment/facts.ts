import { defineFact } from '#platform/queue';

/** Loan, instalments, claims and shares are written. Subject: the listing. */
export const loanStarted = defineFact('loan.started', {
  zh: '借款起息,还款计划与债权已生成',
  en: 'The loan runs: its schedule and the claims are written.',
});
/** Every share of every instalment is paid or parked: the investors are done. Recoveries may go on. Subject: the listing. */
export const loanRepaid = defineFact('loan.repaid', { zh: '借款各期均已兑付或挂账', en: 'Every share of the loan is paid or parked.' });
/** Besides, whoever advanced has his money back: nothing of the loan is left to collect or to pay. Subject: the listing. */
export const loanCleared = defineFact('loan.cleared', {
  zh: '借款全部结清,追偿完毕',
  en: 'The loan is repaid and every advance is recovered.',
});
