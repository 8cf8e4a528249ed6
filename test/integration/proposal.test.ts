import { startClock } from '#platform/clock';
import { businessDate } from '#kernel/time';
import type { Uuid } from '#kernel/ids';
import {
  expireOverdueProposals,
  expireProposals,
  openProposals,
  propose,
  readProposal,
  rejectProposal,
  takeProposal,
} from '#registers/proposal';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { withClient } from '#platform/database';

describe('what one person proposes and another approves', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await db.work.run((tx) => startClock(tx, businessDate('2024-01-02'), true));
  });
  beforeEach(() => withClient(db.superuserUrl, (client) => client.query('TRUNCATE proposal, move')));
  afterAll(() => db.close());

  const draft = { kind: 'test.change', subject: 's1', payload: { b: [1, 'x'], a: { amountFen: 5 } }, reason: 'because', maker: 'opr_1' };
  const make = (): Promise<Uuid> => db.work.run((tx) => propose(tx, draft));
  const take = (id: Uuid, who: string): Promise<unknown> => db.work.run((tx) => takeProposal(tx, id, who));

  it('is executed as it was proposed, by another person, once', async () => {
    const id = await make();
    await expect(take(id, 'opr_1')).rejects.toMatchObject({ code: 'CHECKER_IS_MAKER' });
    const ends = await Promise.allSettled([take(id, 'opr_2'), take(id, 'opr_3')]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(take(id, 'opr_4')).rejects.toMatchObject({ code: 'PROPOSAL_NOT_OPEN' });
    expect(await db.work.run((tx) => readProposal(tx, id))).toMatchObject({ state: 'executed', payload: draft.payload });
    expect(await db.work.run((tx) => openProposals(tx))).toEqual([]);
  });

  it('is not executed when its payload is another than what was proposed', async () => {
    const id = await make();
    await withClient(db.ownerUrl, (client) => client.query(`UPDATE proposal SET payload = '{"a": {"amountFen": 6}}'`));
    await expect(take(id, 'opr_2')).rejects.toThrow('is not what was proposed');
    expect(await db.work.run((tx) => readProposal(tx, id))).toMatchObject({ state: 'proposed', checker: null });
  });

  it('is void when nobody approved it in time, and is refused until somebody has said so', async () => {
    const id = await make();
    expect(await db.work.run((tx) => expireProposals(tx, draft.kind, ['s1'], 'system', true))).toEqual([]);
    await withClient(db.ownerUrl, (client) => client.query(`UPDATE proposal SET expires_at = now()`));
    await expect(take(id, 'opr_2')).rejects.toMatchObject({ code: 'PROPOSAL_NOT_OPEN' });
    expect(await db.work.run((tx) => expireProposals(tx, draft.kind, ['s1', 's2'], 'system', true))).toEqual(['s1']);
    expect(await db.work.run((tx) => readProposal(tx, id))).toMatchObject({ state: 'expired' });
  });

  it('is not shown when it is void: a hundred dead ones hide no living one, and each day ends them', async () => {
    const dead: Uuid[] = [];
    for (let n = 0; n < 100; n += 1) dead.push(await make());
    await withClient(db.ownerUrl, (client) => client.query(`UPDATE proposal SET expires_at = now()`));
    const living = await make();
    expect((await db.work.run((tx) => openProposals(tx))).map(({ id }) => id)).toEqual([living]);
    const ended = await db.work.run((tx) => expireOverdueProposals(tx));
    expect(ended.map(({ id }) => id).toSorted()).toEqual(dead.toSorted());
    expect(await db.work.run((tx) => readProposal(tx, dead[0]!))).toMatchObject({ state: 'expired' });
    expect(await db.work.run((tx) => expireOverdueProposals(tx))).toEqual([]);
    expect((await db.work.run((tx) => openProposals(tx))).map(({ id }) => id)).toEqual([living]);
  });

  it('can be rejected by another person, and is gone when what it is about is gone', async () => {
    const [first, second] = [await make(), await make()];
    await expect(db.work.run((tx) => rejectProposal(tx, first, 'opr_1'))).rejects.toMatchObject({ code: 'CHECKER_IS_MAKER' });
    await db.work.run((tx) => rejectProposal(tx, first, 'opr_2'));
    expect(await db.work.run((tx) => expireProposals(tx, draft.kind, ['s1'], 'system'))).toEqual(['s1']);
    expect(await db.work.run((tx) => readProposal(tx, second))).toMatchObject({ state: 'expired' });
  });

  it('ends once, and never as a bug, when it is approved and expires at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await make();
      const expire = db.work.run((tx) => expireProposals(tx, draft.kind, ['s1'], 'system'));
      const [taken, expired] = await Promise.allSettled([take(id, 'opr_2'), expire]);
      expect(expired.status).toBe('fulfilled');
      if (taken.status === 'rejected') expect(taken.reason).toMatchObject({ code: 'PROPOSAL_NOT_OPEN' });
    }
    expect(await db.work.run((tx) => tx.query('SELECT 1 FROM move'))).toHaveLength(10);
  });
});
