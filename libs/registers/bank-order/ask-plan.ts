/** Seconds between questions about an order that is unknown or accepted, for a bank whose settle window is 360 seconds; the last one repeats. */
const PLAN_SECONDS = [5, 15, 60, 370, 900, 3_600];
const PLANNED_FOR_WINDOW_SECONDS = 360;

/** However quick the bank is, its notice is quicker than a question: asked at once, every batch would be asked about twice. */
const LEAST_MS = 250;

/**
 * Milliseconds to wait before the next question. Scaled with the bank's settle window: a bank that decides in seconds is asked in seconds.
 * @param asks questions asked so far
 * @param settleWindowSeconds as the bank's capabilities say
 */
export function askPlan(asks: number, settleWindowSeconds: number): number {
  const seconds = PLAN_SECONDS[Math.min(asks, PLAN_SECONDS.length - 1)]!;
  return Math.max(LEAST_MS, Math.ceil((seconds * 1_000 * settleWindowSeconds) / PLANNED_FOR_WINDOW_SECONDS));
}
