import type { Key } from './keys';
import { count, part, privateKey, publicKey, text, url } from './values';

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
  BANK_RATE_SHARE: {
    schema: part,
    processes: trunk,
    zh: '本进程可用的银行每秒请求额的份额; 全部运行中的进程 (含各副本) 之和不得超过 1; 未设置时按进程表 (见下)',
    en: "Part of the bank's requests a second that this process may use; the parts of all that run, every copy counted, add up to 1 at most; without it the part of the process table (below)",
    expects: 'a part of 1 like 0.25',
    optionalFor: trunk,
  },
  BANK_PROCESSING_LIMIT_MS: {
    schema: count(1, 600_000),
    processes: trunk,
    zh: '银行处理一个请求的最长时间 (毫秒), 见银行合同; 查无此单的等待须大于时间戳容差与它之和',
    en: 'Longest time for which the bank works on one request, by its contract (milliseconds); its settle window has to outlast the timestamp tolerance and this',
    expects: 'a number of milliseconds',
    default: '500',
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
