import type pg from 'pg';
import { sessionOf, type Session } from './connection';

/** An open transaction of the cashier. What must happen in memory only when it is durable waits for `afterCommit`. */
export interface Tx extends Session {
  afterCommit(effect: () => void): void;
}

/**
 * The bank's only writer. Everything that changes the books goes through this one window, so that there is one order of things, no
 * deadlock and no lost update. People who queue while a transaction runs are served together in the next one (group commit); when one
 * of them stumbles, the transaction is rolled back and each is served alone, so that nobody sinks another's business.
 */
export interface Cashier {
  /** Runs `work` in a transaction and answers after its commit. `alone`: nobody else shares the transaction. */
  serve<Result>(work: (tx: Tx) => Promise<Result>, options?: { readonly alone?: boolean }): Promise<Result>;
  /** Waits until nobody is queueing. */
  idle(): Promise<void>;
}

const SERVED_TOGETHER = 64;

interface Customer {
  readonly alone: boolean;
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

export function openWindow(pool: pg.Pool): Cashier {
  const queue: Customer[] = [];
  let open: Promise<void> | undefined;

  async function serveQueue(): Promise<void> {
    while (queue.length > 0) await serveGroup(pool, nextGroup(queue));
    open = undefined;
  }

  return {
    serve: <Result>(work: (tx: Tx) => Promise<Result>, options: { readonly alone?: boolean } = {}): Promise<Result> =>
      new Promise<Result>((resolve, reject) => {
        queue.push({ alone: options.alone === true, work, resolve: (result) => resolve(result as Result), reject });
        // The window opens in the next microtask turn, so that requests of one burst stand together.
        open ??= Promise.resolve().then(serveQueue);
      }),
    idle: async () => {
      while (open !== undefined) await open;
    },
  };
}

function nextGroup(queue: Customer[]): Customer[] {
  const group: Customer[] = [];
  while (queue.length > 0 && group.length < SERVED_TOGETHER) {
    if (queue[0]!.alone && group.length > 0) break;
    const next = queue.shift()!;
    group.push(next);
    if (next.alone) break;
  }
  return group;
}

async function serveGroup(pool: pg.Pool, group: readonly Customer[]): Promise<void> {
  try {
    const results = await inTransaction(pool, group);
    group.forEach((customer, at) => customer.resolve(results[at]));
  } catch (reason) {
    if (group.length === 1) return group[0]!.reject(reason);
    for (const customer of group) await serveGroup(pool, [customer]);
  }
}

async function inTransaction(pool: pg.Pool, group: readonly Customer[]): Promise<unknown[]> {
  const client = await pool.connect();
  const effects: (() => void)[] = [];
  const tx: Tx = { ...sessionOf(client), afterCommit: (effect) => void effects.push(effect) };
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const results: unknown[] = [];
    for (const customer of group) results.push(await customer.work(tx));
    await client.query('commit');
    for (const effect of effects) effect();
    return results;
  } catch (reason) {
    await client.query('rollback').catch((error: Error) => (broken = error));
    throw reason;
  } finally {
    client.release(broken);
  }
}
