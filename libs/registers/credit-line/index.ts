export { lineFrozen, moveLine, readLine } from './credit-line';
export type { CreditLine, LineMove } from './credit-line';
