import type { BankOrder } from './bank-order';
import type { Decision } from './door';

const OPEN: readonly string[] = ['created', 'sent', 'accepted', 'unknown'];

/**
 * Ids of orders about which a word decides more than themselves: the word about a batch as a whole is a word about its items. An item's own word is not.
 */
export function decidedAsWhole(decisions: readonly Decision[]): readonly Decision['id'][] {
  return decisions
    .filter(({ outcome }) => !('itemNo' in outcome) && ['done', 'refused', 'closed'].includes(outcome.kind))
    .map(({ id }) => id);
}

/**
 * What a word about a batch says about its items, whoever said it. Refused or closed: nothing in it ran, every item has the same fate. Done: the bank has
 * been through it, but what became of each item is still to be asked, so the batch is only accepted until the last item is decided.
 * @param orders the batches and all their items that are open, locked
 */
export function withItems(orders: ReadonlyMap<BankOrder['id'], BankOrder>, decisions: readonly Decision[]): readonly Decision[] {
  const isBatch = ({ id }: Decision): boolean => orders.get(id)?.kind === 'BATCH' && OPEN.includes(orders.get(id)!.state);
  if (!decisions.some(isBatch)) return decisions;
  const openItems = new Map<BankOrder['id'], BankOrder[]>();
  for (const order of orders.values()) {
    if (order.parent_id === null || !OPEN.includes(order.state)) continue;
    const items = openItems.get(order.parent_id);
    if (items === undefined) openItems.set(order.parent_id, [order]);
    else items.push(order);
  }
  const named = new Set(decisions.filter(({ outcome }) => outcome.kind === 'done' || outcome.kind === 'refused').map(({ id }) => id));
  return decisions.flatMap((decision) => {
    const { id, outcome } = decision;
    const untold = isBatch(decision) ? (openItems.get(id) ?? []).filter((item) => !named.has(item.id)) : [];
    if (untold.length === 0) return [decision];
    if (outcome.kind === 'done') return [{ id, outcome: { kind: 'accepted' as const } }];
    if (outcome.kind === 'closed') return [decision, ...untold.map((item) => ({ id: item.id, outcome }))];
    if (outcome.kind !== 'refused') return [decision];
    // A serial names one movement; the batch's own, if the bank gave one, is none of its items'.
    const { serial: _serial, ...refused } = outcome;
    return [decision, ...untold.map((item) => ({ id: item.id, outcome: refused }))];
  });
}
