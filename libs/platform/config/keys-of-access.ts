import type { Key } from './keys';
import { personalDataKeys, secret, text, url } from './values';

/** Who may come in, and what protects people's data. The sandbox's defaults are known to everybody and refused elsewhere. */
export const accessKeys = {
  OIDC_ISSUER: {
    schema: url('https:', 'http:'),
    processes: ['customer-api'],
    zh: '银行单点登录 (OpenID Connect) 的签发者',
    en: "Issuer of the bank's single sign-on (OpenID Connect)",
    expects: 'a URL like https://sso.bank.example',
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
  OIDC_REDIRECT_URI: {
    schema: url('https:', 'http:'),
    processes: ['customer-api'],
    zh: '登录回调地址; 未设置时为本接口自身地址',
    en: 'Address to which the bank sends customers back; by default the API itself',
    expects: 'a URL like https://lend.bank.example/login/callback',
    optionalFor: ['customer-api'],
  },
  SESSION_SECRET: {
    schema: secret.refine((value) => value.length >= 32, 'is shorter than 32 characters'),
    processes: ['customer-api', 'back-office-api'],
    zh: '会话签名密钥',
    en: 'Secret that signs sessions',
    expects: 'at least 32 random characters, for example from "openssl rand -base64 48", or SESSION_SECRET_FILE to their file',
    sandboxDefault: 'sandbox-session-secret-of-rongqiao-0001',
    secret: true,
  },
  PERSONAL_DATA_KEY: {
    schema: personalDataKeys,
    processes: ['customer-api', 'back-office-api', 'worker', 'reconciliation-worker'],
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
