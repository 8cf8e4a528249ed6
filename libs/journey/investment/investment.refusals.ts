import { refusals } from '#kernel/faults';

/** Why an order is refused, in the order in which a customer hears of it (`admission.ts`). */
export const investmentRefusals = refusals({
  LISTING_NOT_OPEN: { kind: 'conflict', zh: '标的尚未开始募集', en: 'The listing is not open yet.' },
  LISTING_DOOR_CLOSED: { kind: 'conflict', zh: '标的募集已结束', en: 'The listing takes no more orders.' },
  E_ACCOUNT_MISSING: {
    kind: 'conflict',
    zh: '您还没有可用的电子账户,请先在银行页面开户;details.next 为开户入口',
    en: "You have no active e-account yet: open one on the bank's page first. The way there begins at `details.next`, which answers with `openingUrl`.",
  },
  OWN_LISTING: { kind: 'forbidden', zh: '融资人不能投资自己的标的', en: 'A borrower cannot invest in his own listing.' },
  LISTING_FOR_NAMED: { kind: 'forbidden', zh: '该标的仅向指定客户开放', en: 'This listing is for named customers only.' },
  LISTING_FOR_NEWCOMERS: {
    kind: 'forbidden',
    zh: '新手标仅限首次投资的客户',
    en: 'This listing is for customers who have not invested before.',
  },
  LISTING_SOLD_OUT: { kind: 'conflict', zh: '标的已售罄', en: 'The listing is sold out.' },
  ORDER_BELOW_MINIMUM: { kind: 'invalid', zh: '投资金额低于起投金额', en: 'The amount is below the minimum order.' },
  ORDER_OFF_STEP: {
    kind: 'invalid',
    zh: '投资金额须为起投金额加递增金额的整数倍',
    en: 'The amount must be the minimum order plus whole steps.',
  },
  ORDER_ABOVE_CAP: { kind: 'conflict', zh: '超过单人投资上限', en: 'The amount is above what one investor may put into this listing.' },
  ORDER_ABOVE_TOTAL_CAP: {
    kind: 'conflict',
    zh: '超过单人在平台的投资总额上限',
    en: 'The amount is above what one investor may have in all listings together.',
  },
  ORDER_ABOVE_REMAINDER: {
    kind: 'conflict',
    zh: '投资金额超过剩余可投金额',
    en: 'The amount is above what remains; the details say how much that is.',
  },
  REMAINDER_BELOW_MINIMUM: {
    kind: 'conflict',
    zh: '投资后剩余金额将低于起投金额:请减少金额,或一次投满剩余金额',
    en: 'What would remain is below the minimum order: invest less, or take all that remains.',
  },
  ORDER_NOT_FOUND: { kind: 'missing', zh: '投资订单不存在', en: 'There is no such order.' },
  ORDER_STATE: {
    kind: 'conflict',
    zh: '订单当前状态不允许此操作;details.reason 说明原因',
    en: 'The order is not in a state in which this can be done; `reason` says why.',
  },
  RETURN_NOT_FOUND: { kind: 'missing', zh: '退款不存在', en: 'There is no such return.' },
  RETURN_STATE: {
    kind: 'conflict',
    zh: '该退款正由银行处理或已完成,不能重试',
    en: 'The bank is at this return, or it is done: there is nothing to try again.',
  },
});
