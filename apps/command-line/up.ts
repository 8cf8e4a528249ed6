import { Outage } from '#kernel/faults';
import { businessDateOf } from '#kernel/time';
import { wallClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import type { Config } from '#platform/config';
import { startAll } from '#platform/processes';
import type { PlatformDatabases, RunningPlatform, StartOptions } from '#platform/processes';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';

/** `rongqiao up`: a whole sandbox on this machine, until Ctrl-C. */
export const upCommand: Command = {
  name: 'up',
  summary: {
    zh: '启动整套沙箱 (数据库, 模拟银行, 两个接口, 任务与对账进程), 按 Ctrl-C 结束',
    en: 'start a whole sandbox (database, simulated bank, both APIs, workers); Ctrl-C ends it',
  },
  usage: 'up',
  options: COMMON_OPTIONS,
  async run(args, io) {
    const asJson = args.includes('--json');
    const ending = endAsked();
    const config = loadConfig('up', process.env);
    const lost = promiseOf<{ name: string; end: string }>();
    const platform = await startAll({
      ...startOptionsFrom(config),
      onProgress: ({ zh, en }) => void writeLine(io.stderr, `${zh} / ${en}`),
      onLost: (name, end) => lost.resolve({ name, end }),
    });
    await (asJson ? writeLine(io.stdout, JSON.stringify(summaryOf(platform))) : tell(platform, io));
    const outcome = await Promise.race([ending, lost.promise]);
    if (outcome !== undefined) await writeLine(io.stderr, lostSentence(platform, outcome));
    await writeLine(io.stderr, '正在结束 / stopping');
    await platform.stop();
    return outcome === undefined ? 0 : 1;
  },
};

/** Resolves, with nothing, when a signal asks to end. It stands before the start, so that Ctrl-C during it is obeyed after it. */
function endAsked(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(undefined));
  });
}

/** How the environment wants a sandbox to be started. */
export function startOptionsFrom(config: Config<'up'>): StartOptions {
  const environment: Record<string, string> = { LOG_LEVEL: config.LOG_LEVEL, DATABASE_POOL_SIZE: String(config.DATABASE_POOL_SIZE) };
  if (config.BOOTSTRAP_OPERATORS !== undefined) environment['BOOTSTRAP_OPERATORS'] = config.BOOTSTRAP_OPERATORS;
  return {
    databases: databasesFrom(config),
    redisUrl: config.REDIS_URL,
    redisPrefix: config.REDIS_PREFIX,
    firstDay: config.INITIAL_BUSINESS_DATE ?? businessDateOf(wallClock.now()),
    ports: {
      'customer-api': config.CUSTOMER_API_PORT,
      'back-office-api': config.BACK_OFFICE_API_PORT,
      'bank-simulator': config.SIMULATOR_PORT,
    },
    environment,
  };
}

function databasesFrom(config: Config<'up'>): PlatformDatabases | undefined {
  const { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_READ_URL: readUrl, SIMULATOR_DATABASE_URL: bankUrl } = config;
  if (appUrl !== undefined && ownerUrl !== undefined && readUrl !== undefined && bankUrl !== undefined) {
    return { appUrl, ownerUrl, readUrl, bankUrl };
  }
  if ([appUrl, ownerUrl, readUrl, bankUrl].every((url) => url === undefined)) return undefined;
  throw new Outage(
    'up does not start: set all of DATABASE_URL, DATABASE_OWNER_URL, DATABASE_READ_URL and SIMULATOR_DATABASE_URL, or none of them.',
  );
}

function lostSentence({ logFolder }: RunningPlatform, { name, end }: { name: string; end: string }): string {
  return `${name} 意外结束 ended unexpectedly (${end}), log: ${logFolder}/${name}.log`;
}

function summaryOf({ urls, logFolder }: RunningPlatform): object {
  return { ready: true, ...urls, logFolder };
}

async function tell({ urls, logFolder }: RunningPlatform, { stdout }: CommandIo): Promise<void> {
  await writeLine(stdout, `客户端接口 customer API      ${urls.customerApi}/openapi.json`);
  await writeLine(stdout, `管理后台接口 back office API ${urls.backOfficeApi}/openapi.json`);
  await writeLine(stdout, `模拟银行 simulated bank      ${urls.bank}`);
  await writeLine(stdout, `日志 logs                    ${logFolder}`);
  await writeLine(stdout, '按 Ctrl-C 结束 / Ctrl-C ends everything');
}

function promiseOf<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
