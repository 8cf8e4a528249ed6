/** Head of the customer API's OpenAPI document. */
export const openapi = {
  title: '融桥 客户端接口 · Rongqiao customer API',
  description:
    "面向银行 App 内 H5 页面:单点登录后出借、融资与还款。金额均为整数分。 For H5 pages inside the bank's app: invest, borrow and repay after single sign-on. Amounts are integer fen.",
  cookie: 'rq_session',
};
