import type { Uuid } from '#kernel/ids';
import type { Latency } from '../rates';

/** An investor as the load knows him: the token behind his cookie. */
export interface Investor {
  readonly customerId: Uuid;
  readonly token: string;
}

/** What the answers must be: nobody decides, the door decides, or the door decides about a listing that sells out meanwhile. */
export type Decision = 'constant' | 'door' | 'door of a small listing';

/** One round of load: so many connections, spread over the ports, each with one request on its way, for so long. */
export interface Shot {
  readonly ports: readonly number[];
  readonly connections: number;
  readonly seconds: number;
  /** GET of this path; without it orders are sent. */
  readonly path?: string;
  /** Public id of the listing that is ordered from. */
  readonly listing: string;
  readonly decision: Decision;
}

/** What came back. `perSecond` counts the answers within the time; the other counts include those that were on their way when it ended. */
export interface Hit {
  readonly perSecond: number;
  readonly latency: Latency;
  /** Orders that were acknowledged for the first time, and their sum in fen. */
  readonly admitted: number;
  readonly admittedFen: number;
  readonly replayed: number;
  readonly refused: number;
  /** The first answer that should have been another one. */
  readonly wrong: string | undefined;
  /** Of one core, by the process that made the load. */
  readonly loadCpu: number;
}

/** Fields of an order's terms that the load plays with; amounts in fen. */
export const TERMS = { minimum: 10_000, step: 1_000, cap: 100_000_000 } as const;
