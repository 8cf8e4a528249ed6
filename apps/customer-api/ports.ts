import type { BankPort } from '#bank/port';
import type { Admission } from '#journey/investment';
import type { Work } from '#platform/database';
import type { Logger } from '#platform/logging';
import type { CustomerSessions, Sealer, SignOn } from '#registers/identity';
import type { WatchLimits } from './progress/watching';

/** What the controllers are given; there is nothing else that they could reach. */
export interface CustomerApiPorts {
  readonly work: Work;
  readonly bank: BankPort;
  readonly admission: Pick<Admission, 'admit'>;
  readonly sessions: Pick<CustomerSessions, 'find'>;
  readonly sealer: Sealer;
  readonly sandbox: boolean;
  /** Where customers' browsers reach this api, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly signOn: () => SignOn;
  readonly log: Logger;
  /** What differs from the usual bounds of watching a raise. */
  readonly watching?: Partial<WatchLimits>;
}

/** Injection token of `CustomerApiPorts`. */
export const PORTS = Symbol('CustomerApiPorts');
