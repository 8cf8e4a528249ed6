import type { Uuid } from '#kernel/ids';
import type { Customer, ListingDraft, RaiseWorld } from './raise-world';

/** Terms of a listing behind an insurer: premium 1 %, fee 0.5 %. */
export function insuredBy(insurer: { readonly id: Uuid }) {
  return { guarantee_mode: 'insured', institution_id: insurer.id, premium_ppm: 10_000n, service_fee_ppm: 5_000n } as const;
}

/**
 * ¥10,000.00 over three months at 7 %, premium ¥100.00, fee ¥50.00: the borrower is sent ¥9,850.00. The first lends ¥6,000.00, the second ¥4,000.00. Sold, not lived on.
 */
export async function soldToTwo(
  world: RaiseWorld,
  insurer: { readonly id: Uuid },
  [first, second]: readonly [Customer, Customer],
  draft: ListingDraft = {},
) {
  const listing = await world.listing({ ...insuredBy(insurer), ...draft });
  await world.invest(listing, first, 600_000n);
  await world.invest(listing, second, 400_000n);
  return listing;
}
