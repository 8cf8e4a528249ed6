export { lineFrozen, moveLine, readLine } from './credit-line';
export type { CreditLine } from './credit-line';
export type { LineMove } from './line-move';
