import { z } from 'zod';
import type { Key } from './keys';
import { amountFen, count, day, port, text, url, yesOrNo } from './values';

const database = url('postgresql:', 'postgres:');
const trunk = ['customer-api', 'back-office-api', 'worker', 'reconciliation-worker'] as const;

/** The machine room: database, queue, ports, logs, days. */
export const machineKeys = {
  SANDBOX: {
    schema: yesOrNo,
    processes: [...trunk, 'migrate'],
    zh: '沙箱模式: 业务日期由测试时钟推进, 允许弱密钥; 生产环境必须为 false',
    en: 'Sandbox: a test clock moves the business date, weak secrets are allowed; false in production',
    expects: 'true or false',
    default: 'false',
  },
  DATABASE_URL: {
    schema: database,
    processes: [...trunk, 'migrate', 'up'],
    zh: '应用角色 (rongqiao_app) 的 PostgreSQL 地址; up 未设置时启动内嵌数据库',
    en: 'PostgreSQL URL of the application role (rongqiao_app); without it `up` starts the embedded server',
    expects: 'a URL like postgresql://rongqiao_app:…@host:5432/rongqiao',
    optionalFor: ['up', 'migrate'],
  },
  DATABASE_OWNER_URL: {
    schema: database,
    processes: ['migrate', 'up'],
    zh: '表所有者角色 (rongqiao_owner) 的地址, 仅用于迁移',
    en: 'PostgreSQL URL of the owner role (rongqiao_owner), for migrations only',
    expects: 'a URL like postgresql://rongqiao_owner:…@host:5432/rongqiao',
    optionalFor: ['up', 'migrate'],
  },
  DATABASE_READ_URL: {
    schema: database,
    processes: ['migrate', 'verify', 'up'],
    zh: '只读角色 (rongqiao_read) 的地址, 供 verify 使用',
    en: 'PostgreSQL URL of the read-only role (rongqiao_read), used by `verify`',
    expects: 'a URL like postgresql://rongqiao_read:…@host:5432/rongqiao',
    optionalFor: ['up', 'migrate'],
  },
  DATABASE_POOL_SIZE: {
    schema: count(1, 100),
    processes: [...trunk, 'up'],
    zh: '每个进程的数据库连接数上限',
    en: 'Most database connections of one process',
    expects: 'a number from 1 to 100',
    default: '10',
  },
  REDIS_URL: {
    schema: url('redis:', 'rediss:', 'redis-sentinel:', 'redis-cluster:'),
    processes: ['worker', 'reconciliation-worker', 'up'],
    zh: '任务队列的 Redis 或 Valkey 地址 (noeviction); 未设置时队列使用 PostgreSQL',
    en: 'Redis or Valkey of the job queue (noeviction); without it the queue uses PostgreSQL',
    expects: 'a URL like redis://host:6379',
    optionalFor: ['worker', 'reconciliation-worker', 'up'],
  },
  REDIS_PREFIX: {
    schema: text.regex(/^[a-z0-9-]{1,32}$/, 'has characters other than a-z, 0-9 and -'),
    processes: ['worker', 'reconciliation-worker', 'up'],
    zh: 'Redis 键前缀, 多套环境共用一个 Redis 时须不同',
    en: 'First part of every key in Redis; differs between installations that share one',
    expects: 'up to 32 characters of a-z, 0-9 and -',
    default: 'rongqiao',
  },
  LISTEN_ADDRESS: {
    schema: text,
    processes: ['customer-api', 'back-office-api'],
    zh: '监听的本机地址; 容器内用 0.0.0.0',
    en: 'Address to listen on; 0.0.0.0 inside a container',
    expects: 'an address of this machine',
    default: '127.0.0.1',
  },
  CUSTOMER_API_PORT: {
    schema: port,
    processes: ['customer-api', 'up'],
    zh: '客户端接口的端口, 0 为任意空闲端口',
    en: 'Port of the customer API; 0 takes any free one',
    expects: 'a port number, or 0',
    default: '3000',
  },
  BACK_OFFICE_API_PORT: {
    schema: port,
    processes: ['back-office-api', 'up'],
    zh: '管理后台接口的端口, 0 为任意空闲端口',
    en: 'Port of the back office API; 0 takes any free one',
    expects: 'a port number, or 0',
    default: '3001',
  },
  INVESTOR_TOTAL_CAP_FEN: {
    schema: amountFen,
    processes: ['customer-api'],
    zh: '渠道上限: 单个投资人在全部未结束标的中的投资总额, 单位分; 未设置则不限',
    en: "Channel's cap on one investor over all listings that are not over, in fen; none unless set",
    expects: 'a whole number of fen',
    optionalFor: ['customer-api'],
  },
  INVESTOR_LISTING_CAP_FEN: {
    schema: amountFen,
    processes: ['customer-api'],
    zh: '渠道上限: 单个投资人在一个标的中的投资额, 单位分; 标的自身的上限可更低; 未设置则不限',
    en: "Channel's cap on one investor in one listing, in fen; a listing's own cap may be lower; none unless set",
    expects: 'a whole number of fen',
    optionalFor: ['customer-api'],
  },
  LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'is not a level of the log'),
    processes: [...trunk, 'up'],
    zh: '日志级别',
    en: 'Least level that is logged',
    expects: 'debug, info, warn, error or silent',
    default: 'info',
  },
  INITIAL_BUSINESS_DATE: {
    schema: day,
    processes: ['migrate', 'up'],
    zh: '首个业务日期, 仅在空库首次迁移时使用',
    en: 'First business date, used once: when an empty database is migrated',
    expects: 'a date written YYYY-MM-DD',
    optionalFor: ['migrate', 'up'],
  },
} as const satisfies Record<string, Key>;
