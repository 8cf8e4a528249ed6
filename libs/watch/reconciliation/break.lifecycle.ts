import { lifecycle } from '#kernel/lifecycle';

/** A difference between the bank's statement and our books 差错. It is decided by a rule, or by two people; its row stays either way. */
export const breakLifecycle = lifecycle({
  noun: 'reconciliation_break',
  table: 'reconciliation_break',
  states: ['open', 'proposed', 'adjusted', 'closed'],
  initial: 'open',
  ends: [],
  arrows: {
    propose: { from: ['open'], to: 'proposed' },
    decline: { from: ['proposed'], to: 'open' },
    adjust: { from: ['open'], to: 'adjusted' },
    adjust_as_approved: { from: ['proposed'], to: 'adjusted' },
    close_as_approved: { from: ['proposed'], to: 'closed' },
    vanish: { from: ['open', 'proposed'], to: 'closed' },
    withdraw: { from: ['adjusted'], to: 'closed' },
    find_again: { from: ['closed'], to: 'open' },
  },
});
