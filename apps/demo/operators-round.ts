import { addDays, compareDates, type BusinessDate } from '#kernel/time';
import type { LiveListing, World } from './world';

/** What the operators did over the whole time. */
export interface OperatorsWork {
  /** Disbursements that came back and were paid again. */
  readonly paidAgain: string[];
  /** Breaks that two people decided. */
  readonly decided: { readonly no: number; readonly decision: 'adjust' | 'close' }[];
}

/** Days for which a break may wait for a corrected file before people decide it. */
const PATIENCE_DAYS = 3;

/** The operator's morning: what came back is paid again, and breaks that no corrected file has explained are decided, each by two people. */
export async function operatorsRound(
  world: World,
  today: BusinessDate,
  returning: readonly LiveListing[],
  work: OperatorsWork,
): Promise<void> {
  for (const listing of returning) await payAgain(world, listing, work);
  await decideBreaks(world, today, work);
}

async function payAgain({ office }: World, listing: LiveListing, work: OperatorsWork): Promise<void> {
  if (work.paidAgain.includes(listing.listingNo)) return;
  const { state } = await office.settlement(listing.id);
  if (state !== 'returned') return;
  await office.payDisbursementAgain(listing.id);
  work.paidAgain.push(listing.listingNo);
}

/** When the bank's balances contradict our books too, its line is right and is posted; when they agree with us, the line was wrong. */
async function decideBreaks({ office }: World, today: BusinessDate, work: OperatorsWork): Promise<void> {
  for (const found of await office.breaks('open')) {
    const date = found.bankDate as BusinessDate;
    if (compareDates(addDays(date, PATIENCE_DAYS), today) > 0) continue;
    const [day] = await office.days(date, date);
    const decision = found.hasCorrection && (day?.differenceAccounts ?? 0) > 0 ? 'adjust' : 'close';
    await office.decideBreak(found.id, decision, REASONS[decision]);
    work.decided.push({ no: found.no, decision });
  }
}

const REASONS = {
  adjust: '银行流水与余额一致，以银行为准补记 the bank\u2019s line and balances agree: posted',
  close: '银行余额与本账一致，流水有误，不调账 the bank\u2019s balances agree with our books, its line was wrong: nothing to post',
} as const;
