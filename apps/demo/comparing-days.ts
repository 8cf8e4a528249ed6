import { addDays, compareDates, type BusinessDate } from '#kernel/time';
import type { BackOffice, DayStanding } from './back-office';
import type { Confirmation } from './bank';

/** The three-way proof, over all dates. */
export interface DaysResult {
  readonly dates: number;
  readonly clean: number;
  readonly adjusted: number;
  /** Accounts proved, summed over the dates: ledger by bank date = the bank's total, pending = held. */
  readonly provedAccounts: number;
  readonly statementLines: number;
  /** Files that the bank has as confirmed. */
  readonly confirmedFiles: number;
  readonly correctedFiles: number;
  /** What is wrong, in sentences. */
  readonly failures: readonly string[];
}

/** Days asked for in one request. */
const SPAN = 300;

const TYPES = ['TRANSACTIONS', 'BALANCES', 'CREDIT'] as const;

/** Every date from the first opening to the last instalment must have a closed day, its statements, and their confirmation in the bank's own list. */
export async function examineDays(
  office: BackOffice,
  confirmations: readonly Confirmation[],
  from: BusinessDate,
  to: BusinessDate,
): Promise<DaysResult> {
  const days = await daysBetween(office, from, to);
  const standings = new Map(days.map((day) => [day.date, day]));
  const files = newestFiles(confirmations);
  const failures: string[] = [];
  let dates = 0;
  let confirmedFiles = 0;
  for (let date = from; compareDates(date, to) <= 0; date = addDays(date, 1)) {
    dates += 1;
    const wrong = wrongWith(standings.get(date));
    if (wrong !== undefined) failures.push(`${date} ${wrong}`);
    for (const type of TYPES) {
      const file = files.get(`${date}/${type}`);
      if (file === undefined) failures.push(`${date} 银行没有 ${type} 对账单 the bank has no ${type} file`);
      else if (file.result === null || file.result === 'OPEN')
        failures.push(`${date} ${file.name} 未确认 is not confirmed: ${file.result ?? 'no confirmation'}`);
      else confirmedFiles += 1;
    }
  }
  const inSpan = days.filter(({ date }) => compareDates(date, from) >= 0 && compareDates(date, to) <= 0);
  return {
    dates,
    clean: inSpan.filter(({ reconciliation }) => reconciliation === 'clean').length,
    adjusted: inSpan.filter(({ reconciliation }) => reconciliation === 'adjusted').length,
    provedAccounts: sumOf(inSpan, (day) => day.provedAccounts),
    statementLines: sumOf(inSpan, (day) => day.lines),
    confirmedFiles,
    correctedFiles: confirmations.filter(({ version, published }) => version > 1 && published).length,
    failures,
  };
}

async function daysBetween(office: BackOffice, from: BusinessDate, to: BusinessDate): Promise<DayStanding[]> {
  const days: DayStanding[] = [];
  for (let start = from; compareDates(start, to) <= 0; start = addDays(start, SPAN)) {
    const end = addDays(start, SPAN - 1);
    days.push(...(await office.days(start, compareDates(end, to) < 0 ? end : to)));
  }
  return days;
}

function wrongWith(day: DayStanding | undefined): string | undefined {
  if (day === undefined) return '没有营业日 has no business day';
  if (day.businessDay !== 'closed') return `未日结 is not closed: ${day.businessDay} ${day.waitingFor ?? ''}`;
  if (day.reconciliation !== 'clean' && day.reconciliation !== 'adjusted') return `对账未平 is not reconciled: ${day.reconciliation ?? ''}`;
  return day.differenceAccounts === 0 ? undefined : `有 ${day.differenceAccounts ?? '?'} 个账户不符 accounts differ`;
}

/** The newest published version of each file. */
function newestFiles(confirmations: readonly Confirmation[]): Map<string, Confirmation> {
  const files = new Map<string, Confirmation>();
  for (const file of confirmations) {
    const key = `${file.bankDate}/${file.type}`;
    const known = files.get(key);
    if (file.published && (known === undefined || file.version > known.version)) files.set(key, file);
  }
  return files;
}

function sumOf(days: readonly DayStanding[], countOf: (day: DayStanding) => number | null): number {
  return days.reduce((sum, day) => sum + (countOf(day) ?? 0), 0);
}
