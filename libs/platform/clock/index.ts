export { businessDate, businessInstant, lockDay, lockDayForCut, lockDayForCutAtOnce, startClock } from './business-clock';
export { wallClock } from './wall-clock';
export type { WallClock } from './wall-clock';
