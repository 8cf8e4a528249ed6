export { OPERATOR_NAMES } from './back-office';
export type { OperatorName, Passwords } from './back-office';
export type { ClosingAccount } from './closing-account';
export { runDemo } from './run-demo';
export type { DemoOptions } from './run-demo';
export { progressOn, seconds } from './progress';
export type { Progress } from './progress';
export { describeAccount } from './account-text';
