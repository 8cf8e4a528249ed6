export { addFen, fen, isPositive, maxFen, minFen, subtractFen, sumFen, ZERO } from './fen';
export type { Fen } from './fen';
export { divideRounded, mulDiv, ppmOf } from './rounding';
export type { Rounding } from './rounding';
export { fenFromJson, fenToJson, formatYuan, parseYuan, positiveFenFromJson } from './borders';
export { moneyRefusals } from './money.refusals';
export { split, splitter } from './split';
export type { Splitter } from './split';
