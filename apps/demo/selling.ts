import { fenToJson, mulDiv } from '#kernel/money';
import { addDays, businessDate } from '#kernel/time';
import type { Answer } from './http-client';
import { sentenceOf } from './http-client';
import type { OfficeListing } from './back-office';
import type { Customer } from './customer';
import type { ListingPlan } from './listing-plan';
import { until } from './parallel';
import type { LiveListing, RefusedListing, World } from './world';

/** Days for which a raise is open at most. */
export const RAISE_DAYS = 6;

const CREDIT_LIMIT_MS = 30_000;
const OPENING_LIMIT_MS = 30_000;
const MANDATE_UNTIL = businessDate('2030-12-31');

/** Brings one candidate from the borrower's application to its opening, or to the refusal of the gate. */
export async function bringToSale(world: World, plan: ListingPlan, borrower: Customer): Promise<LiveListing | RefusedListing> {
  const { office } = world;
  const { row } = plan;
  await borrower.signMandate('REPAY', mulDiv(row.amount, 3n, 1n, 'ceiling'), MANDATE_UNTIL);
  const { listingId } = await borrower.apply({
    kind: plan.kind,
    amountFen: fenToJson(row.amount),
    annualRatePpm: row.annualRatePpm,
    termMonths: row.termMonths,
    method: plan.method,
    purpose: row.purpose,
  });
  await until(`授信结论 the credit decision of row ${row.row}`, CREDIT_LIMIT_MS, () => inState(world, listingId, ['in_review']));
  await office.setTerms(listingId, termsOf(world, plan));
  const first = await office.review(listingId, 1, 'approve', '资料齐全 the file is complete');
  if (!first.ok) return refusedBy(world, plan, listingId, first);
  const second = await office.review(listingId, 2, 'approve', '同意上架 may be sold');
  if (!second.ok) return refusedBy(world, plan, listingId, second);
  const opened = await until(`开标 the opening of row ${row.row}`, OPENING_LIMIT_MS, () => inState(world, listingId, ['raising']));
  return { plan, borrower, id: listingId, listingNo: opened.listingNo };
}

export function isRefused(listing: LiveListing | RefusedListing): listing is RefusedListing {
  return 'worstAprPpm' in listing;
}

function termsOf({ firstDay, institutionId }: World, plan: ListingPlan): object {
  return {
    opensAt: `${firstDay}T00:00:00.000+08:00`,
    deadline: addDays(firstDay, RAISE_DAYS),
    dayCount: '30/360',
    workingDays: plan.workingDays,
    minimumOrderFen: 100,
    stepFen: 1,
    minimumRaisePpm: 800_000,
    minimumAfterDropsPpm: 500_000,
    overbookingPpm: plan.overbookingPpm,
    dropPolicy: 'drop',
    guaranteeMode: plan.guarantee,
    institutionId,
    premiumPpm: plan.premiumPpm,
    premiumReturn: 'by_days',
    serviceFeePpm: plan.serviceFeePpm,
    feeReturn: 'by_days',
    graceDays: 3,
  };
}

/** The gate names the worst day and its cost; the reviewer then rejects the listing, which frees the borrower's credit line. */
async function refusedBy(
  world: World,
  plan: ListingPlan,
  listingId: string,
  answer: Extract<Answer<OfficeListing>, { ok: false }>,
): Promise<RefusedListing> {
  const { code, details } = answer.problem;
  if (code !== 'LISTING_COST_ABOVE_CAP' || details === undefined) {
    throw new Error(
      `第 ${plan.row.row} 行未获通过，原因不是成本 row ${plan.row.row} was refused, and not for its cost: ${sentenceOf(answer.problem)}`,
    );
  }
  const rejected = await world.office.review(listingId, 1, 'reject', '综合成本超过上限 the all-in cost is above the cap');
  if (!rejected.ok) throw new Error(`驳回失败 the rejection was refused: ${sentenceOf(rejected.problem)}`);
  return {
    row: plan.row.row,
    annualRatePpm: plan.row.annualRatePpm,
    capPpm: Number(details['capPpm']),
    worstAprPpm: Number(details['worstAprPpm']),
    worstKind: String(details['worstKind']),
    worstDate: String(details['worstDate']),
  };
}

async function inState({ office }: World, id: string, states: readonly string[]): Promise<OfficeListing | undefined> {
  const listing = await office.listing(id);
  if (states.includes(listing.state)) return listing;
  if (['declined', 'rejected', 'withdrawn', 'failed'].includes(listing.state))
    throw new Error(`标的 listing ${listing.listingNo} 为 is ${listing.state}`);
  return undefined;
}
