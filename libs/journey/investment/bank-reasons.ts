import type { FailureCode } from '#bank/wire';
import type { Sentence } from './order-sentences';

/** Why the bank did not freeze, collect or give back: its code, which is stable, and a sentence for the owner of the account. */
export interface BankReason extends Sentence {
  readonly code: string;
}

/** The reason behind a code of the bank; of a code that nobody has explained, the code itself. */
export function bankReason(code: string): BankReason {
  const known = reasons[code as FailureCode];
  if (known !== undefined) return { code, ...known };
  return { code, zh: `银行未予办理(银行代码 ${code})`, en: `The bank did not do it; its code is ${code}.` };
}

/** Codes that can be the answer to a hold, a debit, a collection, a release or a refund. */
const reasons: Readonly<Partial<Record<FailureCode, Sentence>>> = {
  INSUFFICIENT_FUNDS: { zh: '电子账户可用余额不足', en: 'There was not enough money available in the e-account.' },
  ACCOUNT_NOT_FOUND: { zh: '银行查无此电子账户', en: 'The bank does not know this e-account.' },
  ACCOUNT_CLOSED: { zh: '电子账户已销户', en: 'The e-account is closed.' },
  ACCOUNT_FROZEN: { zh: '电子账户已被冻结', en: 'The e-account is blocked at the bank.' },
  JUDICIAL_FREEZE: { zh: '资金被司法冻结', en: 'A court holds the money.' },
  LIMIT_EXCEEDED: { zh: '超过银行限额', en: 'The amount is above a limit of the bank.' },
  MANDATE_MISSING: { zh: '缺少扣款授权', en: 'There is no mandate for this.' },
  MANDATE_LIMIT: { zh: '超过授权额度', en: 'The amount is above what the mandate allows.' },
  HOLD_NOT_FOUND: { zh: '银行查无此笔冻结', en: 'The bank does not know this freeze.' },
  HOLD_ALREADY_USED: { zh: '该笔冻结已被使用', en: 'The frozen amount was used already.' },
  LISTING_NOT_FOUND: { zh: '银行查无此标的', en: 'The bank does not know the listing.' },
  LISTING_STATE: { zh: '标的在银行的状态不允许', en: "The listing's state at the bank does not allow it." },
  PARTY_NOT_ALLOWED: { zh: '银行不允许该收付款方', en: 'The bank does not allow these parties.' },
  CLOSED_HOURS: { zh: '银行不在营业时间', en: 'The bank was closed at that hour.' },
  REQUEST_CLOSED: { zh: '请求未送达银行,已关闭,资金未动', en: 'The request did not reach the bank and was closed; no money has moved.' },
};
