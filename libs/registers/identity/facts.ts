import { defineFact } from '#platform/queue';

/** A customer has another e-account than the one we knew. Subject: the customer. */
export const accountMoved = defineFact('customer.account-moved', {
  zh: '客户更换了电子账户',
  en: 'A customer has another e-account than before.',
});
