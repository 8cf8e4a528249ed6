import { lockListing } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { guaranteePayer } from '#registers/guarantee';
import { feeAccount, lockSettlement } from './reading';
import { transferOut } from './paying';
import type { Reclaim } from './reclaim';
import type { Settlement } from './settlement';
import { settlementRefusals } from './settlement.refusals';

/** Where a settlement may stand when something of premium or fee lies in D that it had paid. */
const OVER: readonly Settlement['state'][] = ['disbursing', 'settled', 'returned'];

/**
 * Pays again what had come back of premium or fee, under a new bank order. The bank may refuse it once the loan runs: then it stays in D, and can be handed on to the
 * borrower.
 * @throws Refusal SETTLEMENT_NOT_FOUND, SETTLEMENT_STATE, NOTHING_CAME_BACK, SETTLEMENT_BANK_ORDER_OPEN
 */
export async function payReturnedAgain(tx: Tx, listingId: Uuid, source: Reclaim['source']): Promise<void> {
  await lockDay(tx);
  const listing = await lockListing(tx, listingId);
  const settlement = await lockSettlement(tx, listingId);
  if (!OVER.includes(settlement.state)) throw new Refusal(settlementRefusals.SETTLEMENT_STATE, { state: settlement.state });
  const missing = fen(settlement[`${source}_fen`] - settlement[`${source}_paid_fen`]);
  if (missing === 0n) throw new Refusal(settlementRefusals.NOTHING_CAME_BACK);
  const kind = source === 'premium' ? 'PREMIUM' : 'FEE';
  const [open] = await tx.query(
    `SELECT 1 FROM bank_order WHERE listing_id = $1 AND kind = $2 AND state IN ('created', 'sent', 'accepted', 'unknown')`,
    [listingId, kind],
  );
  if (open !== undefined) throw new Refusal(settlementRefusals.SETTLEMENT_BANK_ORDER_OPEN);
  const payee = source === 'premium' ? await guaranteePayer(tx, 'insured', listing.institution_id) : await feeAccount(tx);
  await transferOut(tx, listing, settlement, kind, payee, missing);
}
