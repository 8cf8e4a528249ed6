import type { BankSandbox } from '#bank/direct-adapter';
import type { BankPort } from '#bank/port';
import type { Work } from '#platform/database';

/** What the controllers are given. `sandbox` only where time is a test clock. */
export interface BackOfficePorts {
  readonly work: Work;
  readonly bank: BankPort;
  readonly sandbox?: BankSandbox;
}

/** Injection token of `BackOfficePorts`. */
export const PORTS = Symbol('BackOfficePorts');
