/** Real time: for signatures, tokens, sessions, leases and retries. The sandbox's clock never moves it. */
export interface WallClock {
  now(): Date;
}

/** The clock of this machine; the only reader of it outside of tests. */
export const wallClock: WallClock = { now: () => new Date() };
