import { Bug } from '#kernel/faults';
import type { Tx } from '#platform/database';
import type { By } from '#platform/transitions';
import type { BankOrder, BankOrderKind } from './bank-order';
import { checkForeseen, purposes } from './purposes';
import type { BankOrderPurpose } from './purposes';

/** Bank orders of one owner that were decided together. The rows are as they are after the move. */
export interface Decided {
  readonly outcome: 'done' | 'refused' | 'closed' | 'returned';
  readonly orders: readonly BankOrder[];
}

/** Moves the business in the transaction that moves the bank orders. Gets a set; posts nothing (the door posts), calls nobody. */
export type OutcomeHandler = (tx: Tx, decided: Decided, by: By) => Promise<void>;

const handlers = new Map<string, OutcomeHandler>();

/** Registers the one owner of a kind of bank order, or of one purpose of it. */
export function onOutcome(kind: BankOrderKind, handler: OutcomeHandler, purpose: BankOrderPurpose = 'main'): void {
  if (purpose !== 'main') checkForeseen(kind, purpose);
  if (handlers.has(nameOf(kind, purpose))) throw new Bug(`bank orders of kind ${nameOf(kind, purpose)} have two owners`);
  handlers.set(nameOf(kind, purpose), handler);
}

/** The owner of bank orders. @throws Bug where this process has none: the boot check looks before an order is decided */
export function handlerOf({ kind, purpose }: Pick<BankOrder, 'kind' | 'purpose'>): OutcomeHandler {
  const handler = handlers.get(nameOf(kind, purpose));
  if (handler === undefined) throw new Bug(`bank orders of kind ${nameOf(kind, purpose)} have no owner in this process`);
  return handler;
}

/**
 * The boot check of a process that settles bank orders: every end that an order may have has its owner here.
 * @throws Bug naming those without
 */
export function checkOwners(): void {
  const ends = (Object.keys(purposes) as BankOrderKind[]).flatMap((kind) => purposes[kind].map((purpose) => nameOf(kind, purpose)));
  const missing = ends.filter((name) => !handlers.has(name));
  if (missing.length > 0) throw new Bug(`bank orders without an owner: ${missing.join(', ')}`);
}

function nameOf(kind: BankOrderKind, purpose: BankOrderPurpose): string {
  return purpose === 'main' ? kind : `${kind} (${purpose})`;
}
