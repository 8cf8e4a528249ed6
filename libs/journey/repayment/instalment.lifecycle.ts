import { lifecycle } from '#kernel/lifecycle';

/** One instalment of a loan, from the day it was planned to the day on which everybody has his money. States say what is waited for. */
export const instalmentLifecycle = lifecycle({
  noun: 'instalment',
  table: 'instalment',
  states: [
    'scheduled',
    'charging',
    'in_grace',
    'advancing',
    'overdue',
    'distributing',
    'paid',
    'paid_by_advance',
    'recovered',
    'superseded',
  ],
  initial: 'scheduled',
  ends: ['paid', 'recovered', 'superseded'],
  arrows: {
    /** The year's holidays were published, or the borrower got his money later: due date and last day of grace are others now. */
    fix_dates: { from: ['scheduled'], to: 'scheduled' },
    fix_grace: { from: ['in_grace'], to: 'in_grace' },
    /** Nothing falls due on this date (an interest-free period without principal). */
    pass_empty: { from: ['scheduled'], to: 'paid' },
    /** The loan ended before it fell due: what is left is one instalment of that day. */
    supersede: { from: ['scheduled'], to: 'superseded' },
    charge: { from: ['scheduled', 'in_grace', 'overdue'], to: 'charging' },
    /** The charge brought nothing, or only a part. */
    miss: { from: ['charging'], to: 'in_grace' },
    miss_again: { from: ['charging'], to: 'overdue' },
    /** The borrower has paid the whole, or what an advance had left. */
    collect: { from: ['charging'], to: 'distributing' },
    advance: { from: ['in_grace', 'overdue'], to: 'advancing' },
    /** The advance makes the instalment whole. */
    cover: { from: ['advancing'], to: 'distributing' },
    /** The advance was refused, or the cover was not enough for the whole. */
    fall_short: { from: ['advancing'], to: 'overdue' },
    /** Grace is over and nobody is there to advance. */
    fall_overdue: { from: ['in_grace'], to: 'overdue' },
    complete: { from: ['distributing'], to: 'paid' },
    complete_by_advance: { from: ['distributing'], to: 'paid_by_advance' },
    /** Whoever advanced has his money back. */
    recover: { from: ['paid_by_advance'], to: 'recovered' },
  },
});
