import { Bug } from '#kernel/faults';
import type { Tx } from '#platform/database';
import type { By } from '#platform/transitions';
import type { BankOrder, BankOrderKind } from './bank-order';

/** Bank orders of one kind that were decided together. The rows are as they are after the move. */
export interface Decided {
  readonly outcome: 'done' | 'refused' | 'closed' | 'returned';
  readonly orders: readonly BankOrder[];
}

/** Moves the business in the transaction that moves the bank orders. Gets a set; posts nothing (the door posts), calls nobody. */
export type OutcomeHandler = (tx: Tx, decided: Decided, by: By) => Promise<void>;

const handlers = new Map<BankOrderKind, OutcomeHandler>();

/** Registers the one owner of a kind of bank order. */
export function onOutcome(kind: BankOrderKind, handler: OutcomeHandler): void {
  if (handlers.has(kind)) throw new Bug(`bank orders of kind ${kind} have two owners`);
  handlers.set(kind, handler);
}

/** The owner of a kind of bank order. @throws Bug where this process has none: the boot check looks before an order is decided */
export function handlerOf(kind: BankOrderKind): OutcomeHandler {
  const handler = handlers.get(kind);
  if (handler === undefined) throw new Bug(`bank orders of kind ${kind} have no owner in this process`);
  return handler;
}

/** Kinds that have an owner, for the boot check. */
export function ownedKinds(): readonly BankOrderKind[] {
  return [...handlers.keys()];
}
