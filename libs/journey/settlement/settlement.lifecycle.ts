import { lifecycle } from '#kernel/lifecycle';

/** From the allocation to the borrower's account: one settlement per listing. */
export const settlementLifecycle = lifecycle({
  noun: 'settlement',
  table: 'settlement',
  states: ['collecting', 'deciding', 'paying_premium', 'paying_fee', 'disbursing', 'settled', 'returned', 'ended', 'unwinding', 'unwound'],
  initial: 'collecting',
  ends: ['ended', 'unwound'],
  arrows: {
    decide: { from: ['collecting'], to: 'deciding' },
    collect_again: { from: ['deciding'], to: 'collecting' },
    pay_premium: { from: ['deciding'], to: 'paying_premium' },
    pay_fee: { from: ['paying_premium'], to: 'paying_fee' },
    disburse: { from: ['paying_fee'], to: 'disbursing' },
    settle: { from: ['disbursing'], to: 'settled' },
    come_back: { from: ['settled'], to: 'returned' },
    pay_again: { from: ['returned'], to: 'disbursing' },
    refuse_again: { from: ['disbursing'], to: 'returned' },
    /** Nobody paid it again in time: the returned money ends the loan. */
    end_loan: { from: ['returned'], to: 'ended' },
    unwind: { from: ['deciding', 'paying_premium', 'paying_fee', 'disbursing'], to: 'unwinding' },
    finish_unwinding: { from: ['unwinding'], to: 'unwound' },
  },
});
