import type { Investor } from '../people';
import type { Latency } from '../rates';

/** What the load is told, in this order: who the investors are, to begin, now and then to tell how it stands, to end. */
export type Word =
  { readonly investors: readonly Investor[] } | { readonly begin: Rush } | { readonly tell: 'news' } | { readonly tell: 'end' };

/** A crowd before the door of one listing. */
export interface Rush {
  readonly port: number;
  /** Public id of the listing. */
  readonly listing: string;
  readonly connections: number;
}

/** How it stands. */
export interface News {
  readonly admitted: number;
  readonly cancelled: number;
  /** The first answer that should have been another one. */
  readonly wrong: string | undefined;
}

/** What came of it, when everybody has gone home. */
export interface Outcome extends News {
  /** Answers by status and code. */
  readonly answers: Readonly<Record<string, number>>;
  /** Public ids of the orders that were acknowledged, and their sum in fen. */
  readonly acknowledged: readonly string[];
  readonly acknowledgedFen: number;
  /** When somebody was first told that it is sold out, in milliseconds since 1970, and how many orders had been admitted by then. */
  readonly soldOut: { readonly atMs: number; readonly orders: number } | undefined;
  readonly latency: {
    /** Orders until it was sold out, and after that. */
    readonly rush: Latency;
    readonly knocking: Latency;
    readonly cancelling: Latency;
  };
}
