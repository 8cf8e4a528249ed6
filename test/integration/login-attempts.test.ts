import { forgetAttemptsJob, keepLoginAttempt, newToken } from '#registers/identity';
import { startTimetable } from '../../apps/timetable';
import { testDatabase, type TestDatabase } from '../support/database';
import { TestQueue } from '../support/jobs';
import { until } from '../support/until';

let db: TestDatabase;
let queue: TestQueue;

beforeAll(async () => {
  db = await testDatabase();
  queue = await TestQueue.open(db, 'postgres');
});
afterAll(async () => {
  await queue.rest();
  await db.close();
});

const begin = async (count: number): Promise<string[]> => {
  const states = Array.from({ length: count }, newToken);
  await db.work.run(async (tx) => {
    for (const state of states) await keepLoginAttempt(tx, { state, nonce: newToken(), codeVerifier: newToken() }, 'browser');
  });
  return states;
};
const kept = async (): Promise<string[]> =>
  (await db.work.read((tx) => tx.query<{ state: string }>('SELECT state FROM login_attempt ORDER BY state'))).map(({ state }) => state);

describe('an attempt to log in', () => {
  it('that is over, finished or not, is forgotten by the clock, and no other one', async () => {
    const over = await begin(3);
    const living = await begin(2);
    await db.work.run((tx) =>
      tx.execute(
        `UPDATE login_attempt SET expires_at = clock_timestamp() - interval '1 second', used_at = CASE state WHEN $2 THEN clock_timestamp() END
         WHERE state = ANY ($1::text[])`,
        [over, over[0]],
      ),
    );
    await queue.worker({ definitions: [forgetAttemptsJob], lanes: ['reports'] });
    const errors: unknown[] = [];
    const timetable = startTimetable(db.work, { dayCut: '23:00' }, true, (error) => errors.push(error));
    try {
      await until('those that are over are gone', async () => (await kept()).length === living.length);
    } finally {
      timetable.stop();
    }
    expect(await kept()).toEqual(living.toSorted());
    expect(errors).toEqual([]);
  });

  it('cannot be deleted before', async () => {
    const [state] = await begin(1);
    const deleting = db.work.run((tx) => tx.execute('DELETE FROM login_attempt WHERE state = $1', [state]));
    await expect(deleting).rejects.toThrow('has not expired yet');
  });
});
