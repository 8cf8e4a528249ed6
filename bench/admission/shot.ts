import type { Latency } from '../rates';
import type { Decision } from '../wishes';

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
