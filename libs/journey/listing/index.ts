export { minimumAfterDropsOf, minimumRaiseOf, quotaOf, termDaysFrom, termOf } from './listing';
export type { Listing, ListingState } from './listing';
export { listingLifecycle } from './listing.lifecycle';
export { listingRefusals } from './listing.refusals';
export { borrowerMoved, listingClosed, listingFailed, listingFailing, listingOpened, listingRaised } from './facts';
export { lockListing, readListing } from './reading';
export { applyOnline, creditAnswerJob, enterListing } from './applying';
export type { Application, OfflineListing } from './applying';
export { bankFinancingIn } from './bank-financing';
export type { BankFinancing } from './bank-financing';
export { quoteOf, setTerms, termsDigest } from './terms';
export type { ListingTerms } from './terms';
export { nameGuests } from './guests';
export { reviewListing } from './reviewing';
export type { Review } from './reviewing';
export { registerJob, scanUntoldEnds, updateAtBank } from './registering';
export { followAccountJob, scanMovedBorrowers } from './borrower-account';
export { openIfDue, openJob, scanOpenings } from './opening';
export {
  beginFailing,
  beginRepaying,
  beginSettling,
  closeDoor,
  closeJob,
  finishFailingOf,
  finishJob,
  refuseUnlessRaising,
  reopenDoor,
  withdrawListing,
  withdrawRaise,
} from './ending';
export { saleOf } from './sale';
export type { Sale, SaleFacts, SaleStatus } from './sale';
export { VISIBLE_STATES, VISIBLE_TO_CUSTOMER } from './visibility';
export { listingForCustomer, listingsForCustomer, listingsOfBorrower } from './queries/listings-for-customers';
export type { ListingChoice, ListingPage, SoldListing } from './queries/listings-for-customers';
