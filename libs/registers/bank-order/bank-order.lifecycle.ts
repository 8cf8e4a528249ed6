import { lifecycle } from '#kernel/lifecycle';

/** What we asked of the bank, from the committed intent to the bank's last word. */
export const bankOrderLifecycle = lifecycle({
  noun: 'bank_order',
  table: 'bank_order',
  states: ['created', 'sent', 'accepted', 'unknown', 'done', 'refused', 'closed', 'returned'],
  initial: 'created',
  ends: ['returned'],
  arrows: {
    send: { from: ['created'], to: 'sent' },
    resend: { from: ['unknown'], to: 'sent' },
    accept: { from: ['sent', 'unknown'], to: 'accepted' },
    lose: { from: ['sent', 'accepted'], to: 'unknown' },
    finish: { from: ['created', 'sent', 'accepted', 'unknown'], to: 'done' },
    refuse: { from: ['created', 'sent', 'accepted', 'unknown'], to: 'refused' },
    close: { from: ['created', 'sent', 'accepted', 'unknown'], to: 'closed' },
    come_back: { from: ['done'], to: 'returned' },
    /** Two people have followed the bank's statement, which says that it was done all the same. */
    acknowledge: { from: ['refused', 'closed'], to: 'done' },
  },
});
