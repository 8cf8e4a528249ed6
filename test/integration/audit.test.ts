import { withClient } from '#platform/database';
import { recordAct, recordActs } from '#registers/audit-log';
import { sealRecords, verifyAuditChain } from '#watch/audit';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

jest.setTimeout(60_000);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const act = (n: number) => ({
  who: `opr_${n % 3}`,
  act: 'listing.approve',
  subject: `lst_${n}`,
  details: { n, why: '因为' },
  requestId: `req_${n}`,
});
const seal = () => db.work.run((tx) => sealRecords(tx));
const verify = () => db.work.read((tx) => verifyAuditChain(tx));
const asOwner = (sql: string) => withClient(db.ownerUrl, (client) => client.query(sql));

describe('the audit log', () => {
  it('is sealed in batches, once, and then the chain holds', async () => {
    await db.work.run((tx) =>
      recordActs(
        tx,
        Array.from({ length: 4_500 }, (_, n) => act(n)),
      ),
    );
    expect(await seal()).toBe(4_500);
    expect(await seal()).toBe(0);
    await db.work.run((tx) => recordAct(tx, act(4_501)));
    expect(await seal()).toBe(1);
    expect(await verify()).toEqual({ examined: 4_501n, differences: [] });
  });

  it('is sealed by one sealer at a time', async () => {
    await db.work.run((tx) =>
      recordActs(
        tx,
        Array.from({ length: 100 }, (_, n) => act(n)),
      ),
    );
    const counts = [seal(), seal(), seal()];
    expect((await Promise.all(counts)).sort((a, b) => a - b)).toEqual([0, 0, 100]);
    expect((await verify()).differences).toEqual([]);
  });

  it('seals a record that was committed after one with a greater number', async () => {
    await asOwner(`SELECT setval(pg_get_serial_sequence('audit_record', 'id'), 10000)`);
    await db.work.run((tx) => recordAct(tx, act(1)));
    await seal();
    await asOwner(
      `INSERT INTO audit_record (id, who, act, subject, request_id) OVERRIDING SYSTEM VALUE VALUES (9000, 'late', 'listing.approve', 'lst_9', 'req_9')`,
    );
    expect(await seal()).toBe(1);
    expect((await verify()).differences).toEqual([]);
  });

  it('cannot be changed by the application, and names what its owner changes', async () => {
    for (const sql of [
      `UPDATE audit_record SET who = 'x' WHERE id = 1`,
      'DELETE FROM audit_record WHERE id = 1',
      'TRUNCATE audit_seal CASCADE',
    ]) {
      await expect(db.work.run((tx) => tx.execute(sql))).rejects.toThrow(/permission denied/);
    }
    await asOwner(`UPDATE audit_record SET details = '{"n": 2}' WHERE id = 1`);
    expect((await verify()).differences).toEqual(['audit record 1 was changed after it was sealed']);
    await asOwner('DELETE FROM audit_seal WHERE position = 3');
    expect((await verify()).differences).toEqual(['audit record 1 was changed after it was sealed', 'audit seal 3 is missing']);
    await asOwner(`UPDATE audit_record SET recorded_at = recorded_at - interval '2 minutes' WHERE id = 3`);
    expect((await verify()).differences).toContain('audit record 3 was not sealed within a minute');
  });
});
