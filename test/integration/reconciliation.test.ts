import type { Fen } from '#kernel/money';
import { addDays, businessDate, publishedCalendar } from '#kernel/time';
import { dayStandings, startEndOfDay } from '#watch/reconciliation';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';

const yuan = (amount: number): Fen => BigInt(amount * 100) as Fen;

let days: PaperDays;

beforeAll(async () => {
  days = await PaperDays.open();
});
afterAll(() => days.db.close());
beforeEach(() => days.begin(yuan(1_000)));

describe('an end of day', () => {
  it('ends an idle day clean: cut, fetched, matched, proved, confirmed', async () => {
    days.bank.write(first, { balances: [{ accountNo: 'E1', kind: 'E' }] });
    await days.db.work.run((tx) => startEndOfDay(tx, first, publishedCalendar));
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(await days.standing(first)).toMatchObject({
      businessDay: 'closed',
      reconciliation: 'clean',
      breaks: 0n,
      provedAccounts: 1n,
      confirmedAs: 'CLEAN',
    });
    expect(await days.standing(addDays(first, 1))).toMatchObject({ businessDay: 'open', reconciliation: null });
    expect(days.bank.confirmed).toEqual(['TRANSACTIONS', 'BALANCES', 'CREDIT'].map((type) => `${first}_P0001_${type}_1.txt CLEAN`));
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(days.bank.confirmed).toHaveLength(3);
  });

  it('starts only for the open day, and refuses to open a year without a calendar', async () => {
    await expect(days.db.work.run((tx) => startEndOfDay(tx, addDays(first, 1), publishedCalendar))).rejects.toMatchObject({
      code: 'DAY_NOT_OPEN',
    });
    const last = businessDate('2026-12-31');
    await days.db.work.run(async (tx) => {
      await tx.execute('UPDATE business_clock SET business_date = $1 WHERE id = 1', [last]);
      await tx.execute('INSERT INTO business_day (business_date) VALUES ($1)', [last]);
      await tx.execute(`UPDATE business_day SET state = 'closed' WHERE business_date = $1`, [first]);
    });
    await expect(days.db.work.run((tx) => startEndOfDay(tx, last, publishedCalendar))).rejects.toMatchObject({ code: 'YEAR_NOT_LOADED' });
    await expect(days.endOfDay(last)).rejects.toMatchObject({ code: 'YEAR_NOT_LOADED' });
  });

  it('does not let the business date wait for a late file, and takes the days up in their order', async () => {
    const [second, third] = [addDays(first, 1), addDays(first, 2)];
    days.bank.write(second, {});
    expect(await days.endOfDay(first)).toContain('has not written the TRANSACTIONS file of 2024-03-01');
    expect(await days.standing(first)).toMatchObject({
      businessDay: 'fetching',
      reconciliation: 'waiting',
      waitingFor: expect.stringContaining('has not written'),
    });
    expect(await days.endOfDay(second)).toContain(first);
    expect(await days.standing(second)).toMatchObject({
      businessDay: 'fetching',
      waitingFor: expect.stringContaining(`${first} comes first`),
    });
    expect(await days.standing(third)).toMatchObject({ businessDay: 'open' });
    days.bank.write(first, {});
    expect(await days.endOfDay(second)).toBeUndefined();
    expect((await days.standing(first)).businessDay).toBe('closed');
    expect((await days.standing(second)).businessDay).toBe('closed');
    expect(await days.endOfDay(first)).toBeUndefined();
  });
});

describe('the mirror', () => {
  it('lets accounts enter with their opening, posts what customers did themselves, and proves it', async () => {
    days.bank.write(first, {
      transactions: [
        { kind: 'TOP_UP', toAccount: 'E1', amount: yuan(500) },
        { kind: 'OWN', fromAccount: 'E1', toAccount: 'E2', amount: yuan(20) },
        { kind: 'WITHDRAW', fromAccount: 'E1', amount: yuan(30) },
        { kind: 'WITHDRAW', fromAccount: 'E1', amount: yuan(9_999), status: 'FAILED', code: 'INSUFFICIENT_FUNDS' },
      ],
      balances: [
        { accountNo: 'E1', kind: 'E', opening: yuan(100), total: yuan(550), otherFrozen: yuan(5) },
        { accountNo: 'E2', kind: 'E', total: yuan(20) },
        { accountNo: 'B', kind: 'B', opening: yuan(-7), total: yuan(-7) },
      ],
    });
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(await days.breaks()).toEqual([]);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'clean', outside: 4n, lines: 4n, matched: 0n, provedAccounts: 3n });
    expect(await days.balanceOf('E1')).toBe(yuan(550));
    expect(await days.balanceOf('B')).toBe(yuan(-7));
    expect((await days.entries()).sort()).toEqual(
      [
        'OPENING OUTSIDE→E1 10000',
        'OUTSIDE_OUT B→OUTSIDE 700',
        'OUTSIDE_IN OUTSIDE→E1 50000',
        'OUTSIDE_OUT E1→OUTSIDE 2000',
        'OUTSIDE_IN OUTSIDE→E2 2000',
        'OUTSIDE_OUT E1→OUTSIDE 3000',
      ].sort(),
    );
  });

  it('names a balance that our books do not explain, once for as long as it stays, to the fen', async () => {
    days.bank.write(first, { balances: [{ accountNo: 'E1', kind: 'E' }] });
    days.bank.write(addDays(first, 1), { balances: [{ accountNo: 'E1', kind: 'E', total: 1n as Fen }] });
    days.bank.write(addDays(first, 2), { balances: [{ accountNo: 'E1', kind: 'E', opening: 1n as Fen, total: 1n as Fen }] });
    days.bank.write(addDays(first, 3), { balances: [{ accountNo: 'E1', kind: 'E' }] });
    for (let day = 0; day < 4; day += 1) await days.endOfDay(addDays(first, day));
    expect(await days.breaks()).toEqual(['2024-03-02 balance closed 1 not-found-again']);
    const results = await days.db.work.read((tx) => dayStandings(tx, first, addDays(first, 3)));
    expect(results.map((day) => day.reconciliation).reverse()).toEqual(['clean', 'open', 'open', 'clean']);
    expect(days.bank.confirmed.filter((line) => line.includes('BALANCES'))).toHaveLength(4);
  });
});
