import { businessDate } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { breakStandings, dayStandings, lookAgain } from '#watch/reconciliation';
import type { BreakStanding, DayStanding } from '#watch/reconciliation';
import '../chain';
import { openBooks, optionOf } from './books';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';

/** `rongqiao reconcile`: how each bank date stands, its breaks, and another look at one. */
export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: {
    zh: '查看各银行日的对账结果与差错; --again 让对账进程重新取数, 重新核对',
    en: 'how each bank date stands and its breaks; --again lets the reconciliation worker fetch and match it anew',
  },
  usage: 'reconcile [--date <YYYY-MM-DD>] [--again] [--data <folder>]',
  options: [
    { flag: '--date <date>', text: { zh: '只看这一天, 连同差错', en: 'this date only, with its breaks' } },
    { flag: '--again', text: { zh: '重新对账 (需要 --date)', en: 'reconcile it anew (needs --date)' } },
    { flag: '--data <folder>', text: { zh: '沙箱的数据目录', en: 'data folder of the sandbox' } },
    ...COMMON_OPTIONS,
  ],
  async run(args, io) {
    const given = optionOf(args, '--date');
    const date = given === undefined ? undefined : businessDate(given);
    const isAgain = args.includes('--again');
    if (isAgain && date === undefined) {
      await writeLine(io.stderr, '--again 需要 --date / --again needs --date');
      return 2;
    }
    const books = await openBooks(isAgain ? 'app' : 'read', optionOf(args, '--data'));
    try {
      if (isAgain && date !== undefined) await books.database.work.run((tx) => lookAgain(tx, [date], true));
      const days = await books.database.work.read((tx) => dayStandings(tx, date ?? null, date ?? null));
      const breaks = await books.database.work.read((tx) =>
        breakStandings(tx, date === undefined ? { state: 'open' } : { bankDate: date }),
      );
      await (args.includes('--json') ? printJson(days, breaks, io) : print(days, breaks, date, io));
      return 0;
    } finally {
      await books.close();
    }
  },
};

async function printJson(days: readonly DayStanding[], breaks: readonly BreakStanding[], { stdout }: CommandIo): Promise<void> {
  await writeLine(
    stdout,
    JSON.stringify({ days, breaks }, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
  );
}

async function print(
  days: readonly DayStanding[],
  breaks: readonly BreakStanding[],
  date: BusinessDate | undefined,
  { stdout }: CommandIo,
): Promise<void> {
  for (const day of days) {
    const counts =
      day.lines === null
        ? ''
        : `  ${day.lines} 行 lines, ${day.matched} 相符 matched, ${day.settled} 由对账了结 settled, ${day.outside} 行外 outside, ${day.breaks} 差错 breaks`;
    const proof =
      day.provedAccounts === null ? '' : `, ${day.provedAccounts} 户相符 accounts proved, ${day.differenceAccounts} 户不符 differ`;
    const waiting = day.waitingFor === null ? '' : `  等待 waits: ${day.waitingFor}`;
    await writeLine(stdout, `${day.date}  ${day.businessDay.padEnd(9)}${(day.reconciliation ?? '-').padEnd(9)}${counts}${proof}${waiting}`);
  }
  if (breaks.length === 0) return;
  await writeLine(stdout, date === undefined ? '未了差错 open breaks:' : '差错 breaks:');
  for (const found of breaks) {
    const decided = found.rule === null ? '' : `  ${found.rule}${found.reason === null ? '' : `: ${found.reason}`}`;
    await writeLine(
      stdout,
      `  ${found.no}  ${found.bankDate}  ${found.kind.padEnd(11)}${found.state.padEnd(9)}${found.amountFen} fen  ${found.key}${decided}`,
    );
  }
}
