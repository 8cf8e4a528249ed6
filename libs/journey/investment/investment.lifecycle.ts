import { lifecycle } from '#kernel/lifecycle';

/** An investment order's life. */
export const investmentOrderLifecycle = lifecycle({
  noun: 'investment_order',
  table: 'investment_order',
  states: ['admitted', 'freezing', 'frozen', 'refused', 'cancelled', 'left_out', 'accepted', 'dropped', 'collected', 'lent', 'settled'],
  initial: 'admitted',
  ends: ['refused', 'cancelled', 'left_out', 'dropped', 'settled'],
  arrows: {
    freeze: { from: ['admitted'], to: 'freezing' },
    hold: { from: ['freezing'], to: 'frozen' },
    refuse: { from: ['freezing'], to: 'refused' },
    cancel: { from: ['frozen'], to: 'cancelled' },
    leave_out: { from: ['frozen'], to: 'left_out' },
    accept: { from: ['frozen'], to: 'accepted' },
    collect: { from: ['accepted'], to: 'collected' },
    drop: { from: ['accepted', 'collected'], to: 'dropped' },
    lend: { from: ['collected'], to: 'lent' },
    settle: { from: ['lent'], to: 'settled' },
  },
});

/**
 * What goes back to an investor before it was lent. A refused one is due again, with its age, until the money is back; a refund that is refused for days lies in
 * the customer's suspense account until he has an account again.
 */
export const investmentReturnLifecycle = lifecycle({
  noun: 'investment_return',
  table: 'investment_return',
  states: ['due', 'sent', 'done', 'parking', 'parked', 'unparking'],
  initial: 'due',
  ends: ['done'],
  arrows: {
    send: { from: ['due'], to: 'sent' },
    finish: { from: ['sent'], to: 'done' },
    refuse: { from: ['sent'], to: 'due' },
    park: { from: ['due'], to: 'parking' },
    keep: { from: ['parking'], to: 'parked' },
    fail_parking: { from: ['parking'], to: 'due' },
    unpark: { from: ['parked'], to: 'unparking' },
    hand_over: { from: ['unparking'], to: 'done' },
    fail_unparking: { from: ['unparking'], to: 'parked' },
  },
});
