import { lifecycle } from '#kernel/lifecycle';

/** What one person proposes and another one must approve before it is executed. */
export const proposalLifecycle = lifecycle({
  noun: 'proposal',
  table: 'proposal',
  states: ['proposed', 'executed', 'rejected', 'expired'],
  initial: 'proposed',
  ends: ['executed', 'rejected', 'expired'],
  arrows: {
    execute: { from: ['proposed'], to: 'executed' },
    reject: { from: ['proposed'], to: 'rejected' },
    expire: { from: ['proposed'], to: 'expired' },
  },
});
