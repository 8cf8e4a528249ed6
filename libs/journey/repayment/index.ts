import { distributeJob } from './distributing';
import { nextJob, resumeJob } from './daily-steps';
import { endJob } from './ending';
import { followAccountJob } from './following-account';
import { unparkJob } from './parking';
import { scanJob } from './scanning';
import { startJob } from './starting';

export { instalmentLifecycle } from './instalment.lifecycle';
export { payoutLifecycle } from './payout.lifecycle';
export { recoveryLifecycle } from './recovery.lifecycle';
export { repaymentRefusals } from './repayment.refusals';
export { loanCleared, loanRepaid, loanStarted } from './facts';
export { handOn } from './handing-on';
export { payByBorrower } from './paying';
export type { OrderedPayment, OwnPayment } from './paying';
export { instalmentsOf, loanOfListing, loansOfBorrower, readLoan } from './queries/borrower-loans';
export type { InstalmentView, LoanView } from './queries/borrower-loans';
export { claimsOfInvestor, whereIsMyMoney } from './queries/investor-claims';
export type { ClaimView, ShareStatus, ShareView } from './queries/investor-claims';
export { advancesOf, repaymentStatus } from './queries/repayment-status';
export type { AdvanceView, PayoutsInState, RepaymentStatus } from './queries/repayment-status';
export { distributeJob, endJob, followAccountJob, nextJob, resumeJob, scanJob, startJob, unparkJob };
/** Every job of this step. */
export const repaymentJobs = [startJob, scanJob, nextJob, distributeJob, unparkJob, resumeJob, endJob, followAccountJob];
