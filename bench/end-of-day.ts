// The end of an empty day: cut, list, three downloads, load, match, prove, three confirmations, close, with 350 accounts in the mirror; against bare
// transactions that write the same rows. `node dist/bench/end-of-day.js [--json]`
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fen } from '#kernel/money';
import { addDays, businessDate, publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { startClock } from '#platform/clock';
import { migrate, openDatabase, ROLES, startEmbeddedPostgres } from '#platform/database';
import type { Work } from '#platform/database';
import { registerChain } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { connectReconciliation, endDayJob } from '#watch/reconciliation';
import { PaperBank } from '#watch/reconciliation/testing';
import { compare, report } from './rounds';

const ACCOUNTS = 350;
/** A day in one round, so that a round is long enough to be measured. */
const DAYS = 10;
const ROUNDS = 7;
/** The bare transactions ask no bank, check no file, compare no account. */
const GOAL = 4;
const FIRST = businessDate('2019-01-01');

async function main(): Promise<void> {
  const dataFolder = resolve('.data/bench-end-of-day');
  rmSync(dataFolder, { recursive: true, force: true });
  const server = await startEmbeddedPostgres({ dataFolder, databases: { platform: 'bench' } });
  try {
    await migrate({ ownerUrl: server.ownerUrl, appRole: ROLES.app, readRole: ROLES.read });
    const database = await openDatabase({ url: server.appUrl, poolSize: 4, applicationName: 'bench', role: 'app' });
    registerChain({ 'day.opened': 'end', 'day.closed': 'end' });
    await database.work.run((tx) => startClock(tx, FIRST, true));
    const days = new Days(database.work);
    const figure = `end of an empty day, ${ACCOUNTS} accounts, ${DAYS} days a round`;
    report([
      await compare(
        figure,
        { name: 'end of day', run: () => days.end(DAYS) },
        { name: 'bare transactions', run: () => days.bare(DAYS) },
        GOAL,
        ROUNDS,
      ),
    ]);
    await database.close();
  } finally {
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

class Days {
  private next: BusinessDate = FIRST;
  private readonly bank = new PaperBank();
  private bareDay = 0;

  constructor(private readonly work: Work) {
    connectReconciliation({
      bank: this.bank,
      platformNo: this.bank.platformNo,
      calendar: publishedCalendar,
      adjustmentLimit: fen(0n),
      temporaryFolder: resolve('.data'),
      lookAgain: { firstMs: 100, longestMs: 1_000 },
    });
  }

  async end(count: number): Promise<void> {
    for (let day = 0; day < count; day += 1) {
      const balances = Array.from({ length: ACCOUNTS }, (_, no) => ({ accountNo: `E${no}`, kind: 'E' as const }));
      this.bank.write(this.next, { balances });
      await endDayJob.run(this.call(this.next));
      this.next = addDays(this.next, 1);
    }
  }

  /** As many commits and rows as a day has, and nothing else. */
  async bare(count: number): Promise<void> {
    for (let day = 0; day < count; day += 1) {
      this.bareDay += 1;
      const date = addDays(businessDate('1990-01-01'), this.bareDay);
      await this.work.run((tx) => tx.execute('INSERT INTO business_day (business_date, state) VALUES ($1, $2)', [date, 'cutting']));
      await this.work.run(async (tx) => {
        await tx.execute(`UPDATE business_day SET state = 'fetching' WHERE business_date = $1`, [date]);
        await tx.execute('INSERT INTO reconciliation_day (bank_date, id, entries_at_cut) VALUES ($1, uuidv7(), 0)', [date]);
      });
      await this.work.run(async (tx) => {
        for (const type of ['TRANSACTIONS', 'BALANCES', 'CREDIT']) {
          await tx.execute(
            `INSERT INTO statement_file (id, bank_date, type, version, name, bytes, sha256) VALUES (uuidv7(), $1, $2, 1, $3, 1, repeat('0', 64))`,
            [date, type, `bare ${date} ${type}`],
          );
        }
        await tx.execute(
          `INSERT INTO statement_balance SELECT (SELECT id FROM statement_file WHERE name = $1), n, $2, 'E' || n, '', 'E', 0, 0, 0, 0, 0 FROM generate_series(1, $3::int) AS n`,
          [`bare ${date} BALANCES`, date, ACCOUNTS],
        );
      });
      for (const state of ['matching', 'proving', 'closed']) {
        await this.work.run((tx) => tx.execute('UPDATE business_day SET state = $2 WHERE business_date = $1', [date, state]));
      }
    }
  }

  private call(date: BusinessDate): JobCall {
    const silent = () => undefined;
    return {
      job: { id: 1n, name: endDayJob.name, subject: date, payload: {}, tries: 1, requestId: null },
      work: this.work,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      done: () => Promise.resolve(),
      again: (_tx, _dueAt, why) => {
        throw new Error(`the day ${date} waits: ${why}`);
      },
    };
  }
}

void main();
