import { addFen, fen, ZERO, type Fen } from '#kernel/money';
import type { Customer } from './customer';
import { inParallel } from './parallel';

/** Money that goes back to investors for one cause. */
export interface ReturnSum {
  readonly cause: string;
  readonly count: number;
  /** How many of them are back. */
  readonly done: number;
  readonly amount: Fen;
}

const ASKED_AT_ONCE = 8;

/** Adds up what every investor sees of his own orders: how much went back to him, and why. */
export async function sumReturns(investors: readonly Customer[]): Promise<ReturnSum[]> {
  const orders = (await inParallel(investors, ASKED_AT_ONCE, (investor) => investor.orders())).flat();
  const sums = new Map<string, ReturnSum>();
  for (const { amountFen, cause, state } of orders.flatMap((order) => order.returns)) {
    const { count, done, amount } = sums.get(cause) ?? { count: 0, done: 0, amount: ZERO };
    sums.set(cause, { cause, count: count + 1, done: done + (state === 'done' ? 1 : 0), amount: addFen(amount, fen(amountFen)) });
  }
  return [...sums.values()];
}
