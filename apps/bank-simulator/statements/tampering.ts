import { fen, formatYuan, parseYuan, sumFen, type Fen } from '#kernel/money';
import { FIELDS, statementFile, type StatementHeader, type StatementType } from '#bank/wire';
import type { FaultKind, FaultPlan } from '../faults/fault';
import type { DayLine } from './reading-day';

/** Faults that spoil a file's first version. `statement_late` leaves it whole and shows it later. */
export const SPOILING: readonly FaultKind[] = [
  'statement_truncated',
  'statement_wrong_total',
  'statement_missing_line',
  'statement_extra_line',
  'statement_wrong_amount',
  'statement_corrected',
];

/** Those that need a line to spoil. */
export const NEEDS_A_LINE: readonly FaultKind[] = ['statement_missing_line', 'statement_wrong_amount', 'statement_corrected'];

/** The file as the bank should have written it. */
export function rightFile(header: StatementHeader, lines: readonly DayLine[]): Buffer {
  return statementFile(
    header,
    lines.map((line) => line.text),
    sumFen(lines.map((line) => line.amount)),
  );
}

/** The file as a fault makes it. All but the truncated and the wrongly added file are well formed: only the books contradict them. */
export function spoiltFile(header: StatementHeader, lines: readonly DayLine[], fault: FaultPlan, extraSerial: string): Buffer {
  const at = aimedLine(lines, fault);
  switch (fault.kind) {
    case 'statement_truncated': {
      const whole = rightFile(header, lines);
      return whole.subarray(0, Math.floor(whole.length * 0.6));
    }
    case 'statement_wrong_total':
      return statementFile(
        header,
        lines.map((line) => line.text),
        sumFen([...lines.map((line) => line.amount), fen(1)]),
      );
    case 'statement_missing_line':
      return rightFile(header, lines.toSpliced(at, 1));
    case 'statement_extra_line':
      return rightFile(header, [...lines, extraLine(header, lines[at], fault, extraSerial)]);
    default:
      return rightFile(header, lines.with(at, withOtherAmount(header.type, lines[at]!)));
  }
}

/** The line that names what the fault is aimed at; otherwise the one in the middle. */
function aimedLine(lines: readonly DayLine[], fault: FaultPlan): number {
  const aims = [fault.accountNo, fault.itemNo, fault.requestNo, fault.listingNo].filter((aim) => aim !== undefined);
  const at = lines.findIndex((line) => aims.length > 0 && aims.every((aim) => line.text.split('|').includes(aim)));
  return at === -1 ? Math.floor(lines.length / 2) : at;
}

function withOtherAmount(type: StatementType, line: DayLine): DayLine {
  const fields = line.text.split('|');
  const field = FIELDS[type].amount;
  const amount = fen(parseYuan(fields[field]!) + 1n);
  return { amount, text: fields.with(field, formatYuan(amount)).join('|') };
}

/** A transaction under a request number that the platform never sent; in other files a line that stands there twice. */
function extraLine(header: StatementHeader, model: DayLine | undefined, fault: FaultPlan, serial: string): DayLine {
  const amount: Fen = fen(100);
  if (header.type !== 'TRANSACTIONS' && model !== undefined) return model;
  const party = fault.accountNo ?? model?.text.split('|')[7] ?? '';
  const fields = ['D', `X-${serial}`, '', 'TOP_UP', '', serial, '', party, formatYuan(amount), 'SUCCEEDED', '', header.writtenAt, ''];
  return { amount, text: fields.join('|') };
}
