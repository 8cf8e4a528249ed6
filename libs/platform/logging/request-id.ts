import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string | undefined>();

/** Runs `fn` so that log lines, job rows and bank orders made inside carry this request id; undefined: none. */
export function withRequestId<T>(requestId: string | undefined, fn: () => T): T {
  return current.run(requestId, fn);
}

/** The request that this chain of calls serves, also across jobs; undefined outside of any. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}
