import { ENOUGH_TO_DROP, MAY_NOT_BE_COLLECTED, type PlannedOrder, type Raise } from './raise-plan';
import type { PlannedFault } from './planned-fault';
import type { World } from './world';

/** What may happen to a hold: each to another order of one listing, aimed at the account that is charged. */
const OF_HOLDS = [
  { kind: 'drop_answer', says: '冻结应答丢失 the answer to a freeze is lost' },
  { kind: 'busy', says: '冻结时银行忙 the bank is busy' },
  { kind: 'answer_500', acted: true, says: '冻结成功但答 500 the freeze is done and answered 500' },
  { kind: 'processing_then_success', delayMs: 300, says: '冻结处理中 the freeze is in progress for a while' },
  { kind: 'answer_500', acted: false, says: '冻结未做且答 500 nothing is done and answered 500' },
  { kind: 'drop_request', says: '冻结请求丢失 the request of a freeze is lost' },
  {
    kind: 'processing_then_failure',
    delayMs: 200,
    code: 'LIMIT_EXCEEDED',
    says: '冻结被拒，额度由他人补上 the freeze is refused in the end, somebody else fills the gap',
  },
  { kind: 'delay', delayMs: 400, says: '冻结应答迟缓 the bank takes its time over a freeze' },
] as const;

/** Faults of holds by the order whose hold they strike: orders of one listing with many. */
export function faultsOfHolds(world: World, raises: readonly Raise[]): ReadonlyMap<PlannedOrder, PlannedFault> {
  const wanted = raises.filter(({ listing }) => listing.plan.conduct !== 'unwanted');
  const calm = wanted.filter(({ end }) => end.length === 0);
  const main = mostOrders(calm.length > 0 ? calm : wanted);
  return new Map(main === undefined ? [] : severalOf(world, main));
}

/** The listing whose disbursement comes back, and the one of whose orders one cannot be collected. */
export function troubledRaises(raises: readonly Raise[]): { readonly comesBack: Raise | undefined; readonly drops: Raise | undefined } {
  const wanted = raises.filter(({ listing }) => listing.plan.conduct !== 'unwanted');
  const drops = mostOrders(wanted.filter(({ orders }) => orders.length >= ENOUGH_TO_DROP));
  return { comesBack: wanted.find((raise) => raise !== drops) ?? wanted[0], drops };
}

/** The borrower's bank sends the money back two days later. */
export function faultOfReturn({ listing }: Raise): PlannedFault {
  const { listingNo } = listing;
  return {
    says: `放款退回 the disbursement of ${listingNo} comes back`,
    plan: { kind: 'return_transfer', service: 'transfers/submit', transactionKind: 'DISBURSE', listingNo, days: 2 },
  };
}

/** One item of the collection fails, aimed at the order's number. */
export function faultOfCollection({ listing }: Raise, orderNo: number): PlannedFault {
  const { listingNo } = listing;
  return {
    says: `归集失败一笔 order ${orderNo} of ${listingNo} cannot be collected`,
    plan: {
      kind: 'fail_item',
      service: 'batches/submit',
      transactionKind: 'COLLECT',
      listingNo,
      orderNo: String(orderNo),
      code: 'JUDICIAL_FREEZE',
    },
  };
}

/** Each aims at the next hold of its account for the listing: it is planned when its order is placed, while no other order of the account is open there. */
function severalOf({ investors }: World, { listing: { listingNo }, orders }: Raise): (readonly [PlannedOrder, PlannedFault])[] {
  const targets = orders.slice(MAY_NOT_BE_COLLECTED + 1, MAY_NOT_BE_COLLECTED + 1 + OF_HOLDS.length);
  return targets.map((order, index) => {
    const { says, ...fault } = OF_HOLDS[index]!;
    const accountNo = investors[order.investor]!.accountNo!;
    return [order, { says, plan: { ...fault, service: 'holds/place', listingNo, accountNo } }];
  });
}

function mostOrders(raises: readonly Raise[]): Raise | undefined {
  return raises.toSorted((a, b) => b.orders.length - a.orders.length)[0];
}
