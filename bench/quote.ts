// Quotes of 10,000 listings with the worst-day gate, against the same quotes without it. `node dist/bench/quote.js [--json]`
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote, type QuoteTerms, quoteWithoutGate } from '#kernel/interest';
import { parseYuan } from '#kernel/money';
import { businessDate, publishedCalendar } from '#kernel/time';
import { compare, report } from './rounds';

const LISTINGS = 10_000;
const GOAL = 5;

async function main(): Promise<void> {
  const rows = readFileSync(join(__dirname, '../../data/marketplace-listings.csv'), 'utf8').trim().split('\n').slice(1);
  const terms = Array.from({ length: LISTINGS }, (_, index) => termsOf(rows[index % rows.length]!, index));
  const gated = {
    name: 'quote with the gate',
    run: () => terms.reduce((within, one) => within + (quote(one).cap.within ? 1 : 0), 0),
  };
  const ungated = {
    name: 'quote without the gate',
    run: () => terms.reduce((paid, one) => paid + quoteWithoutGate(one).totals.total, 0n),
  };
  report([await compare(`quote of ${LISTINGS} listings, every early day and every late pattern weighed`, gated, ungated, GOAL, 5)]);
}

/** A real listing with the premiums, penalties and rules of a product that is sold: they take turns. */
function termsOf(row: string, index: number): QuoteTerms {
  const [, createdOn, , months, rate, amount] = row.split(',');
  return {
    principal: parseYuan(`${amount}.00`),
    annualRatePpm: Number(rate!.replace('.', '')),
    method: (['equal_instalments', 'equal_principal', 'interest_first', 'bullet'] as const)[index % 4]!,
    term: { months: Number(months) },
    valueDate: businessDate(createdOn!),
    dayCount: (['30/360', 'ACT/365', 'ACT/360'] as const)[index % 3]!,
    workingDays: 'following',
    calendar: publishedCalendar,
    premiumPpm: 20_000,
    serviceFeePpm: 5_000,
    capPpm: 360_000,
    premiumReturn: index % 5 === 0 ? 'none' : 'by_days',
    feeReturn: 'by_days',
    earlyFromDay: 1,
    graceDays: 3,
    penaltyPpmPerDay: index % 2 === 0 ? 500 : 0,
  };
}

void main();
