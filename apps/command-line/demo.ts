import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { businessDate } from '#kernel/time';
import { loadConfig } from '#platform/config';
import { defaultDataFolder, removeSandbox, rootFolder, startAll } from '#platform/processes';
import type { RunningPlatform } from '#platform/processes';
import { describeAccount, OPERATOR_NAMES, progressOn, runDemo, seconds } from '../demo';
import type { ClosingAccount, Passwords, Progress } from '../demo';
import { optionOf } from './books';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';
import { describeVerification, verifyInChild } from './demo-verification';
import type { Verification } from './demo-verification';
import { startOptionsFrom } from './up';

/** Whole terms of 36 months end before the last published year of the working-day calendar. */
const FIRST_DAY = businessDate('2022-09-01');

/** The demonstration: a whole sandbox of its own, real listings, their whole lives. It leaves its database behind, for whoever wants to look. */
export const demoCommand: Command = {
  name: 'demo',
  summary: {
    zh: '演示: 启动整套沙箱, 让真实标的与投资人走完整个期限, 最后逐分核对; 有任何不符则退出码为 1',
    en: 'the demonstration: a whole sandbox, real listings and investors through their whole terms, every fen compared; exit code 1 if anything is wrong',
  },
  usage: 'demo [--listings <n>] [--investors <n>] [--seed <n>] [--data <folder>]',
  options: [
    { flag: '--listings <n>', text: { zh: '走完一生的标的数 (默认 20)', en: 'listings that live to their end (20)' } },
    { flag: '--investors <n>', text: { zh: '投资人数 (默认 300)', en: 'investors (300)' } },
    { flag: '--seed <n>', text: { zh: '行为的随机种子 (默认 1)', en: 'seed of all behaviour (1)' } },
    {
      flag: '--data <folder>',
      text: { zh: '沙箱目录, 每次重新建立 (默认 .data/demo)', en: 'folder of the sandbox, begun anew each time (.data/demo)' },
    },
    ...COMMON_OPTIONS,
  ],
  async run(args, io) {
    const wishes = wishesFrom(args);
    if (typeof wishes === 'string') {
      await writeLine(io.stderr, wishes);
      return 2;
    }
    return play(wishes, io);
  },
};

interface Wishes {
  readonly listings: number;
  readonly investors: number;
  readonly seed: number;
  readonly dataFolder: string;
  readonly isJson: boolean;
}

/** Smallest, largest and usual value of each number. The file has 2,762 listings. */
const NUMBERS = {
  listings: { least: 1, most: 2_762, usual: 20, zh: '标的数', en: 'listings' },
  investors: { least: 1, most: 20_000, usual: 300, zh: '投资人数', en: 'investors' },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, usual: 1, zh: '随机种子', en: 'seed' },
} as const;

/** What was asked for, or the sentence that says what is wrong with it. */
function wishesFrom(args: readonly string[]): Wishes | string {
  const numbers = { listings: 0, investors: 0, seed: 0 };
  for (const name of ['listings', 'investors', 'seed'] as const) {
    const { least, most, usual, zh, en } = NUMBERS[name];
    const text = optionOf(args, `--${name}`);
    const isGiven = args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
    const value = isGiven ? Number(text) : usual;
    if (isGiven && (text === undefined || !/^\d{1,16}$/.test(text) || value < least || value > most)) {
      const got = text === undefined ? '' : ` "${text}"`;
      return `--${name}${got}: ${zh}须为 ${least} 至 ${most} 的整数 / ${en} must be a whole number from ${least} to ${most}`;
    }
    numbers[name] = value;
  }
  const folder = optionOf(args, '--data');
  if (args.includes('--data') && (folder === undefined || folder === '')) return '--data 后须有目录 / --data needs a folder';
  return { ...numbers, dataFolder: folder ?? join(defaultDataFolder(), 'demo'), isJson: args.includes('--json') };
}

async function play(wishes: Wishes, io: CommandIo): Promise<number> {
  const started = Date.now();
  const progress = progressOn(io.stderr);
  const passwords = newPasswords();
  const interrupted = endAsked();
  progress.chapter('启动沙箱 starting the sandbox');
  const lost: string[] = [];
  const platform = await startSandbox(wishes, passwords, (sentence) => lost.push(sentence));
  try {
    const outcome = await Promise.race([liveAndVerify(platform, wishes, passwords, progress), interrupted]);
    if (outcome === undefined) {
      await writeLine(io.stderr, '已中断 interrupted');
      return 1;
    }
    const failures = [...outcome.account.failures, ...outcome.verification.failures, ...lost];
    await tell(outcome, { wishes, failures, progress, milliseconds: Date.now() - started }, io);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    await writeLine(io.stderr, `\n日志 logs: ${platform.logFolder}`);
    throw error;
  } finally {
    await platform.stop();
  }
}

interface DemoOutcome {
  readonly account: ClosingAccount;
  readonly verification: Verification;
}

async function liveAndVerify(platform: RunningPlatform, wishes: Wishes, passwords: Passwords, progress: Progress): Promise<DemoOutcome> {
  const { listings, investors, seed } = wishes;
  const marketplace = readFileSync(join(rootFolder(), 'data', 'marketplace-listings.csv'), 'utf8');
  const account = await runDemo({ urls: platform.urls, passwords, marketplace, listings, investors, seed, progress });
  progress.chapter('从明细重算 verify recomputes everything from the rows');
  const verification = await verifyInChild(platform.databases.readUrl, platform.urls.bank);
  progress.end();
  return { account, verification };
}

/** A sandbox that begins with nothing. The environment may name databases and a Redis, as for `up`; they have to be empty. */
async function startSandbox(wishes: Wishes, passwords: Passwords, onLost: (sentence: string) => void): Promise<RunningPlatform> {
  const options = startOptionsFrom(loadConfig('up', process.env));
  if (options.databases === undefined) removeSandbox(wishes.dataFolder);
  const roles = {
    operator: ['operator'],
    'reviewer-1': ['reviewer_1'],
    'reviewer-2': ['reviewer_2'],
    checker: ['checker'],
    auditor: ['auditor'],
  };
  const operators = OPERATOR_NAMES.map((name) => ({ name, roles: roles[name], password: passwords[name] }));
  return startAll({
    ...options,
    dataFolder: wishes.dataFolder,
    redisPrefix: prefixFor(wishes.dataFolder, options.redisPrefix),
    firstDay: FIRST_DAY,
    ports: {},
    environment: { ...options.environment, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', BOOTSTRAP_OPERATORS: JSON.stringify(operators) },
    onLost: (name, end) => onLost(`${name} 意外结束 ended unexpectedly: ${end}`),
  });
}

/** Demonstrations in different folders may share one Redis: each has keys of its own. */
function prefixFor(dataFolder: string, prefix = 'rongqiao'): string {
  return `${prefix}-${createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 12)}`;
}

/** Passwords for this one sandbox, known to nobody else. */
function newPasswords(): Passwords {
  return Object.fromEntries(OPERATOR_NAMES.map((name) => [name, randomBytes(18).toString('base64url')])) as Passwords;
}

/** Resolves, with nothing, when a signal asks to end. */
function endAsked(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
  });
}

interface Telling {
  readonly wishes: Wishes;
  readonly failures: readonly string[];
  readonly progress: Progress;
  readonly milliseconds: number;
}

async function tell(
  { account, verification }: DemoOutcome,
  { wishes, failures, progress, milliseconds }: Telling,
  { stdout }: CommandIo,
): Promise<void> {
  const holds = failures.length === 0;
  const { listings, investors, seed, isJson } = wishes;
  if (isJson) {
    const answer = { holds, listings, investors, seed, milliseconds, failures, account, verification, times: progress.times() };
    await writeLine(
      stdout,
      JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
    );
    return;
  }
  for (const line of describeAccount(account)) await writeLine(stdout, line);
  for (const line of describeVerification(verification)) await writeLine(stdout, line);
  await writeLine(stdout, '\n用时 what took the time');
  for (const { chapter, milliseconds: took } of progress.times()) await writeLine(stdout, `  ${seconds(took).padStart(8)}  ${chapter}`);
  await writeLine(stdout, `  ${seconds(milliseconds).padStart(8)}  合计 in all`);
  const command = `npx rongqiao verify --data ${wishes.dataFolder}`;
  await writeLine(stdout, `\n账簿仍在 the books stay: ${command}`);
  if (!holds) await writeLine(stdout, `\n不符 ${failures.length} 处 wrong:`);
  for (const failure of failures) await writeLine(stdout, `  ✗ ${failure}`);
  await writeLine(stdout, holds ? '\n全部成立 everything holds' : '\n演示未通过 the demo has not held');
}
