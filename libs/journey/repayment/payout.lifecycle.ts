import { lifecycle } from '#kernel/lifecycle';

/** Money on its way from the repayment account to one person. */
export const payoutLifecycle = lifecycle({
  noun: 'payout',
  table: 'payout',
  states: ['due', 'sent', 'paid', 'parking', 'parked', 'unparking'],
  initial: 'due',
  ends: [],
  arrows: {
    send: { from: ['due'], to: 'sent' },
    pay: { from: ['sent'], to: 'paid' },
    bounce: { from: ['sent'], to: 'due' },
    /** The bank's statement denies it, or it came back: the money lies in the repayment account again. */
    take_back: { from: ['paid'], to: 'due' },
    /** Refused for three working days, or not an investor's: it goes to the customer's suspense account. */
    park: { from: ['due'], to: 'parking' },
    keep: { from: ['parking'], to: 'parked' },
    fail_parking: { from: ['parking'], to: 'due' },
    unpark: { from: ['parked'], to: 'unparking' },
    hand_over: { from: ['unparking'], to: 'paid' },
    fail_unparking: { from: ['unparking'], to: 'parked' },
  },
});
