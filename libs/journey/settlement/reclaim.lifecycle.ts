import { lifecycle } from '#kernel/lifecycle';

/** What an unwinding wants back 追回 of premium or fee. States say what is waited for. */
export const reclaimLifecycle = lifecycle({
  noun: 'reclaim',
  table: 'reclaim',
  states: ['due', 'asked', 'back', 'bridging', 'bridged', 'recovering', 'recovered'],
  initial: 'due',
  ends: ['back', 'recovered'],
  arrows: {
    ask: { from: ['due'], to: 'asked' },
    refuse: { from: ['asked'], to: 'due' },
    give_back: { from: ['asked'], to: 'back' },
    /** The bank had sent the payment itself back: nothing is owed any more. */
    come_back: { from: ['due'], to: 'back' },
    /** It is not back by the next working day: the bank's advance account is asked to pay in its place. */
    bridge: { from: ['due'], to: 'bridging' },
    decline: { from: ['bridging'], to: 'due' },
    /** The advance account has paid: the investors need not wait, and the debtor owes the bank. */
    cover: { from: ['bridging'], to: 'bridged' },
    recover: { from: ['bridged'], to: 'recovering' },
    refuse_bank: { from: ['recovering'], to: 'bridged' },
    settle_with_bank: { from: ['recovering'], to: 'recovered' },
  },
});
