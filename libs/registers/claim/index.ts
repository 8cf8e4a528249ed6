export { claimsOfLoan, openClaims } from './claims';
export type { Claim, ClaimDraft } from './claims';
export { addDistributed, sharedSoFar, sharesOf, writeShares } from './shares';
export type { ShareOfClaim, SharesDraft } from './shares';
export { distribute, LoanSharing } from './sharing';
export type { OpenShare, ShareAmounts, SharedSoFar } from './sharing';
