import { ENOUGH_TO_DROP, MAY_NOT_BE_COLLECTED, type Raise } from './raise-plan';
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
] as const;

/** How long the order that fills an overbooked listing takes at the bank, in milliseconds. */
const FILLING_TAKES_MS = 400;

/** Faults of the raises: holds of one listing with many orders, and the last hold of every overbooked one. */
export function faultsOfRaising(world: World, raises: readonly Raise[]): PlannedFault[] {
  const wanted = raises.filter(({ listing }) => listing.plan.conduct !== 'unwanted');
  const calm = wanted.filter(({ beyond }) => beyond.length === 0);
  const main = mostOrders(calm.length > 0 ? calm : wanted);
  return [
    ...(main === undefined ? [] : faultsOfHolds(world, main)),
    ...wanted.filter(({ beyond }) => beyond.length > 0).map((raise) => delayOfFilling(world, raise)),
  ];
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

function faultsOfHolds(world: World, { listing, orders }: Raise): PlannedFault[] {
  const targets = orders.slice(MAY_NOT_BE_COLLECTED + 1, -1);
  const seen = new Map<number, number>();
  return targets.slice(0, OF_HOLDS.length).map((order, index) => {
    const { says, ...fault } = OF_HOLDS[index]!;
    const nth = (seen.get(order.investor) ?? 0) + 1;
    seen.set(order.investor, nth);
    const accountNo = world.investors[order.investor]!.accountNo!;
    return { says, plan: { ...fault, service: 'holds/place', listingNo: listing.listingNo, accountNo, nth } };
  });
}

function delayOfFilling(world: World, { listing, orders }: Raise): PlannedFault {
  const filling = orders.at(-1)!;
  const nth = orders.filter((order) => order.investor === filling.investor).length;
  const accountNo = world.investors[filling.investor]!.accountNo!;
  return {
    says: `满标的一笔来得慢 the order that fills ${listing.listingNo} is slow`,
    plan: { kind: 'delay', service: 'holds/place', listingNo: listing.listingNo, accountNo, nth, delayMs: FILLING_TAKES_MS },
  };
}

function mostOrders(raises: readonly Raise[]): Raise | undefined {
  return raises.toSorted((a, b) => b.orders.length - a.orders.length)[0];
}
