import { defineFact } from '#platform/queue';

/** The door closed: the amount is frozen, or the deadline has come. Subject: the listing. */
export const listingRaised = defineFact('listing.raised', {
  zh: '标的募集结束,停止接单',
  en: 'The raise is over, no more orders are taken.',
});
/** The listing cannot be settled: everything goes back. Subject: the listing. */
export const listingFailing = defineFact('listing.failing', {
  zh: '标的流标,开始退回全部资金',
  en: 'The listing fails, everything goes back.',
});
/** Every hold and every fen is back. Subject: the listing. */
export const listingFailed = defineFact('listing.failed', {
  zh: '标的已流标,资金全部退回',
  en: 'The listing has failed, everything is back.',
});
/** The listing is on sale. Subject: the listing. */
export const listingOpened = defineFact('listing.opened', { zh: '标的开始募集', en: 'The listing is open for investors.' });
/** The bank pays and charges the borrower on another account than before. Subject: the listing. */
export const borrowerMoved = defineFact('listing.borrower-moved', {
  zh: '银行已登记融资人账户',
  en: 'The bank has registered an account of the borrower.',
});
/** Everything is paid. Subject: the listing. */
export const listingClosed = defineFact('listing.closed', { zh: '标的已结清', en: 'The listing is closed: everything is paid or parked.' });
