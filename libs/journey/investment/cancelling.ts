import { lockListing } from '#journey/listing';
import type { ListingState } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import { giveQuotaBack } from './freezing';
import { recountGap } from './gap';
import { investmentOrderLifecycle } from './investment.lifecycle';
import { investmentRefusals } from './investment.refusals';
import type { InvestmentOrder } from './investment';
import { oweReturns } from './owing';

const cancel = declareTransition(investmentOrderLifecycle, 'cancel');

/**
 * A customer takes a frozen order back while the listing is raising: its quota is free at once, its money is given back by the bank.
 * @throws Refusal ORDER_NOT_FOUND; ORDER_STATE with its reason in both languages, also while the bank has not said whether the money is frozen
 */
export async function cancelOrder(tx: Tx, orderId: Uuid, customerId: Uuid): Promise<void> {
  await lockDay(tx);
  const found = await orderOf(tx, orderId, customerId);
  const listing = await lockListing(tx, found.listing_id);
  const by = { cause: 'cancelled', who: customerId, alreadyMoved: 'skip' } as const;
  const [order] = listing.state === 'raising' ? await move<InvestmentOrder>(tx, cancel, [{ id: orderId }], by) : [];
  if (order === undefined) throw notNow((await orderOf(tx, orderId, customerId)).state, listing.state);
  await giveQuotaBack(tx, listing.id, [order], true);
  await recountGap(tx, listing, { cause: 'cancelled', who: customerId });
  await oweReturns(tx, listing, [{ order, amount: order.amount_fen }], 'cancelled');
}

async function orderOf(tx: Tx, orderId: Uuid, customerId: Uuid): Promise<InvestmentOrder> {
  const [order] = await tx.query<InvestmentOrder>('SELECT * FROM investment_order WHERE id = $1 AND customer_id = $2', [
    orderId,
    customerId,
  ]);
  if (order === undefined) throw new Refusal(investmentRefusals.ORDER_NOT_FOUND);
  return order;
}

function notNow(state: InvestmentOrder['state'], listing: ListingState): Refusal {
  return new Refusal(investmentRefusals.ORDER_STATE, { state, reason: reasonOf(state, listing) });
}

function reasonOf(state: InvestmentOrder['state'], listing: ListingState): string {
  if (state === 'admitted' || state === 'freezing')
    return '银行尚未答复是否已冻结,冻结成功后才能撤单 / the bank has not said yet whether the money is frozen: cancel the order once it is';
  if (state === 'refused' || state === 'cancelled')
    return '订单已经结束,没有可撤的资金 / the order has ended, there is nothing to take back';
  if (state === 'frozen' && listing === 'raised')
    return '募集已截止,正在分配,不能撤单 / the door is closed and the raise is being allocated: too late to cancel';
  return '募集已经结束,不能撤单 / the raise is over: an order can be cancelled only while it goes on';
}
