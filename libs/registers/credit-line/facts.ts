import { defineFact } from '#platform/queue';

/** The credit system has used up the freeze of a financing. Subject: the listing. */
export const lineUsed = defineFact('credit-line.used', {
  zh: '授信冻结已占用',
  en: 'The credit system has used up the freeze of a financing.',
});
