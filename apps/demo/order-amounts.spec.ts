import * as fc from 'fast-check';
import { fen, sumFen } from '#kernel/money';
import { Chance } from './chance';
import { orderAmounts } from './order-amounts';

describe('the amounts of the orders of a listing', () => {
  it('add up to the whole, each at least a yuan, as many as wanted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 800 }), fc.integer({ min: 3, max: 5_000 }), fc.integer(), (orders, yuanEach, seed) => {
        const whole = fen(orders * yuanEach * 100);
        const amounts = orderAmounts(whole, orders, new Chance(seed), 'listing');
        expect(sumFen(amounts)).toBe(whole);
        expect(amounts).toHaveLength(orders);
        expect(amounts.every((amount) => amount >= 100n)).toBe(true);
      }),
    );
  });

  it('are one order when there are not that many yuan', () => {
    expect(orderAmounts(fen(500), 6, new Chance(1), 'small')).toEqual([500n]);
  });

  it('are the same for the same seed, and others for another one', () => {
    const amounts = (seed: number): bigint[] => orderAmounts(fen(1_000_000), 12, new Chance(seed), 'listing');
    expect(amounts(7)).toEqual(amounts(7));
    expect(amounts(7)).not.toEqual(amounts(8));
  });
});
