import { refusals } from '#kernel/faults';

/** What the question "who is calling, and who is meant" can be refused with. */
export const identityRefusals = refusals({
  SIGN_IN_REQUIRED: { kind: 'unauthenticated', zh: '请先登录', en: 'Sign in first' },
  SIGN_IN_EXPIRED: {
    kind: 'unauthenticated',
    zh: '登录请求已失效, 请重新登录',
    en: 'This attempt to sign in is used up, expired or of another browser: start again',
  },
  SIGN_IN_DENIED: { kind: 'unauthenticated', zh: '银行未确认您的身份', en: 'The bank did not confirm who you are' },
  OPERATOR_SIGN_IN_REFUSED: {
    kind: 'unauthenticated',
    zh: '用户名或密码错误, 或账号已被锁定',
    en: 'The name or the password is wrong, or the account is locked for a while',
  },
  CUSTOMER_NOT_FOUND: { kind: 'missing', zh: '客户不存在', en: 'There is no such customer' },
  INSTITUTION_NOT_FOUND: { kind: 'missing', zh: '担保机构不存在', en: 'There is no such institution' },
  INSTITUTION_EXISTS: {
    kind: 'conflict',
    zh: '机构名称或账号已存在',
    en: 'An institution of this name or with this account exists already',
  },
  OPENING_FACTOR_MISSING: {
    kind: 'invalid',
    zh: '银行开户还需要 details.missing 所列要素',
    en: 'The bank opens no account without the factors in `details.missing`.',
  },
  MANDATE_DIFFERS: { kind: 'conflict', zh: '授权编号已用于其他授权', en: 'Another mandate stands under this number' },
});
