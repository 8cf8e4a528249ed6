export { commandRefusals } from './command.refusals';
export { Bug, Fault, Outage, Refusal } from './faults';
export type { RefusalDetails } from './faults';
export { allRefusals, refusals, refusalText } from './refusals';
export type { RefusalKind, RefusalText } from './refusals';
