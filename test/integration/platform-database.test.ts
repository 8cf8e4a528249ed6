import { Bug, Outage } from '#kernel/faults';
import { GroupCommitter, openDatabase, refuseInsideTransaction, sqlState, violatedConstraint, withClient } from '#platform/database';
import type { Tx } from '#platform/database';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

// Real servers and processes: slow on a busy machine, and then still right.

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
  const owner = await db.open({ role: 'owner' });
  await owner.work.run((tx) => tx.execute('CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL)'));
});
afterAll(() => db.close());

const one = async <Row>(tx: Tx, sql: string, params: readonly unknown[] = []): Promise<Row> => {
  const [row] = await tx.query<Row>(sql, params);
  if (row === undefined) throw new Error('no row');
  return row;
};

describe('values on the way in and out', () => {
  it('keeps int8 as bigint, days and numerics as text and instants as Date, in arrays too', async () => {
    const row = await db.work.read((tx) =>
      one<object>(
        tx,
        `SELECT $1::int8 AS int8, $2::int8[] AS int8s, $3::date AS day, $4::date[] AS days, 1.50::numeric AS number, ARRAY[0.10] AS numbers,
                $5::timestamptz AS instant, $6::jsonb AS json, $7::text[] AS texts, count(*) AS count, 7::int4 AS int4`,
        [
          9_007_199_254_740_993n,
          [1n, null, -9_007_199_254_740_993n],
          '2026-02-28',
          ['2026-02-28', '2028-02-29'],
          new Date('2026-11-22T01:02:03.004Z'),
          JSON.stringify({ a: [1] }),
          ['a"b', '{,}', '融桥', '\\'],
        ],
      ),
    );
    expect(row).toEqual({
      int8: 9_007_199_254_740_993n,
      int8s: [1n, null, -9_007_199_254_740_993n],
      day: '2026-02-28',
      days: ['2026-02-28', '2028-02-29'],
      number: '1.50',
      numbers: ['0.10'],
      instant: new Date('2026-11-22T01:02:03.004Z'),
      json: { a: [1] },
      texts: ['a"b', '{,}', '融桥', '\\'],
      count: 1n,
      int4: 7,
    });
  });

  it('takes sets as arrays', async () => {
    const id = '0190b6f0-0000-7000-8000-000000000000';
    const rows = await db.work.read((tx) =>
      tx.query('SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::date[]) AS set(id, fen, day)', [
        [id, id],
        [1n, 2n],
        ['2026-01-01', null],
      ]),
    );
    expect(rows).toEqual([
      { id, fen: 1n, day: '2026-01-01' },
      { id, fen: 2n, day: null },
    ]);
  });
});

describe('a run', () => {
  it('goes on with every connection of its pool when a migration has added a column to what it reads', async () => {
    const owner = await db.open({ role: 'owner' });
    await owner.work.run((tx) =>
      tx.execute('CREATE TABLE widened (id int PRIMARY KEY); INSERT INTO widened VALUES (1); GRANT SELECT ON widened TO PUBLIC'),
    );
    const READ = 'SELECT * FROM widened WHERE id = $1';
    const everyConnection = async (): Promise<object[]> => {
      let together!: () => void;
      const all = new Promise<void>((resolve) => (together = resolve));
      let begun = 0;
      const rows = Array.from({ length: 4 }, () =>
        db.work.run(async (tx) => {
          const row = await one<object>(tx, READ, [1]);
          begun += 1;
          if (begun >= 4) together();
          await all;
          return row;
        }),
      );
      return Promise.all(rows);
    };
    expect(await everyConnection()).toEqual(Array(4).fill({ id: 1 }));
    await owner.work.run((tx) => tx.execute('ALTER TABLE widened ADD COLUMN note text'));
    expect(await everyConnection()).toEqual(Array(4).fill({ id: 1, note: null }));
    await owner.work.run((tx) => tx.execute('ALTER TABLE widened ADD COLUMN more text'));
    expect(await db.work.once(READ, [1])).toEqual([{ id: 1, note: null, more: null }]);
  });

  it('commits, counts the rows it changed, and rolls back what throws', async () => {
    const changed = await db.work.run((tx) => tx.execute(`INSERT INTO counter VALUES ('a', 1), ('b', 2)`));
    expect(changed).toBe(2);
    await expect(
      db.work.run(async (tx) => {
        await tx.execute(`UPDATE counter SET value = 99 WHERE name = 'a'`);
        throw new Bug('thrown by the test');
      }),
    ).rejects.toThrow('thrown by the test');
    const rows = await db.work.read((tx) => tx.query('SELECT value FROM counter ORDER BY name'));
    expect(rows).toEqual([{ value: 1n }, { value: 2n }]);
  });

  it('inside a run is a Bug, and so is a call to the outside', async () => {
    await expect(db.work.run(() => db.work.run(async () => undefined))).rejects.toThrow(Bug);
    await expect(db.work.run(async () => refuseInsideTransaction('the bank'))).rejects.toThrow('the bank was called inside');
    expect(() => refuseInsideTransaction('the bank')).not.toThrow();
  });

  it('calls back after the commit only, outside of the transaction', async () => {
    const calls: string[] = [];
    await db.work.run(async (tx) => {
      tx.afterCommit(() => {
        refuseInsideTransaction('a callback');
        calls.push('committed');
      });
      expect(calls).toEqual([]);
    });
    await expect(
      db.work.run(async (tx) => {
        tx.afterCommit(() => calls.push('never'));
        throw new Bug('rolled back');
      }),
    ).rejects.toThrow(Bug);
    expect(calls).toEqual(['committed']);
  });

  it('is repeated after a deadlock, so that both end well', async () => {
    await db.work.run((tx) => tx.execute(`INSERT INTO counter VALUES ('x', 0), ('y', 0)`));
    const arrived = [deferred(), deferred()];
    let attempts = 0;
    const crossing = (me: number, first: string, second: string): Promise<void> =>
      db.work.run(async (tx) => {
        attempts += 1;
        await tx.execute('UPDATE counter SET value = value + 1 WHERE name = $1', [first]);
        arrived[me]?.resolve();
        await arrived[1 - me]?.promise;
        await tx.execute('UPDATE counter SET value = value + 1 WHERE name = $1', [second]);
      });
    await Promise.all([crossing(0, 'x', 'y'), crossing(1, 'y', 'x')]);
    const rows = await db.work.read((tx) => tx.query(`SELECT value FROM counter WHERE name IN ('x', 'y')`));
    expect(rows).toEqual([{ value: 2n }, { value: 2n }]);
    expect(attempts).toBe(3);
  });

  it('tells a broken constraint by its name, and does not repeat it', async () => {
    let attempts = 0;
    const error: unknown = await db.work
      .run(async (tx) => {
        attempts += 1;
        await tx.execute(`INSERT INTO counter VALUES ('a', 5)`);
      })
      .catch((caught: unknown) => caught);
    expect([sqlState(error), violatedConstraint(error), attempts]).toEqual(['23505', 'counter_pkey', 1]);
  });

  it('whose connection is cut is an Outage, and the pool recovers', async () => {
    await expect(
      db.work.run(async (tx) => {
        await tx.execute(`UPDATE counter SET value = 77 WHERE name = 'a'`);
        const { pid } = await one<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
        await terminate(pid);
        await tx.query('SELECT 1');
      }),
    ).rejects.toThrow(Outage);
    const rows = await db.work.read((tx) => tx.query('SELECT FROM counter WHERE value = 77'));
    expect(rows).toEqual([]);
  });

  it('says so when the end of a COMMIT is not known', async () => {
    await expect(
      db.work.run(async (tx) => {
        const { pid } = await one<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
        await terminate(pid);
      }),
    ).rejects.toThrow(/not known whether/);
  });
});

describe('a read', () => {
  it('sees one snapshot and cannot write', async () => {
    const count = 'SELECT count(*) AS n FROM counter';
    await db.work.read(async (tx) => {
      const before = await one<{ n: bigint }>(tx, count);
      await withClient(db.ownerUrl, (client) => client.query(`INSERT INTO counter VALUES ('later', 1)`));
      expect(await one(tx, count)).toEqual(before);
    });
    const writing = db.work.read((tx) => tx.execute(`UPDATE counter SET value = 0 WHERE name = 'a'`));
    await expect(writing).rejects.toThrow('read-only transaction');
  });

  it('whose statement failed does not pass as committed when the error was swallowed', async () => {
    const swallowing = db.work.run((tx) => tx.query('SELECT 1 / 0').catch(() => []));
    await expect(swallowing).rejects.toThrow('nothing was committed');
  });
});

describe('a listener', () => {
  it('hears, and after a lost connection says that something may have been missed', async () => {
    const heard: (string | undefined)[] = [];
    let wake = deferred();
    const listening = await db.database.listen('bell', (payload) => {
      heard.push(payload);
      wake.resolve();
    });
    await db.work.run((tx) => tx.query(`SELECT pg_notify('bell', 'one')`));
    await wake.promise;
    wake = deferred();
    const rows = await db.work.read((tx) =>
      tx.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [`${db.name}-listen`]),
    );
    await terminate(rows[0]?.pid ?? 0);
    await wake.promise;
    wake = deferred();
    await db.work.run((tx) => tx.query(`SELECT pg_notify('bell', 'two')`));
    await wake.promise;
    expect(heard).toEqual(['one', undefined, 'two']);
    await listening.stop();
  });
});

describe('boot checks', () => {
  const opening = (url: string, poolSize = 2): Promise<unknown> =>
    openDatabase({ url, poolSize, applicationName: 'worker', role: 'app' }).then((database) => database.close());

  it('refuse the owner, a superuser, a pool that does not fit and a schema that is behind', async () => {
    await expect(opening(db.ownerUrl)).rejects.toThrow('worker does not start: its role owns tables, connect as rongqiao_app');
    await expect(opening(db.superuserUrl)).rejects.toThrow('its role is a superuser');
    await expect(opening(db.appUrl, 500)).rejects.toThrow('raise max_connections');
    await expect(opening(db.bankUrl)).rejects.toThrow(/the schema is behind \(0001.*run "rongqiao migrate" first/);
    await expect(opening('postgresql://nobody:x@127.0.0.1:1/none')).rejects.toThrow('PostgreSQL does not answer');
  });

  it('let a database run that is ahead of this build', async () => {
    const owner = await db.open({ role: 'owner' });
    await owner.work.run((tx) => tx.execute(`INSERT INTO schema_migration (name, sha256) VALUES ('9999-later.sql', repeat('0', 64))`));
    await expect(opening(db.appUrl)).resolves.toBeUndefined();
  });

  it('see that the application cannot change the list of migrations, or empty a table', async () => {
    await expect(db.work.run((tx) => tx.execute(`UPDATE schema_migration SET name = name WHERE name = '9999-later.sql'`))).rejects.toThrow(
      'permission denied',
    );
    await expect(db.work.run((tx) => tx.execute('TRUNCATE schema_migration'))).rejects.toThrow('permission denied');
  });
});

describe('group commit on a real row', () => {
  it('locks the row once per batch and loses nothing', async () => {
    await db.work.run((tx) => tx.execute(`INSERT INTO counter VALUES ('hot', 0)`));
    let batches = 0;
    const committer = new GroupCommitter<bigint, bigint>({
      key: () => 'hot',
      commit: (items) =>
        db.work.run(async (tx) => {
          batches += 1;
          const sum = items.reduce((total, item) => total + item, 0n);
          const { value } = await one<{ value: bigint }>(tx, `UPDATE counter SET value = value + $1 WHERE name = 'hot' RETURNING value`, [
            sum,
          ]);
          return { results: items.map(() => value) };
        }),
    });
    await Promise.all(Array.from({ length: 500 }, (_, index) => committer.submit(BigInt(index))));
    const { value } = await db.work.read((tx) => one<{ value: bigint }>(tx, `SELECT value FROM counter WHERE name = 'hot'`));
    expect(value).toBe(124_750n);
    expect(batches).toBeLessThan(10);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Ends a backend as an administrator would; on a connection of its own, since it is called inside a run as well. */
async function terminate(pid: number): Promise<void> {
  await withClient(db.superuserUrl, (client) => client.query('SELECT pg_terminate_backend($1, 5000)', [pid]));
}
