import { tmpdir } from 'node:os';
import type { Fen } from '#kernel/money';
import { businessDate, publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import { registerChain } from '#platform/queue';
import type { Chain, JobCall, JobDefinition } from '#platform/queue';
import { breakStandings, connectReconciliation, dayStandings, endDayJob } from '#watch/reconciliation';
import type { DayStanding } from '#watch/reconciliation';
import { PaperBank } from '../../libs/watch/reconciliation/testing';
import { testDatabase } from './database';
import type { TestDatabase } from './database';

/** The first business date of these tests. */
export const FIRST_DAY = businessDate('2024-03-01');

/** Days that end against a bank of paper: a database of its own, emptied before each test. */
export class PaperDays {
  bank = new PaperBank();

  private constructor(readonly db: TestDatabase) {}

  /** @param chain nobody listens to a day, unless the test brings the chain of the installation by importing it */
  static async open(chain: Chain | 'imported' = { 'day.opened': 'end', 'day.closed': 'end' }): Promise<PaperDays> {
    if (chain !== 'imported') registerChain(chain);
    return new PaperDays(await testDatabase());
  }

  /** Empties the books and begins anew on the first day. */
  async begin(adjustmentLimit: Fen): Promise<void> {
    await withClient(this.db.ownerUrl, (client) => client.query(EMPTY));
    this.bank = new PaperBank();
    connectReconciliation({
      bank: this.bank,
      platformNo: this.bank.platformNo,
      calendar: publishedCalendar,
      adjustmentLimit,
      temporaryFolder: tmpdir(),
      lookAgain: { firstMs: 10, longestMs: 1_000 },
    });
    await this.db.work.run((tx) => startClock(tx, FIRST_DAY, true));
  }

  /** Runs the end of a day as a worker would. @returns what it waits for, if it does */
  endOfDay(date: BusinessDate): Promise<string | undefined> {
    return this.run(endDayJob, date);
  }

  /** Runs a job's handler once. @returns why it wants to be called again, if it does */
  async run(job: JobDefinition, subject: string, payload: Record<string, unknown> = {}): Promise<string | undefined> {
    let why: string | undefined;
    const silent = () => undefined;
    const call: JobCall = {
      job: { id: 1n, name: job.name, subject, payload, tries: 1, requestId: null },
      work: this.db.work,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      done: () => Promise.resolve(),
      again: (_tx, _dueAt, reason) => {
        why = reason;
        return Promise.resolve();
      },
    };
    await job.run(call);
    return why;
  }

  async standing(date: BusinessDate): Promise<DayStanding> {
    return (await this.db.work.read((tx) => dayStandings(tx, date, date)))[0]!;
  }

  /** Every break in the order in which it was found, as a line. */
  async breaks(): Promise<string[]> {
    const rows = await this.db.work.read((tx) => breakStandings(tx));
    return rows.reverse().map((found) => `${found.bankDate} ${found.kind} ${found.state} ${found.amountFen} ${found.rule ?? '-'}`);
  }

  rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.db.work.read((tx) => tx.query<Row>(sql, params));
  }

  /** Every entry in the order in which it was written, as a line. */
  async entries(): Promise<string[]> {
    const rows = await this.rows<{ text: string }>(
      `SELECT e.kind || ' ' || d.account_no || '→' || c.account_no || ' ' || e.amount_fen AS text FROM ledger_entry e
       JOIN ledger_account d ON d.id = e.debit_account_id JOIN ledger_account c ON c.id = e.credit_account_id ORDER BY e.id`,
    );
    return rows.map((row) => row.text);
  }

  async balanceOf(accountNo: string, listingNo = ''): Promise<bigint | undefined> {
    const rows = await this.rows<{ posted_fen: bigint }>(
      'SELECT posted_fen FROM ledger_account WHERE account_no = $1 AND listing_no = $2',
      [accountNo, listingNo],
    );
    return rows[0]?.posted_fen;
  }
}

/** Everything that a day can leave behind. */
const EMPTY = `TRUNCATE business_clock, business_day, reconciliation_day, reconciliation_break, statement_file, statement_line, statement_balance, statement_credit,
  ledger_account, ledger_entry, ledger_pending, bank_order, bank_notice, customer, listing, command, audit_record, proposal, move, job CASCADE`;
