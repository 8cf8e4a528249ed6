import { refusals } from '#kernel/faults';

/** What may be wrong with the terms of a loan. */
export const interestRefusals = refusals({
  PRINCIPAL_INVALID: {
    kind: 'invalid',
    zh: '本金无效：须为 1 至 100,000,000,000,000 分的整数',
    en: 'the principal is not a whole number of fen from 1 to 100,000,000,000,000',
  },
  RATE_INVALID: {
    kind: 'invalid',
    zh: '利率或费率无效：须为规定范围内的整数（百万分之一）',
    en: 'a rate is not a whole number of millionths within its range',
  },
  TERM_INVALID: {
    kind: 'invalid',
    zh: '期限无效：须为 1 至 360 个月，或 1 至 10,950 天',
    en: 'the term is neither 1 to 360 months nor 1 to 10,950 days',
  },
  NOTHING_DISBURSED: {
    kind: 'invalid',
    zh: '扣除保费和服务费后无可放款金额',
    en: 'nothing is left to disburse after premium and service fee',
  },
  REQUEST_NOT_AN_OBJECT: { kind: 'invalid', zh: '请求须为一个 JSON 对象', en: 'the request is not a JSON object' },
  ID_INVALID: {
    kind: 'invalid',
    zh: 'id 无效：须为 1 至 200 个字符的文本或整数',
    en: 'the id is neither text of 1 to 200 characters nor a whole number',
  },
  FIELD_UNKNOWN: { kind: 'invalid', zh: '未知字段', en: 'there is no such field' },
  FIELD_MISSING: { kind: 'invalid', zh: '缺少字段', en: 'a field is missing' },
  CHOICE_UNKNOWN: { kind: 'invalid', zh: '取值不在允许范围内', en: 'the value is not one of those allowed' },
  DAYS_INVALID: { kind: 'invalid', zh: '天数无效', en: 'not a whole number of days within its range' },
});
