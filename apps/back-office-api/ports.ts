import type { BankSandbox } from '#bank/direct-adapter';
import type { BankPort } from '#bank/port';
import type { Work } from '#platform/database';
import type { Sealer } from '#registers/identity';

/** What the controllers are given. `sandbox` only where time is a test clock. */
export interface BackOfficePorts {
  readonly work: Work;
  readonly bank: BankPort;
  /** Opens personal data, for those who may see it and leave a trace. */
  readonly sealer: Sealer;
  readonly sandbox?: BankSandbox;
}

/** Injection token of `BackOfficePorts`. */
export const PORTS = Symbol('BackOfficePorts');
