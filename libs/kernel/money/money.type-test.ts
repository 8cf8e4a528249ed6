// What must not compile. Each line that is expected to fail does; `tsc --noEmit` fails as soon as one of them compiles.
import { addFen, fen, subtractFen, type Fen } from './index';

declare const a: Fen;
declare const b: Fen;

/** These compile. */
export const sum: Fen = addFen(a, b);
export const difference: Fen = subtractFen(a, b);
export const isMore: boolean = a > b;
export const asBigint: bigint = a;

// @ts-expect-error two amounts are added by addFen: `+` gives a bare bigint
export const bareSum: Fen = a + b;

// @ts-expect-error two amounts are subtracted by subtractFen
export const bareDifference: Fen = a - b;

// @ts-expect-error a division names its rounding: divideRounded, mulDiv
export const bareQuotient: Fen = a / 3n;

// @ts-expect-error a product is no amount: mulDiv
export const bareProduct: Fen = a * b;

// @ts-expect-error a bare bigint is no amount: fen() looks at it first
export const bare: Fen = 100n;

// @ts-expect-error a number is no amount
export const floating: Fen = 100;

// @ts-expect-error an amount is no number
export const asNumber: number = fen(100n);

// @ts-expect-error an amount and a number do not add up
export const mixed = a + 1;
