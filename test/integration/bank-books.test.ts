import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compareWithBank } from '#watch/invariants';
import { readBank } from '../../apps/command-line/bank-books';
import { testDatabase, type TestDatabase } from '../support/database';

// An enterprise has paid 5.00 into the repayment account of L1, and a customer has drawn 3.00, since the last statement: nobody has told us yet.
const MOVEMENTS = [
  { bankSerialNo: 'B1', fromAccount: 'W', toAccount: 'R', listingNo: 'L1', amountFen: 500 },
  { bankSerialNo: 'B2', fromAccount: 'E1', toAccount: 'W', listingNo: '', amountFen: 300 },
].map((movement) => ({ ...movement, requestNo: '', moves: true, status: 'SUCCEEDED' }));
const ACCOUNTS = [
  { accountNo: 'R', listingNo: 'L1', kind: 'R', totalFen: 500 },
  { accountNo: 'R', listingNo: 'L2', kind: 'R', totalFen: 0 },
  { accountNo: 'E1', listingNo: '', kind: 'E', totalFen: -300 },
  { accountNo: 'W', listingNo: '', kind: 'W', totalFen: -200 },
].map((account) => ({ ...account, heldFen: 0 }));

const books = createServer((request, response) =>
  response.end(JSON.stringify((request.url ?? '').includes('movements=1') ? { movements: MOVEMENTS, next: null } : { accounts: ACCOUNTS })),
);
let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
  books.listen(0, '127.0.0.1');
  await once(books, 'listening');
});
afterAll(async () => {
  books.close();
  await db.close();
});

it('what came into an account that is kept per listing is counted for its listing', async () => {
  const bank = await readBank(`http://127.0.0.1:${(books.address() as AddressInfo).port}`, db.work);
  expect([...bank.since].filter(([part]) => !part.startsWith('W'))).toEqual([
    ['R/L1', 500n],
    ['E1/', -300n],
  ]);
  const finding = await db.work.read((tx) => compareWithBank(tx, bank.accounts, bank.since));
  expect(finding).toEqual({ examined: 3n, differences: [] });
});
