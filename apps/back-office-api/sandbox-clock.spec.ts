import { firstLookAfter } from './sandbox-clock';

describe('the first look at a day that ends', () => {
  it.each([
    ['of none before', Number.POSITIVE_INFINITY, 25],
    ['after a quick one', 50, 42.5],
    ['after one that was quicker than any', 10, 25],
    ['after a day on which the bank was silent for seconds: the next one need not be slow', 4_000, 60],
  ])('comes in time %s', (_, quickest, expected) => {
    expect(firstLookAfter(quickest)).toBe(expected);
  });
});
