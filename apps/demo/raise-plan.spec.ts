import * as fc from 'fast-check';
import { fen, ppmOf, sumFen } from '#kernel/money';
import type { Customer } from './customer';
import { Chance } from './chance';
import type { Conduct, ListingPlan } from './listing-plan';
import { planRaises, sureInvestors, wealthFor, type Raise } from './raise-plan';

const borrower = {} as Customer;

function planned(place: number, investors: number, conduct: Conduct = 'pays', yuan = 10_000, orders = 60): Raise {
  const row = { row: place, termMonths: 36, annualRatePpm: 70_000, amount: fen(yuan * 100), purpose: 'auto', investors: orders };
  const plan = { row: { ...row, outcome: 'Completed' }, place, conduct, overbookingPpm: place % 2 === 0 ? 60_000 : 0 } as ListingPlan;
  return planRaises([{ plan, borrower, id: `lst_${place}`, listingNo: `L${place}` }], investors, new Chance(1))[0]!;
}

describe('the plan of a raise', () => {
  it('fills a listing exactly, and an overbooked one but for a little', () => {
    const exact = planned(1, 20);
    expect(exact.end).toEqual([]);
    expect(sumFen(exact.orders.map(({ amount }) => amount))).toBe(1_000_000n);
    expect(sumFen(planned(2, 20).orders.map(({ amount }) => amount))).toBe(990_000n);
    expect(sumFen(planned(3, 20, 'unwanted').orders.map(({ amount }) => amount))).toBe(400_000n);
  });

  it('ends an overbooked listing by a part, and the next one by skipping', () => {
    expect(planned(4, 20).end).toMatchObject([{ amount: 20_000n, acceptsPart: true }]);
    expect(planned(6, 20).end).toMatchObject([
      { amount: 20_000n, acceptsPart: false },
      { amount: 10_000n, acceptsPart: false },
    ]);
  });

  it('never asks for more than overbooking allows, and everybody has what he will need', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1_000, max: 35_000 }), (place, investors, yuan) => {
        const raise = planned(place, investors, 'pays', yuan);
        const sum = sumFen([...raise.orders, ...raise.end.slice(0, 1)].map(({ amount }) => amount));
        const { row, overbookingPpm } = raise.listing.plan;
        expect(sum <= row.amount + ppmOf(row.amount, overbookingPpm, 'floor')).toBe(true);
        expect(sumFen(wealthFor([raise], investors))).toBe(sumFen([...raise.orders, ...raise.end].map(({ amount }) => amount)));
        expect(sureInvestors(raise).length).toBeGreaterThan(0);
      }),
    );
  });
});
