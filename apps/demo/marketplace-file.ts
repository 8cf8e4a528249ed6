import { fen, type Fen } from '#kernel/money';

/** How the real loan ended. */
export type Outcome = 'Current' | 'Completed' | 'FinalPaymentInProgress' | 'Past Due' | 'Defaulted' | 'Chargedoff' | 'Cancelled';

/** One row of the file: a real listing of a real marketplace; amounts are read as yuan. */
export interface MarketplaceRow {
  readonly row: number;
  readonly termMonths: number;
  readonly annualRatePpm: number;
  readonly amount: Fen;
  readonly purpose: string;
  readonly investors: number;
  readonly outcome: Outcome;
}

/** Rows between two that are picked, and the longest term: the calendar's published years bear no longer one. */
const STRIDE = 110;
const LONGEST_TERM_MONTHS = 36;

/** Reads the file. @throws Error naming the row that cannot be read */
export function readMarketplace(csv: string): MarketplaceRow[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const columns = head.trim().split(',');
  return lines.map((line, row) => {
    const cells = line.trim().split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    if (!/^\d+(\.\d{1,2})?$/.test(cell('amount')) || !/^\.?\d+(\.\d+)?$/.test(cell('annual_rate'))) {
      throw new Error(`数据文件第 ${row} 行无法读取 row ${row} of the file cannot be read: ${line.slice(0, 120)}`);
    }
    return {
      row,
      termMonths: Number(cell('term_months')),
      annualRatePpm: Math.round(Number(cell('annual_rate')) * 1_000_000),
      amount: fenOfYuan(cell('amount')),
      purpose: cell('purpose'),
      investors: Math.max(1, Number(cell('investors'))),
      outcome: cell('outcome') as Outcome,
    };
  });
}

/** The rows in the order in which they are tried: 0, 110, 220 …, then 1, 111, … ; only terms that can be lived through. */
export function* candidates(rows: readonly MarketplaceRow[]): Generator<MarketplaceRow> {
  for (let offset = 0; offset < Math.min(STRIDE, rows.length); offset += 1) {
    for (let at = offset; at < rows.length; at += STRIDE) {
      const row = rows[at]!;
      if (row.termMonths <= LONGEST_TERM_MONTHS) yield row;
    }
  }
}

function fenOfYuan(yuan: string): Fen {
  const [whole = '0', part = ''] = yuan.split('.');
  return fen(`${whole}${part.padEnd(2, '0')}`);
}
