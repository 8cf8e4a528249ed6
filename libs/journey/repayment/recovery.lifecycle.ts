import { lifecycle } from '#kernel/lifecycle';

/** What the borrower owes to whoever advanced for him. */
export const recoveryLifecycle = lifecycle({
  noun: 'recovery',
  table: 'recovery',
  states: ['open', 'collecting_by_hand', 'passing_on', 'recovered'],
  initial: 'open',
  ends: ['recovered'],
  arrows: {
    /** Day 60 has passed: people take over (credit bureau, legal letter); what still comes in is taken as before. */
    hand_to_collectors: { from: ['open'], to: 'collecting_by_hand' },
    /** The borrower has paid all of it; it lies in the repayment account. */
    receive: { from: ['open', 'collecting_by_hand'], to: 'passing_on' },
    /** Whoever advanced has it. */
    pass_on: { from: ['passing_on'], to: 'recovered' },
  },
});
