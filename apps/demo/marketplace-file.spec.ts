import { candidates, readMarketplace } from './marketplace-file';

const HEAD = 'listing_number,created_on,grade,term_months,annual_rate,amount,purpose,investors,outcome';
const line = (no: number, months = 36): string => `${no},2014-02-27,A,${months},.092000,10000,home_improvement,${no},Current`;

describe('the marketplace file', () => {
  it('is read row by row: yuan become fen, rates millionths', () => {
    const [first] = readMarketplace(`${HEAD}\n193129,2007-08-26,C,36,.158000,9425,not_available,258,Completed\n`);
    expect(first).toEqual({
      row: 0,
      termMonths: 36,
      annualRatePpm: 158_000,
      amount: 942_500n,
      purpose: 'not_available',
      investors: 258,
      outcome: 'Completed',
    });
  });

  it('refuses a row that it cannot read, by its number', () => {
    expect(() => readMarketplace(`${HEAD}\n${line(1)}\n1,2014-02-27,A,36,.09,ten,x,1,Current`)).toThrow(/row 1 /);
  });

  it('offers rows 0, 110, 220 …, then 1, 111, …, each once, and no term that cannot be lived through', () => {
    const rows = readMarketplace([HEAD, ...Array.from({ length: 250 }, (_, index) => line(index, index === 110 ? 60 : 36))].join('\n'));
    const order = [...candidates(rows)].map(({ row }) => row);
    expect(order.slice(0, 5)).toEqual([0, 220, 1, 111, 221]);
    expect(new Set(order).size).toBe(249);
    expect(order).not.toContain(110);
  });
});
