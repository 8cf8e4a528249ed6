import { checkChain, defineFact, defineJob, registerChain, tell } from '#platform/queue';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

describe('facts and who follows them', () => {
  let db: TestDatabase;
  const limit = { rings: 1 };
  const run = () => Promise.resolve();
  const collect = defineJob({ name: 'chain.collect', lane: 'bank', limit, run });
  const report = defineJob({ name: 'chain.report', lane: 'reports', limit, run });
  const raised = defineFact('chain.raised', { zh: '满标', en: 'raised' });
  const closed = defineFact('chain.closed', { zh: '结清', en: 'closed' });

  beforeAll(async () => {
    db = await testDatabase();
    registerChain({ [raised]: [collect.name, report.name], [closed]: 'end' });
  });
  afterAll(() => db.close());

  const rows = () => db.work.read((tx) => tx.query('SELECT name, subject, unique_key, lane, payload FROM job ORDER BY name, unique_key'));

  it('writes a row for each subscriber and subject, in the transaction that tells', async () => {
    await db.work.run((tx) => tell(tx, raised, ['l1', { subject: 'l2', key: 'l2 second round' }], { round: 2 }));
    expect(await rows()).toEqual([
      { name: 'chain.collect', subject: 'l1', unique_key: 'l1', lane: 'bank', payload: { round: 2 } },
      { name: 'chain.collect', subject: 'l2', unique_key: 'l2 second round', lane: 'bank', payload: { round: 2 } },
      { name: 'chain.report', subject: 'l1', unique_key: 'l1', lane: 'reports', payload: { round: 2 } },
      { name: 'chain.report', subject: 'l2', unique_key: 'l2 second round', lane: 'reports', payload: { round: 2 } },
    ]);
  });

  it('writes none when the transaction is rolled back, none for an end, and none twice', async () => {
    const before = await rows();
    const rolledBack = db.work.run(async (tx) => {
      await tell(tx, raised, ['l9']);
      throw new RangeError('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await db.work.run((tx) => tell(tx, closed, ['l1']));
    await db.work.run((tx) => tell(tx, raised, ['l1']));
    expect(await rows()).toEqual(before);
  });

  it('refuses a fact that the chain does not know, and another chain', async () => {
    await expect(db.work.run((tx) => tell(tx, 'chain.unheard', ['l1']))).rejects.toThrow(/does not know it/);
    expect(() => registerChain({})).toThrow(/another chain/);
  });

  it('finds the chain of this process sound, and a missing handler not', () => {
    expect(() => checkChain([collect, report])).not.toThrow();
    expect(() => checkChain([collect])).toThrow('job chain.report has no handler');
  });
});
