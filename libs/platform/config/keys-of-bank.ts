import type { Key } from './keys';
import { privateKey, publicKey, text, url } from './values';

const trunk = ['customer-api', 'back-office-api', 'worker', 'reconciliation-worker'] as const;

/** The line to the bank. */
export const bankKeys = {
  BANK_URL: {
    schema: url('https:', 'http:'),
    processes: trunk,
    zh: '直销银行接口地址, 不含 /open/v1',
    en: 'Address of the direct bank, without /open/v1',
    expects: 'a URL like https://bank.example',
  },
  BANK_PLATFORM_NO: {
    schema: text.regex(/^[A-Za-z0-9]{1,32}$/, 'has characters other than letters and digits'),
    processes: trunk,
    zh: '银行分配的平台编号',
    en: 'Number which the bank gave to this platform',
    expects: 'the number from the bank, letters and digits',
    sandboxDefault: 'P0001',
  },
  BANK_KEY_SERIAL: {
    schema: text.regex(/^[\x21-\x7e]{1,64}$/, 'has characters that cannot stand in a header'),
    processes: trunk,
    zh: '平台签名密钥的序列号',
    en: 'Serial of the key with which the platform signs',
    expects: 'the serial that the bank knows for our public key',
    sandboxDefault: 'platform-1',
  },
  PLATFORM_PRIVATE_KEY: {
    schema: privateKey,
    processes: trunk,
    zh: '平台签名私钥 (PEM)',
    en: 'Private key with which the platform signs (PEM)',
    expects: 'an RSA private key of at least 2048 bits in PEM, or PLATFORM_PRIVATE_KEY_FILE to its file',
    secret: true,
  },
  BANK_PUBLIC_KEY: {
    schema: publicKey,
    processes: trunk,
    zh: '银行验签公钥 (PEM)',
    en: 'Public key with which answers, notices and files of the bank are checked (PEM)',
    expects: 'an RSA public key of at least 2048 bits in PEM, or BANK_PUBLIC_KEY_FILE to its file',
    fromFile: true,
  },
} as const satisfies Record<string, Key>;
