export { lineUsed } from './facts';
export { frozenFor, lineFrozen, moveLine } from './credit-line';
export type { CreditLine } from './credit-line';
export type { LineMove } from './line-move';
