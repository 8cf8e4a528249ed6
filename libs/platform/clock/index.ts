export { businessDate, businessInstant, lockDay, lockDayForCut, startClock } from './business-clock';
export { wallClock } from './wall-clock';
export type { WallClock } from './wall-clock';
