import type { Tx } from '#platform/database';
import { booksDigest, compareWithBank, invariants } from '#watch/invariants';
import type { Finding } from '#watch/invariants';
import '../chain';
import { openBooks, optionOf } from './books';
import { readBank } from './bank-books';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';

/** `rongqiao verify`: recomputes everything from the rows and names every difference. */
export const verifyCommand: Command = {
  name: 'verify',
  summary: {
    zh: '从明细重算一切 (I1 至 I20), 逐条列出检查行数与差异; 有差异时退出码为 1',
    en: 'recompute everything from the rows (I1 to I20), with the rows examined and each difference; exit code 1 when there is one',
  },
  usage: 'verify [--digest] [--bank <url>] [--data <folder>]',
  options: [
    { flag: '--digest', text: { zh: '只输出账簿摘要: 账簿相同则摘要相同', en: 'print a digest of the books only: equal for equal books' } },
    {
      flag: '--bank <url>',
      text: { zh: '与模拟银行自己的账簿逐户核对', en: "compare with the simulated bank's own books, account by account" },
    },
    { flag: '--data <folder>', text: { zh: '沙箱的数据目录', en: 'data folder of the sandbox' } },
    ...COMMON_OPTIONS,
  ],
  async run(args, io) {
    const books = await openBooks('read', optionOf(args, '--data'));
    const isJson = args.includes('--json');
    try {
      if (args.includes('--digest')) return await printDigest(await books.database.work.read(booksDigest), isJson, io);
      const results: Checked[] = [];
      for (const { id, title, check } of invariants)
        results.push({ id, ...title, ...(await timed((tx) => check(tx), books.database.work)) });
      const bank = optionOf(args, '--bank');
      if (bank !== undefined) results.push(await checkedWithBank(bank, books.database.work));
      return await report(results, isJson, io);
    } finally {
      await books.close();
    }
  },
};

interface Checked extends Finding {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly milliseconds: number;
}

type Reads = { read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> };

async function timed(check: (tx: Tx) => Promise<Finding>, work: Reads): Promise<Finding & { milliseconds: number }> {
  const started = Date.now();
  const finding = await work.read(check);
  return { ...finding, milliseconds: Date.now() - started };
}

async function checkedWithBank(url: string, work: Reads): Promise<Checked> {
  const started = Date.now();
  const { accounts, since } = await readBank(url, work);
  const finding = await work.read((tx) => compareWithBank(tx, accounts, since));
  return {
    id: 'bank',
    zh: '与银行账簿逐户一致',
    en: "the bank's own books, account by account",
    ...finding,
    milliseconds: Date.now() - started,
  };
}

async function printDigest(
  { entries, sha256 }: { entries: bigint; sha256: string },
  isJson: boolean,
  { stdout }: CommandIo,
): Promise<number> {
  await writeLine(stdout, isJson ? JSON.stringify({ entries: Number(entries), sha256 }) : sha256);
  return 0;
}

async function report(results: readonly Checked[], isJson: boolean, { stdout }: CommandIo): Promise<number> {
  const isFine = results.every(({ differences }) => differences.length === 0);
  if (isJson) {
    const invariantsJson = results.map(({ examined, differences, ...rest }) => ({
      ...rest,
      examined: Number(examined),
      differences: differences.map(({ what }) => what),
    }));
    await writeLine(stdout, JSON.stringify({ holds: isFine, invariants: invariantsJson }));
    return isFine ? 0 : 1;
  }
  for (const { id, zh, en, examined, differences, milliseconds } of results) {
    const verdict = differences.length === 0 ? '成立 holds' : `不成立 BROKEN (${differences.length})`;
    await writeLine(stdout, `${id.padEnd(5)}${verdict}  ${zh} / ${en}  [${examined} 行 rows, ${milliseconds} ms]`);
    for (const { what } of differences) await writeLine(stdout, `       ${what}`);
  }
  await writeLine(stdout, isFine ? '全部成立 everything holds' : '有差异 there are differences');
  return isFine ? 0 : 1;
}
