import { lifecycle } from '#kernel/lifecycle';

/** A bank date of its own: it waits for the bank's files while the business date goes on, and is opened again by a corrected file. */
export const reconciliationDayLifecycle = lifecycle({
  noun: 'reconciliation_day',
  table: 'reconciliation_day',
  states: ['waiting', 'checked', 'clean', 'adjusted', 'open'],
  initial: 'waiting',
  ends: [],
  arrows: {
    check: { from: ['waiting'], to: 'checked' },
    find_clean: { from: ['checked'], to: 'clean' },
    find_adjusted: { from: ['checked'], to: 'adjusted' },
    leave_open: { from: ['checked'], to: 'open' },
    reopen: { from: ['clean', 'adjusted', 'open'], to: 'checked' },
  },
});
