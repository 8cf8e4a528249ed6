import type { Key } from './keys';
import { origin, personalDataKeys, secret, text, url } from './values';

/** Who may come in, and what protects people's data. The sandbox's defaults are known to everybody and refused elsewhere. */
export const accessKeys = {
  OIDC_ISSUER: {
    schema: url('https:', 'http:'),
    processes: ['customer-api'],
    zh: '银行单点登录 (OpenID Connect) 的签发者',
    en: "Issuer of the bank's single sign-on (OpenID Connect)",
    expects: 'a URL like https://sso.bank.example',
    tlsOutsideSandbox: true,
  },
  OIDC_CLIENT_ID: {
    schema: text,
    processes: ['customer-api'],
    zh: '银行登记的客户端编号',
    en: 'Client id which the bank registered for us',
    expects: 'the client id from the bank',
    sandboxDefault: 'rongqiao',
  },
  OIDC_CLIENT_SECRET: {
    schema: secret,
    processes: ['customer-api'],
    zh: '客户端密钥',
    en: 'Secret of that client',
    expects: 'the secret from the bank, or OIDC_CLIENT_SECRET_FILE to its file',
    sandboxDefault: 'sandbox-client-secret-of-rongqiao',
    secret: true,
  },
  CUSTOMER_API_PUBLIC_URL: {
    schema: origin,
    processes: ['customer-api'],
    zh: '客户浏览器访问客户端接口的地址, 登录回调与银行页面的返回地址均由它而来; 沙箱中未设置时为监听地址',
    en: "Address at which customers' browsers reach the customer API: the login's callback and the way back from the bank's pages lie below it; in the sandbox where it listens unless set",
    expects: 'an address like https://lend.bank.example, whose /login/callback the bank has registered',
    optionalInSandbox: true,
    tlsOutsideSandbox: true,
  },
  PERSONAL_DATA_KEY: {
    schema: personalDataKeys,
    processes: ['customer-api', 'back-office-api'],
    zh: '个人信息加密密钥 (AES-256), 写作 编号:base64, 多个用逗号隔开, 首个用于加密',
    en: 'Keys of personal data at rest (AES-256) as id:base64, several by commas; the first one encrypts',
    expects:
      'id:base64 of 32 random bytes, for example 2026a: and the output of "openssl rand -base64 32", or PERSONAL_DATA_KEY_FILE to its file',
    sandboxDefault: 'sandbox:c2FuZGJveC1wZXJzb25hbC1kYXRhLWtleS0wMDAwMDE=',
    secret: true,
  },
  BOOTSTRAP_OPERATORS: {
    schema: text,
    processes: ['back-office-api', 'up'],
    zh: '首批后台用户 (JSON), 已存在的不变',
    en: 'First operators of the back office (JSON); those who exist are left alone',
    expects: 'a JSON list of {name, roles, passwordHash or password}, or BOOTSTRAP_OPERATORS_FILE to its file',
    optionalFor: ['back-office-api', 'up'],
    secret: true,
  },
} as const satisfies Record<string, Key>;
