import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays, businessDate, instantOn, instantToDate } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { Admission, cancelOrder } from '#journey/investment';
import type { AdmittedOrder } from '#journey/investment';
import { enterListing, nameGuests, reviewListing, setTerms } from '#journey/listing';
import type { ListingTerms } from '#journey/listing';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import { tell } from '#platform/queue';
import { connectBank } from '#registers/bank-order';
import { invariants } from '#watch/invariants';
import { dayOpened } from '#watch/reconciliation';
import { handlers } from '../../apps/chain';
import { testDatabase } from './database';
import type { TestDatabase } from './database';
import { ScriptedBank } from './scripted-bank';
import { JobTurns } from './turns';

/** A customer with an e-account. */
export interface Customer {
  readonly id: Uuid;
  readonly accountNo: string;
}

export interface ListingDraft extends Partial<Omit<ListingTerms, 'opens_at' | 'deadline'>> {
  readonly amount?: bigint;
  /** Days from today; the last day of the raise. */
  readonly lastDay?: number;
  /** Days from today; the day on which it opens. */
  readonly opensIn?: number;
  /** The customers of a listing that is for named ones. */
  readonly guests?: readonly Customer[];
}

/** A Tuesday in a year whose holidays are published. */
export const FIRST_DAY = businessDate('2024-01-02');

const EMPTY = `TRUNCATE customer, institution, ledger_account, bank_order, bank_call, bank_notice, job, move, proposal, command, business_clock, business_day CASCADE`;

/**
 * Listings from their entry to the borrower's account on a real database, with the platform's own chain of jobs and a bank whose decisions the test writes.
 * Jobs run one after the other in the order of their rows, so that a story is the same every time.
 */
export class RaiseWorld {
  bank = new ScriptedBank();
  readonly turns: JobTurns;
  private readonly admission: Admission;
  private date = FIRST_DAY;
  private people = 0;

  private constructor(readonly db: TestDatabase) {
    this.admission = new Admission(db.work);
    this.turns = new JobTurns(db, handlers());
  }

  static async open(): Promise<RaiseWorld> {
    return new RaiseWorld(await testDatabase());
  }

  /** An empty world on its first day, with a bank that says yes to everything. */
  async begin(): Promise<void> {
    this.date = FIRST_DAY;
    this.bank = new ScriptedBank();
    this.turns.log.lines.length = 0;
    connectBank(this.bank);
    await withClient(this.db.superuserUrl, (client) => client.query(EMPTY));
    await this.db.work.run((tx) => startClock(tx, FIRST_DAY, true));
  }

  close(): Promise<void> {
    return this.db.close();
  }

  rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.db.work.run((tx) => tx.query<Row>(sql, params));
  }

  async customer(): Promise<Customer> {
    const id = newId();
    const accountNo = `E${(this.people += 1)}`;
    await this.rows(`INSERT INTO customer (id, customer_no, e_account_no, e_account_status) VALUES ($1, $2, $3, 'ACTIVE')`, [
      id,
      `C${accountNo}`,
      accountNo,
    ]);
    return { id, accountNo };
  }

  customers(count: number): Promise<Customer[]> {
    return Array.from({ length: count }).reduce<Promise<Customer[]>>(
      async (earlier) => [...(await earlier), await this.customer()],
      Promise.resolve([]),
    );
  }

  async insurer(): Promise<{ readonly id: Uuid; readonly accountNo: string }> {
    const id = newId();
    const accountNo = `I${(this.people += 1)}`;
    await this.rows(
      `INSERT INTO institution (id, name, kind, account_no, advance_mandate_no) VALUES ($1, '示例保险', 'insurer', $2, 'MA')`,
      [id, accountNo],
    );
    return { id, accountNo };
  }

  /** A listing from its entry through both reviews to its opening: ¥10,000.00 over three months, if nothing else is said. */
  async listing(draft: ListingDraft = {}): Promise<{ readonly id: Uuid; readonly borrower: Customer }> {
    const { amount = 1_000_000n, lastDay = 5, opensIn = 0, guests, ...terms } = draft;
    const borrower = await this.customer();
    const id = await this.db.work.run(async (tx) => {
      const application = {
        borrowerId: borrower.id,
        kind: 'credit',
        amount: fen(amount),
        annualRatePpm: 70_000,
        term: { months: 3 },
      } as const;
      const entered = await enterListing(
        tx,
        { ...application, method: 'equal_instalments', purpose: '装修', source: 'bank_offline' },
        'opr_0',
      );
      const opens = { opens_at: instantToDate(instantOn(addDays(this.date, opensIn), '00:00:00')), deadline: addDays(this.date, lastDay) };
      await setTerms(tx, entered, { minimum_order_fen: 10_000n, step_fen: 100n, ...terms, ...opens }, 'opr_0');
      if (guests !== undefined) {
        await nameGuests(
          tx,
          entered,
          guests.map(({ accountNo }) => `C${accountNo}`),
        );
      }
      await reviewListing(tx, entered, { level: 1, decision: 'approve', reason: 'sound' }, 'opr_1');
      await reviewListing(tx, entered, { level: 2, decision: 'approve', reason: 'sound' }, 'opr_2');
      return entered;
    });
    await this.live();
    return { id, borrower };
  }

  /** An order as the customer API admits it. @throws Refusal as the door says */
  async invest(
    listing: { readonly id: Uuid },
    customer: Customer,
    amount: bigint,
    more: { readonly acceptsPart?: boolean; readonly key?: string } = {},
  ): Promise<AdmittedOrder> {
    const { acceptsPart = false, key = newId() } = more;
    const request = {
      listingId: listing.id,
      customerId: customer.id,
      amount: fen(amount),
      acceptsPart,
      key,
      digest: `${amount}/${acceptsPart}`,
    };
    return (await this.admission.admit(request)).order;
  }

  /** The customer takes his order back. @throws Refusal as `cancelOrder` says */
  cancel(order: { readonly id: Uuid }, customer: Customer): Promise<void> {
    return this.db.work.run((tx) => cancelOrder(tx, order.id, customer.id));
  }

  /** Lets every job run, until what still waits, waits for the bank or for a day. */
  live(): Promise<void> {
    return this.turns.live();
  }

  /** The next business day begins, with its scans. */
  async nextDay(days = 1): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      this.date = addDays(this.date, 1);
      this.bank.today = this.date;
      await this.db.work.run(async (tx) => {
        await tx.execute('UPDATE business_clock SET business_date = $1', [this.date]);
        await tx.execute('INSERT INTO business_day (business_date) VALUES ($1)', [this.date]);
        await tell(tx, dayOpened, [this.date]);
      });
      await this.live();
    }
  }

  get today(): BusinessDate {
    return this.date;
  }

  async stateOf(table: 'listing' | 'investment_order' | 'bank_order', id: Uuid): Promise<string> {
    const [row] = await this.rows<{ state: string }>(`SELECT state FROM ${table} WHERE id = $1`, [id]);
    return row!.state;
  }

  /** Everything that must hold at any time, as every night looks at it. */
  async keepsWhatMustHold(): Promise<void> {
    const broken = await this.db.work.run(async (tx) => {
      const found: string[] = [];
      for (const invariant of invariants)
        found.push(...(await invariant.check(tx)).differences.map(({ what }) => `${invariant.id}: ${what}`));
      return found;
    });
    expect(broken).toEqual([]);
  }
}
