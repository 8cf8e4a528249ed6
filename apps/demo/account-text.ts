import { fen, formatYuan, type Fen } from '#kernel/money';
import type { ClosingAccount } from './closing-account';

/** The closing account for people: where every yuan is, who advanced what, what was refused, what went wrong on purpose and how it ended. */
export function describeAccount(account: ClosingAccount): string[] {
  return [
    ...section('标的 listings', listings(account)),
    ...section('门槛拒绝的标的 refused by the cost gate', refused(account)),
    ...section('每一元在哪里 where every yuan is (元 yuan; 平台接口 the API | 银行账簿 the bank)', yuan(account)),
    ...section('谁垫付了多少 who advanced what', advances(account)),
    ...section('计划的故障 planned faults', faults(account)),
    ...section('差错 breaks', breaks(account)),
    ...section('三方核对 three-way proof', proof(account)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

function listings({ listings: ends, customersLoggedIn, orders, returns, lifetime }: ClosingAccount): string[] {
  const states = countBy(ends, (end) => `${end.outcomeInFile} → ${end.state}`);
  return [
    ...[...states].map(([what, count]) => `${what.padEnd(40)} ${count}`),
    `${customersLoggedIn} 位客户经银行登录 customers logged in at the bank`,
    `${orders.admitted} 笔订单 orders admitted, ${orders.forGaps} 笔补缺 for gaps, ${orders.full} 笔因满标被拒 refused because full`,
    `${orders.withoutAccount} 位先被引导开户 investors were sent to the bank for an e-account first`,
    ...returns.map(({ cause, count, amount }) => `退款 went back (${cause}): ${count}, ${money(amount).trim()}`),
    `${lifetime.days} 天 days, 至 to ${lifetime.lastDay}`,
  ];
}

function refused({ refused: rows }: ClosingAccount): string[] {
  if (rows.length === 0) return ['无 none'];
  return rows.map(
    ({ row, annualRatePpm, worstAprPpm, capPpm, worstKind, worstDate }) =>
      `第 ${String(row).padStart(4)} 行 row: 利率 rate ${percent(annualRatePpm)}, 综合成本 all-in cost ${percent(worstAprPpm)} > ${percent(capPpm)} (${worstKind} ${worstDate})`,
  );
}

function yuan({ books }: ClosingAccount): string[] {
  const lines = books.kinds.map(
    ({ kind, zh, accounts, ours, banks, oursHeld, banksHeld }) =>
      `${kind} ${zh.padEnd(10, '　')} ${String(accounts).padStart(5)} 户  ${money(ours)} | ${money(banks)}${ours === banks && oursHeld === banksHeld ? '  =' : '  ≠'}`,
  );
  const strangers =
    books.strangers.accounts === 0
      ? []
      : [`另有 ${books.strangers.accounts} 户从未与平台往来 accounts never met the platform: ${money(books.strangers.total)}`];
  return [
    ...lines,
    `${books.compared} 个账户逐户逐分核对 accounts compared one by one, ${books.differences.length} 处不符 differences`,
    ...strangers,
  ];
}

function advances({ advances: rows, payouts }: ClosingAccount): string[] {
  const payers = { I: '保险公司 the insurer', B: '银行 the bank' } as Readonly<Record<string, string>>;
  const lines = rows.map(
    ({ listingNo, payerKind, advances: count, advancedFen, receivedFen }) =>
      `${listingNo} ${payers[payerKind] ?? payerKind}: ${count} 期 instalments, ${money(fen(advancedFen))}, 已追回 recovered ${money(fen(receivedFen))}`,
  );
  const paid = payouts.map(({ state, payouts: count, amountFen }) => `回款 payouts ${state}: ${count}, ${money(fen(amountFen))}`);
  return [...(lines.length === 0 ? ['无人垫付 nobody had to'] : lines), ...paid];
}

function faults({ faults: rows, endedUnknown }: ClosingAccount): string[] {
  const lines = rows.map(({ says, kind, hits }) => `${String(hits).padStart(3)} × ${kind.padEnd(24)} ${says}`);
  const ended = endedUnknown.map(({ decidedBy, orders }) => `${decidedBy ?? '未了结 open'} ${orders}`).join(', ');
  return [...lines, `不明指令由此查明 unknown orders ended by: ${ended}`];
}

function breaks({ breaks: rows, operators, bankMovements }: ClosingAccount): string[] {
  const found = rows.map(
    ({ no, bankDate, kind, state, rule, amountFen }) => `${no} ${bankDate} ${kind} ${state} ${rule ?? ''} ${money(fen(amountFen))}`,
  );
  const parked = `挂账 parked ${bankMovements['PARK'] ?? 0}, 付出 unparked ${bankMovements['UNPARK'] ?? 0}, 放款退回重付 disbursements paid again ${operators.paidAgain.length}`;
  return [...(found.length === 0 ? ['无 none'] : found), parked];
}

function proof({ days }: ClosingAccount): string[] {
  return [
    `${days.dates} 个日期 dates: ${days.clean} clean, ${days.adjusted} adjusted`,
    `${days.provedAccounts} 次账户核平 accounts proved (账 ledger = 银行 bank total, 待付 pending = 冻结 held), ${days.statementLines} 行流水 statement lines`,
    `${days.confirmedFiles} 个文件已向银行确认 files confirmed to the bank, ${days.correctedFiles} 个更正版 corrected`,
  ];
}

function money(amount: Fen): string {
  return formatYuan(amount).padStart(16);
}

function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(2)} %`;
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
