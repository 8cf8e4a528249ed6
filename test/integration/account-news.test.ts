import { randomBytes } from 'node:crypto';
import type { AccountState, VerifiedNotice } from '#bank/port';
import { registerChain } from '#platform/queue';
import { connectBank, receiveNotice } from '#registers/bank-order';
import { accountMoved, accountNewsJob, admitCustomer, customerByNo, refreshEAccount, sealer } from '#registers/identity';
import type { Customer } from '#registers/identity';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { ScriptedBank } from '../support/scripted-bank';
import { JobTurns } from '../support/turns';

/** What the bank says of each account, and which of them is the customer's latest. */
const accounts = new Map<string, AccountState['status']>();
let latest: string | null = null;

describe('news about an e-account', () => {
  let db: TestDatabase;
  let turns: JobTurns;

  beforeAll(async () => {
    db = await testDatabase();
    turns = new JobTurns(db, [accountNewsJob]);
    registerChain({ [accountMoved]: 'end' });
    const account = (by: { customerNo: string } | { accountNo: string }): Promise<AccountState> => {
      const accountNo = 'accountNo' in by ? by.accountNo : latest;
      const status = accountNo === null ? 'NONE' : accounts.get(accountNo)!;
      return Promise.resolve({ accountNo, status, boundCard: null });
    };
    connectBank(Object.assign(new ScriptedBank(), { account }));
  });
  afterAll(() => db.close());

  const customer = (): Promise<Customer | undefined> => db.work.read((tx) => customerByNo(tx, 'C1'));
  const hears = async (notice: VerifiedNotice): Promise<void> => {
    await db.work.run((tx) => receiveNotice(tx, notice));
    await turns.live();
  };

  it('that is late, about one that he has closed, leaves him the one that he has opened since', async () => {
    const seals = sealer([{ id: 'test', key: randomBytes(32) }]);
    const { id } = await db.work.run((tx) => admitCustomer(tx, { customerNo: 'C1' }, seals));
    await db.work.run((tx) => refreshEAccount(tx, id, { accountNo: 'A1', status: 'ACTIVE', boundCard: null }));
    accounts.set('A1', 'CLOSED').set('A2', 'ACTIVE');
    latest = 'A2';
    await hears({ noticeNo: 'N2', kind: 'ACCOUNT_OPENED', body: { customerNo: 'C1', accountNo: 'A2' } });
    expect(await customer()).toMatchObject({ accountNo: 'A2', accountStatus: 'ACTIVE' });
    await hears({ noticeNo: 'N1', kind: 'ACCOUNT_CHANGED', body: { customerNo: 'C1', accountNo: 'A1', status: 'CLOSED' } });
    expect(await customer()).toMatchObject({ accountNo: 'A2', accountStatus: 'ACTIVE' });
  });

  it('that names no customer is about whoever has the account', async () => {
    accounts.set('A2', 'FROZEN');
    await hears({ noticeNo: 'N3', kind: 'JUDICIAL_FREEZE', body: { accountNo: 'A2' } });
    expect(await customer()).toMatchObject({ accountNo: 'A2', accountStatus: 'FROZEN' });
    await hears({ noticeNo: 'N4', kind: 'JUDICIAL_FREEZE', body: { accountNo: 'A9' } });
    expect(await turns.waiting()).toEqual([]);
  });
});
