import type { StateOf } from '#kernel/lifecycle';
import type { ReturnCause } from './investment';
import type { investmentOrderLifecycle, investmentReturnLifecycle } from './investment.lifecycle';

/** One sentence for people, Chinese first. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

/** What has become of an order in this state, and what it waits for now. */
export const orderSentences: Readonly<Record<StateOf<typeof investmentOrderLifecycle>, Sentence>> = {
  admitted: { zh: '已占额,等待向银行发出冻结', en: 'A part of the listing is yours; the bank is about to be asked to freeze the amount.' },
  freezing: { zh: '已请求银行冻结,等待银行答复', en: "The bank was asked to freeze the amount; we wait for the bank's answer." },
  frozen: {
    zh: '资金已冻结在您的账户,等待募集结束后分配',
    en: 'The amount is frozen in your account; we wait for the end of the raise and its allocation.',
  },
  refused: { zh: '银行未冻结,订单结束,资金未动', en: 'The bank did not freeze the amount; the order has ended and no money has moved.' },
  cancelled: { zh: '已撤单,资金由银行退回', en: 'You took the order back; the bank gives the money back.' },
  left_out: { zh: '未获分配,资金由银行退回', en: 'The allocation did not reach the order; the bank gives the money back.' },
  accepted: { zh: '已获分配,等待银行归集', en: 'The order is accepted; we wait for the bank to collect the accepted amount.' },
  dropped: {
    zh: '未能归集或放款,订单结束,资金由银行退回',
    en: 'The amount was not collected, or not lent; the order has ended and the bank gives back what it holds.',
  },
  collected: { zh: '资金已归集,等待放款给融资人', en: 'The amount is collected; we wait for the disbursement to the borrower.' },
  lent: { zh: '已放款,等待借款人按期还款', en: 'The amount is lent; the borrower repays by the schedule of your claim.' },
  settled: { zh: '借款已结清,订单完成', en: 'Everything of the loan is paid; the order is finished.' },
};

/** Where money that goes back is. */
export const returnSentences: Readonly<Record<StateOf<typeof investmentReturnLifecycle>, Sentence>> = {
  due: { zh: '待退回,等待发送银行', en: 'It is owed to you and waits to be sent to the bank.' },
  sent: { zh: '已请求银行退回,等待银行答复', en: "The bank was asked to give it back; we wait for the bank's answer." },
  done: { zh: '银行已退回', en: 'The bank has given it back.' },
  parking: {
    zh: '银行多日未能退回,正转入您的挂账户',
    en: 'The bank could not give it back for days; it is being moved to your suspense account.',
  },
  parked: {
    zh: '在您的挂账户中,您有可用的电子账户后即退回',
    en: 'It lies in your suspense account and is given back when you have an active e-account.',
  },
  unparking: { zh: '正从您的挂账户退回您的账户', en: 'It is on its way from your suspense account to your e-account.' },
};

/** Why money goes back. */
export const causeSentences: Readonly<Record<ReturnCause, Sentence>> = {
  oversubscription: { zh: '超募退款', en: 'more was ordered than the listing takes' },
  cancelled: { zh: '您撤销了订单', en: 'you took the order back' },
  late_freeze: { zh: '冻结结果晚于分配', en: 'the freeze became known after the allocation' },
  dropped: { zh: '归集未成功', en: 'the collection failed' },
  failed: { zh: '标的流标', en: 'the listing failed' },
  withdrawn: { zh: '标的已撤回', en: 'the listing was withdrawn' },
  unwound: { zh: '放款未完成,全部退回', en: 'the loan did not come about and everything goes back' },
};
