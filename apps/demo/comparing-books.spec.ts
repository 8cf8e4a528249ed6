import { compareBooks } from './comparing-books';

const ledger = (accountNo: string, postedFen: number, pendingFen = 0) => ({ kind: 'E', accountNo, listingNo: '', postedFen, pendingFen });
const book = (accountNo: string, totalFen: number, heldFen = 0) => ({
  kind: 'E',
  accountNo,
  listingNo: '',
  customerNo: null,
  status: 'ACTIVE',
  availableFen: totalFen - heldFen,
  heldFen,
  totalFen,
});
const total = (postedFen: number, pendingFen = 0) => [{ kind: 'E', accounts: 2, postedFen, pendingFen, zh: '电子账户', en: 'e-account' }];

describe('the comparison of both books', () => {
  it('finds nothing when every account is the same to the fen', () => {
    const result = compareBooks([ledger('1', 100), ledger('2', 50, 10)], total(150, 10), [book('1', 100), book('2', 50, 10)]);
    expect(result.differences).toEqual([]);
    expect(result.compared).toBe(2);
  });

  it('names an account that differs by one fen, even where the sums agree', () => {
    const result = compareBooks([ledger('1', 100), ledger('2', 50)], total(150), [book('1', 101), book('2', 49)]);
    expect(result.differences.map((sentence) => sentence.slice(0, 4))).toEqual(['E 1 ', 'E 2 ']);
  });

  it('names what only we have, unless it is nothing', () => {
    expect(compareBooks([ledger('1', 0), ledger('2', 5)], total(5), []).differences[0]).toContain('only in our books');
  });

  it('counts accounts that the platform never met beside, not among, the compared ones', () => {
    const result = compareBooks([ledger('1', 100)], total(100), [book('1', 100), book('9', 7)]);
    expect(result.differences).toEqual([]);
    expect(result.strangers).toEqual({ accounts: 1, total: 7n });
  });
});
