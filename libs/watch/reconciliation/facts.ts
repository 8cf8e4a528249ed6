import { defineFact } from '#platform/queue';

/** A new business date is open; subject: the date. Scans of due dates, grace and deadlines follow it. */
export const dayOpened = defineFact('day.opened', { zh: '新营业日已开', en: 'a new business date is open' });

/** A business day is closed: its statement is fetched, matched, proved and confirmed; subject: the date. */
export const dayClosed = defineFact('day.closed', { zh: '营业日已闭', en: 'a business day is closed' });
