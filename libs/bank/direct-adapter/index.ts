export { createDirectBank } from './direct-bank';
export type { DirectBank, DirectBankOptions } from './direct-bank';
export type { BankAlarm } from './channel';
export { createBankSandbox } from './sandbox';
export type { BankSandbox, SandboxClock } from './sandbox';
