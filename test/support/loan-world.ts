import type { BankPort } from '#bank/port';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { businessDate, instantOn } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { repaymentJobs } from '#journey/repayment';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import { defineJob, enqueue, registerChain } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { connectBank, settle } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { testDatabase } from './database';
import type { TestDatabase } from './database';
import { keptLog } from './jobs';

/** What the bank says about an order: done, nothing yet, or refused with a code. */
export type BankAnswer = 'done' | 'wait' | { readonly refused: string };
export type Bank = (order: BankOrder & { readonly from_no: string; readonly to_no: string }) => BankAnswer;

/** A settled listing that waits for its loan to start. */
export interface LoanTerms {
  readonly valueDate?: string;
  readonly months?: number;
  readonly annualRatePpm?: number;
  readonly method?: 'equal_instalments' | 'interest_first';
  /** What each investor paid, in fen. */
  readonly principals?: readonly bigint[];
  readonly mode?: 'insured' | 'channel';
  readonly cover?: bigint;
  readonly financed?: boolean;
}

export interface Loan {
  readonly listingId: Uuid;
  readonly borrowerId: Uuid;
  readonly borrowerAccountNo: string;
  readonly investors: readonly { readonly id: Uuid; readonly accountNo: string }[];
}

/** A Tuesday in a year whose holidays are published. */
const FIRST_DAY = businessDate('2024-01-02');

const ends = ['started', 'repaid', 'cleared'].map((fact) =>
  defineJob({ name: `witness.${fact}`, lane: 'reports', limit: { rings: 1 }, run: (call) => call.work.run((tx) => call.done(tx)) }),
);

/**
 * A world of loans on a real database, in which a test plays the bank: it decides every bank order, and the platform's own jobs run in between, in the order
 * of their rows. Days pass one by one.
 */
export class LoanWorld {
  private serial = 0;
  private date = FIRST_DAY;

  private constructor(readonly db: TestDatabase) {}

  static async open(): Promise<LoanWorld> {
    registerChain(Object.fromEntries(ends.map((job) => [job.name.replace('witness', 'loan'), [job.name]])));
    const accounts = { disbursement: 'D1', repayment: 'R1', advance: 'B1', suspense: 'S1', fee: 'F1', marketing: 'M1' };
    connectBank({ capabilities: { accounts, batchLimit: 1_000 } } as unknown as BankPort);
    return new LoanWorld(await testDatabase());
  }

  /** An empty world on its first day. One database serves all stories of a suite. */
  async begin(): Promise<void> {
    this.date = FIRST_DAY;
    await withClient(this.db.superuserUrl, (client) =>
      client.query(`TRUNCATE customer, institution, ledger_account, bank_order, job, move, business_clock, business_day CASCADE`),
    );
    await this.db.work.run((tx) => startClock(tx, FIRST_DAY, true));
  }

  close(): Promise<void> {
    return this.db.close();
  }

  rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.db.work.run((tx) => tx.query<Row>(sql, params));
  }

  /** A listing as its settlement leaves it, and the loan that starts from it. */
  async lend(terms: LoanTerms = {}): Promise<Loan> {
    const loan = await this.settled(terms);
    await this.db.work.run((tx) => enqueue(tx, [{ name: 'repayment.start', subject: loan.listingId }]));
    await this.jobs();
    return loan;
  }

  /** Opens the days up to a date, each with its scan; the bank answers until nothing is left to do. */
  async until(date: string, bank: Bank): Promise<void> {
    while (this.date < date) {
      const [row] = await this.rows<{ next: BusinessDate }>(
        'UPDATE business_clock SET business_date = business_date + 1 RETURNING business_date AS next',
      );
      this.date = row!.next;
      await this.scan();
      await this.live(bank);
    }
  }

  /** The scan of the present day. */
  async scan(): Promise<void> {
    await this.db.work.run((tx) => enqueue(tx, [{ name: 'repayment.scan', subject: this.date }]));
    await this.jobs();
  }

  /** Lets jobs run and the bank answer in turn until both are quiet. */
  async live(bank: Bank): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await this.jobs();
      if ((await this.answer(bank)) === 0) return;
    }
    throw new Error('the bank was asked twenty times and there is still no end');
  }

  /** The bank answers everything that is open. @returns how many orders it decided */
  async answer(bank: Bank): Promise<number> {
    const open = await this.rows<Parameters<Bank>[0]>(
      `SELECT o.*, d.account_no AS from_no, c.account_no AS to_no FROM bank_order o LEFT JOIN ledger_account d ON d.id = o.debit_account_id
       LEFT JOIN ledger_account c ON c.id = o.credit_account_id WHERE o.state IN ('created', 'sent', 'accepted', 'unknown') AND o.kind <> 'BATCH' ORDER BY o.id`,
    );
    const decided = open.map((order) => ({ order, answer: bank(order) })).filter(({ answer }) => answer !== 'wait');
    await this.db.work.run((tx) =>
      settle(
        tx,
        decided.map(({ order, answer }) => ({ id: order.id, outcome: this.outcome(answer) })),
        'answer',
        'system',
      ),
    );
    return decided.length;
  }

  /** Runs the jobs of this step that are due, until none is left. */
  async jobs(): Promise<void> {
    for (;;) {
      const waiting = await this.rows<{ id: bigint; name: string; subject: string; payload: Record<string, unknown> | null }>(
        `SELECT id, name, subject, payload FROM job WHERE name LIKE 'repayment.%' AND done_at IS NULL ORDER BY id LIMIT 50`,
      );
      if (waiting.length === 0) return;
      for (const job of waiting) await this.run(job);
    }
  }

  private async run(job: { id: bigint; name: string; subject: string; payload: Record<string, unknown> | null }): Promise<void> {
    const call: JobCall = {
      job: { ...job, payload: job.payload ?? {}, tries: 1, requestId: null },
      work: this.db.work,
      log: keptLog(),
      done: async (tx) => void (await tx.execute('UPDATE job SET done_at = clock_timestamp() WHERE id = $1', [job.id])),
      again: () => Promise.reject(new Error(`${job.name} wants to run again`)),
    };
    await repaymentJobs.find((each) => each.name === job.name)!.run(call);
  }

  private outcome(answer: Exclude<BankAnswer, 'wait'> | 'wait') {
    this.serial += 1;
    const word = { serial: `BS${this.serial}`, bankDate: this.date, bankTime: instantOn(this.date, '10:00:00') };
    return typeof answer === 'object'
      ? { kind: 'refused' as const, code: answer.refused, ...word }
      : { kind: 'done' as const, data: {}, ...word };
  }

  private settled(terms: LoanTerms): Promise<Loan> {
    const { principals = [600_000n, 300_000n, 100_001n], mode = 'channel', months = 3 } = terms;
    const amount = principals.reduce((sum, each) => sum + each, 0n);
    const listingId = newId();
    return this.db.work.run(async (tx) => {
      const customer = async () => {
        const id = newId();
        await tx.execute(
          `INSERT INTO customer (id, customer_no, e_account_no, e_account_status) VALUES ($1::uuid, 'C' || $1::text, 'E' || $1::text, 'ACTIVE')`,
          [id],
        );
        return { id, accountNo: `E${id}` };
      };
      const borrower = await customer();
      const institutionId = newId();
      const payerNo = mode === 'channel' ? 'B1' : `I${institutionId}`;
      await tx.execute(
        `INSERT INTO institution (id, name, kind, account_no, advance_mandate_no) VALUES ($1::uuid, $1::text, 'insurer', 'I' || $1::text, 'MA')`,
        [institutionId],
      );
      await tx.execute(
        `INSERT INTO mandate (id, customer_id, account_no, kind, mandate_no, status, max_amount_fen, valid_until) VALUES ($1, $2, $3, 'REPAY', $3, 'ACTIVE', 1, '2099-01-01')`,
        [newId(), borrower.id, borrower.accountNo],
      );
      await tx.execute(
        `INSERT INTO listing (id, listing_no, state, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method, guarantee_mode,
           institution_id, financing_no, line_freeze_no)
         VALUES ($1::uuid, 'L' || $1::text, 'repaying', 'online', 'credit', $2, 'a stove', $3, $3, $4, $5, $6, $7, $8, $9, 'FZ' || $9)`,
        [
          listingId,
          borrower.id,
          amount,
          terms.annualRatePpm ?? 70_000,
          months,
          terms.method ?? 'equal_instalments',
          mode,
          mode === 'insured' ? institutionId : null,
          terms.financed === true ? `F${listingId}` : null,
        ],
      );
      if (terms.financed === true) {
        await tx.execute('INSERT INTO credit_line (customer_id, limit_fen, used_fen) VALUES ($1, $2, $2)', [borrower.id, amount]);
        await tx.execute(
          `INSERT INTO credit_movement (id, customer_id, listing_id, financing_no, move_no, kind, amount_fen, cause)
           VALUES ($1::uuid, $2, $3::uuid, 'F' || $3::text, $1::text, 'DEDUCT', $4, 'approved')`,
          [newId(), borrower.id, listingId, amount],
        );
      }
      await tx.execute(
        `INSERT INTO settlement (id, listing_id, state, accepted_fen, collected_fen, payee_account_no, value_date, started_on) VALUES ($1, $2, 'settled', $3, $3, $4, $5, $5)`,
        [newId(), listingId, amount, borrower.accountNo, terms.valueDate ?? this.date],
      );
      const [payer] = await openAccounts(tx, [{ kind: mode === 'channel' ? 'B' : 'I', accountNo: payerNo }]);
      await tx.execute(
        `INSERT INTO guarantee (listing_id, mode, institution_id, payer_account_id, premium_fen, cover_fen, starts_on, ends_on) VALUES ($1, $2, $3, $4, 0, $5, $6, '2099-01-01')`,
        [listingId, mode, mode === 'insured' ? institutionId : null, payer, terms.cover ?? amount * 2n, this.date],
      );
      const investors: { id: Uuid; accountNo: string }[] = [];
      for (const principal of principals) {
        const investor = await customer();
        investors.push(investor);
        await tx.execute(
          `INSERT INTO investment_order (id, state, listing_id, customer_id, account_no, amount_fen, accepts_part, accepted_fen, collected_fen, admission_id, hold_no,
             held_at, held_seq, actor, key, body_digest, business_date)
           VALUES ($1::uuid, 'lent', $2, $3, $4, $5, false, $5, $5, $1::uuid, 'H' || $1::text, now(), 1, $1::text, 'k', 'd', $6)`,
          [newId(), listingId, investor.id, investor.accountNo, principal, this.date],
        );
      }
      return { listingId, borrowerId: borrower.id, borrowerAccountNo: borrower.accountNo, investors };
    });
  }
}
