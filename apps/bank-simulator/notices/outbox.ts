import type { NoticeKind, NoticeShapes } from '#bank/wire';
import type { Bank } from '../bank';
import type { Tx } from '../database/cashier';
import { numbered } from '../numbers';
import type { WaitingNotice } from './delivery';

/** Writes a notice in the transaction of what it tells, and hands it to delivery once that is durable. */
export async function tell<Kind extends NoticeKind>(tx: Tx, bank: Bank, kind: Kind, data: NoticeShapes[Kind]): Promise<void> {
  const faults = bank.faults.has('duplicate_notice', 'late_notice')
    ? await bank.faults.strike(['duplicate_notice', 'late_notice'], { noticeKind: kind, ...aimsOf(data) })
    : [];
  const late = faults.find((fault) => fault.kind === 'late_notice');
  const copies = faults.find((fault) => fault.kind === 'duplicate_notice')?.copies ?? 1;
  const noticeNo = numbered('N', await bank.numbers.next());
  const moment = bank.clock.now();
  const notice: WaitingNotice = {
    noticeNo,
    body: JSON.stringify({ noticeNo, kind, bankTime: moment.time, bankDate: moment.date, data }),
    copies,
    notBeforeMs: late !== undefined && late.days === undefined ? Date.now() + (late.delayMs ?? 2000) : 0,
    notBeforeDate: late?.days === undefined ? null : bank.clock.dayAfter(late.days),
  };
  await tx.rows(
    `insert into notice (notice_no, kind, body, copies, not_before, not_before_date)
     values ($1, $2, $3, $4, to_timestamp($5::bigint / 1000.0), $6)`,
    [noticeNo, kind, notice.body, copies, notice.notBeforeMs, notice.notBeforeDate],
  );
  tx.afterCommit(() => bank.delivery.add(notice));
}

/** What a fault may aim at in a notice's data. */
function aimsOf(data: object): { accountNos: ReadonlySet<string>; requestNo?: string; customerNo?: string; bankDate?: string } {
  const { accountNo, requestNo, customerNo, bankDate } = data as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const account = text(accountNo);
  return {
    accountNos: new Set(account === undefined ? [] : [account]),
    requestNo: text(requestNo),
    customerNo: text(customerNo),
    bankDate: text(bankDate),
  };
}
