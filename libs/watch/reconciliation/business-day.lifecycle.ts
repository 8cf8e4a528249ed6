import { lifecycle } from '#kernel/lifecycle';

/** A business day from its opening to the bank's confirmed statement. States say what the end of day waits for; it can be resumed at any of them. */
export const businessDayLifecycle = lifecycle({
  noun: 'business_day',
  table: 'business_day',
  states: ['open', 'cutting', 'fetching', 'matching', 'proving', 'closed'],
  initial: 'open',
  ends: ['closed'],
  arrows: {
    begin_cut: { from: ['open'], to: 'cutting' },
    cut: { from: ['cutting'], to: 'fetching' },
    fetch: { from: ['fetching'], to: 'matching' },
    match: { from: ['matching'], to: 'proving' },
    close: { from: ['proving'], to: 'closed' },
  },
});
