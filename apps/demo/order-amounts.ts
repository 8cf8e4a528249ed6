import { fen, mulDiv, subtractFen, type Fen } from '#kernel/money';
import type { Chance } from './chance';

const FEN_OF_YUAN = 100n;

/** The amounts of so many orders: uneven, whole yuan but for the last, together the whole. Fewer orders when there are not that many yuan. */
export function orderAmounts(whole: Fen, orders: number, chance: Chance, word: string | number): Fen[] {
  const count = whole < orders * 100 ? 1 : orders;
  const weights = Array.from({ length: count }, (_, index) => BigInt(50 + chance.below(100, 'weight', word, index)));
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  const amounts: Fen[] = [];
  let left = whole;
  for (const [index, weight] of weights.entries()) {
    const share = index === count - 1 ? left : wholeYuan(mulDiv(whole, weight, all, 'floor'));
    amounts.push(share);
    left = subtractFen(left, share);
  }
  return amounts;
}

/** At least one yuan, without its fen. */
function wholeYuan(amount: Fen): Fen {
  const yuan = mulDiv(amount, 1n, FEN_OF_YUAN, 'floor');
  return fen((yuan > 0n ? yuan : 1n) * FEN_OF_YUAN);
}
