import { saleOf } from '#journey/listing';
import type { Listing, SoldListing } from '#journey/listing';
import { publicId } from '#kernel/ids';
import { fen, fenToJson } from '#kernel/money';
import { instant } from '#kernel/time';

/** A listing as customers see it; amounts in fen, rates and shares in millionths. */
export function listingAnswer(listing: SoldListing): object {
  const { status, boughtPpm, remaining } = saleOf(listing, listing.business_date);
  return {
    id: publicId('lst', listing.id),
    no: Number(listing.no),
    state: listing.state,
    kind: listing.kind,
    purpose: listing.purpose,
    sale: status,
    amountFen: fenToJson(fen(listing.amount_fen)),
    soldFen: fenToJson(fen(listing.taken_fen ?? 0n)),
    boughtPpm,
    remainingFen: fenToJson(remaining),
    annualRatePpm: Number(listing.annual_rate_ppm),
    termMonths: listing.term_months,
    termDays: listing.term_days,
    method: listing.method,
    opensAt: listing.opens_at === null ? null : instant(listing.opens_at),
    deadline: listing.deadline,
    minimumOrderFen: fenToJson(fen(listing.minimum_order_fen)),
    stepFen: fenToJson(fen(listing.step_fen)),
    investorCapFen: listing.investor_cap_fen === null ? null : fenToJson(fen(listing.investor_cap_fen)),
    guarantee: guaranteeSentence(listing),
  };
}

/** Who pays when the borrower does not, from which day, and what if he cannot: said with every listing, never called a promise that it is not. */
function guaranteeSentence(listing: Listing): object {
  const insured = listing.guarantee_mode === 'insured';
  const days = listing.grace_days;
  return {
    mode: listing.guarantee_mode,
    zh: `借款人逾期超过宽限期(${days} 天)后的下一工作日,由${insured ? '保险/担保机构' : '银行'}在剩余保障额度内垫付当期应付本息;若垫付方未能支付,该期逾期并继续催收。`,
    en: `If the borrower is late, on the working day after ${days} days of grace ${insured ? 'the insurer or guarantor' : 'the bank'} pays what is due, up to the cover left; if it cannot, the instalment is overdue and collection goes on.`,
  };
}
