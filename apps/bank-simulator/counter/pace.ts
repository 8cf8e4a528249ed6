/** Lets so many requests a second pass, bursts of one second included. */
export interface Pace {
  allows(): boolean;
}

export function pace(requestsPerSecond: number): Pace {
  let left = requestsPerSecond;
  let last = Date.now();
  return {
    allows: () => {
      const now = Date.now();
      left = Math.min(requestsPerSecond, left + ((now - last) / 1000) * requestsPerSecond);
      last = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
