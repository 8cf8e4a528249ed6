import { createHash } from 'node:crypto';

/** Chance that can be repeated: the same seed and the same words give the same number, whatever was asked before. */
export class Chance {
  constructor(private readonly seed: number) {}

  /** A number in [0, 1). */
  of(...words: readonly (string | number)[]): number {
    return (
      createHash('sha256')
        .update([this.seed, ...words].join('|'))
        .digest()
        .readUInt32BE(0) /
      2 ** 32
    );
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number, ...words: readonly (string | number)[]): number {
    return Math.floor(this.of(...words) * count);
  }

  /** One of several. */
  pick<Item>(items: readonly Item[], ...words: readonly (string | number)[]): Item {
    return items[this.below(items.length, ...words)]!;
  }

  /** The same items in an order by chance. */
  shuffled<Item>(items: readonly Item[], ...words: readonly (string | number)[]): Item[] {
    return items
      .map((item, index) => ({ item, at: this.of(...words, index) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
}
