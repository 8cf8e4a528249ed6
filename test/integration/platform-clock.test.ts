import { addDays, businessDate, businessDateOf } from '#kernel/time';
import {
  businessDate as dateOf,
  businessInstant,
  lockDay,
  lockDayForCut,
  lockDayForCutAtOnce,
  startClock,
  wallClock,
} from '#platform/clock';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { until } from '../support/until';

// Real servers and processes: slow on a busy machine, and then still right.

const first = businessDate('2024-02-28');
let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const backendsThatWait = async (): Promise<number> => {
  const sql = `SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = $1)`;
  const [row] = await db.work.read((tx) => tx.query<{ n: bigint }>(sql, [db.name]));
  return Number(row?.n);
};

it('has no business day before the first one was opened, and says what to do', async () => {
  await expect(db.work.run((tx) => lockDay(tx))).rejects.toThrow('set INITIAL_BUSINESS_DATE and run "rongqiao migrate"');
  expect(await db.work.run((tx) => startClock(tx, undefined, true))).toBeUndefined();
});

it('opens the first day once', async () => {
  expect(await db.work.run((tx) => startClock(tx, first, true))).toBe(first);
  expect(await db.work.run((tx) => startClock(tx, addDays(first, 9), true))).toBe(first);
  const days = await db.work.read((tx) => tx.query('SELECT business_date, state FROM business_day'));
  expect(days).toEqual([{ business_date: first, state: 'open' }]);
});

it('does not let a sandbox become production', async () => {
  await expect(db.work.run((tx) => startClock(tx, first, false))).rejects.toThrow('belongs to a sandbox and cannot become production');
});

it('tells the real time of day on the business date in the sandbox', async () => {
  const instant = await db.work.read((tx) => businessInstant(tx));
  expect(businessDateOf(instant)).toBe(first);
  const sinceMidnight = (date: Date): number => (date.getTime() + 8 * 3_600_000) % 86_400_000;
  const off = Math.abs(sinceMidnight(wallClock.now()) - sinceMidnight(instant));
  expect(Math.min(off, 86_400_000 - off)).toBeLessThan(60_000);
});

it('money transactions hold the day together, and the cut waits for them', async () => {
  const [held, release] = gate();
  const [locked, tellLocked] = gate();
  const money = db.work.run(async (tx) => {
    await lockDay(tx);
    tellLocked();
    await held;
    return dateOf(tx);
  });
  await locked;
  const cut = db.work.run(async (tx) => {
    const today = await lockDayForCut(tx);
    await tx.execute('UPDATE business_clock SET business_date = $1 WHERE id = 1', [addDays(today, 1)]);
  });
  await until('the cut waits', async () => (await backendsThatWait()) === 1);
  const late = db.work.run((tx) => lockDay(tx));
  await until('a late transaction waits behind the cut', async () => (await backendsThatWait()) === 2);
  release();
  expect(await money).toBe(first);
  await cut;
  // It waited for the cut, so it must see the new day: the date is read in the statement after the lock.
  expect(await late).toBe('2024-02-29');
});

it('a cut that does not wait is told when somebody works on the day', async () => {
  const [held, release] = gate();
  const [locked, tellLocked] = gate();
  const money = db.work.run(async (tx) => {
    await lockDay(tx);
    tellLocked();
    await held;
  });
  await locked;
  const atOnce = () => db.work.run((tx) => lockDayForCutAtOnce(tx));
  expect(await atOnce()).toBeUndefined();
  release();
  await money;
  expect(await atOnce()).toBe('2024-02-29');
});

function gate(): [Promise<void>, () => void] {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [promise, open];
}
