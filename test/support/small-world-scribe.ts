import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { EventOf, Lifecycle } from '#kernel/lifecycle';
import { fen } from '#kernel/money';
import { instantOn } from '#kernel/time';
import type { Tx } from '#platform/database';
import { endWaiting, enqueue } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { Transition } from '#platform/transitions';
import { onOutcome, sendJob, settle } from '#registers/bank-order';
import type { BankOrderKind } from '#registers/bank-order';
import { openAccounts, outsideAccount, post } from '#registers/ledger';
import { investmentOrderLifecycle } from '../../libs/journey/investment/investment.lifecycle';
import { listingLifecycle } from '../../libs/journey/listing/listing.lifecycle';
import { FIRST_DAY as day } from './paper-days';

for (const kind of ['HOLD', 'RELEASE', 'COLLECT', 'DISBURSE', 'REPAY', 'PAYOUT'] as const) onOutcome(kind, () => Promise.resolve());

/** When everything of the small world happened. */
export const HELD_AT = instantOn(day, '10:00:00');

const transitions = new Map<string, Transition>();
const who = { cause: 'small world', who: 'test' };

/** Writes rows as the stages would have written them: customers, listings, orders, and what the bank says about them. */
export class Scribe {
  private serial = 0;
  private accounts = new Map<string, Uuid>();

  constructor(readonly tx: Tx) {}

  async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<Uuid> {
    const id = (row['id'] as Uuid | undefined) ?? newId();
    const full = { id, ...row };
    const columns = Object.keys(full).join(', ');
    const text = JSON.stringify(full, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    await this.tx.execute(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`, [
      text,
    ]);
    return id;
  }

  async walk<State extends string, Event extends string>(
    lifecycle: Lifecycle<State, Event>,
    id: Uuid,
    events: readonly Event[],
    patch = {},
  ): Promise<void> {
    for (const event of events) {
      const name = `${lifecycle.noun}.${event}`;
      if (!transitions.has(name)) transitions.set(name, declareTransition(lifecycle, event));
      await move(this.tx, transitions.get(name)!, [{ id, patch: event === events[0] ? patch : {} }], who);
    }
  }

  async customers(numbers: readonly string[]): Promise<Uuid[]> {
    const ids: Uuid[] = [];
    for (const no of numbers) {
      ids.push(
        await this.insert('customer', {
          customer_no: no,
          kind: 'personal',
          name_sealed: 'k1:c2VhbGVk',
          name_masked: '张*',
          e_account_no: `E${no}`,
          e_account_status: 'ACTIVE',
        }),
      );
    }
    return ids;
  }

  async listing(no: string, borrower: Uuid, amount: bigint, events: readonly EventOf<typeof listingLifecycle>[]): Promise<Uuid> {
    const id = await this.insertListing(no, borrower, amount);
    await this.walk(listingLifecycle, id, events);
    return id;
  }

  private async insertListing(no: string, borrower: Uuid, amount: bigint): Promise<Uuid> {
    const id = newId();
    await this.tx.execute(
      `INSERT INTO listing (id, listing_no, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method, apr_ppm, worst_apr_ppm)
       VALUES ($1, $2, 'bank_offline', 'consumer', $3, 'household', $4, $4, 60000, 2, 'equal_principal', 60000, 70000)`,
      [id, no, borrower, amount],
    );
    await this.tx.execute(
      `INSERT INTO listing_quota (listing_id, quota_fen, amount_fen, is_open) SELECT id, $2, $2, state = 'raising' FROM listing WHERE id = $1`,
      [id, amount],
    );
    return id;
  }

  async openMirror(): Promise<void> {
    const keys = [
      ...['C1', 'C2', 'C3'].map((no) => ({ kind: 'E' as const, accountNo: `E${no}` })),
      ...['L1', 'L2', 'L3'].map((listingNo) => ({ kind: 'D' as const, accountNo: 'D', listingNo })),
      ...['L3', 'L4'].map((listingNo) => ({ kind: 'R' as const, accountNo: 'R', listingNo })),
    ];
    const ids = await openAccounts(this.tx, keys);
    keys.forEach((key, index) => this.accounts.set(`${key.accountNo}${'listingNo' in key ? key.listingNo : ''}`, ids[index]!));
    const outside = await outsideAccount(this.tx);
    await post(
      this.tx,
      ['C1', 'C2', 'C3'].map((no) => ({
        reference: `TOP${no}:in`,
        kind: 'OUTSIDE_IN',
        debitAccountId: outside,
        creditAccountId: this.account(`E${no}`),
        amount: fen(100_000n),
        bankOrderId: null,
        serial: `TOP${no}`,
        bankDate: day,
        happenedAt: new Date(HELD_AT),
      })),
    );
  }

  account(name: string): Uuid {
    return this.accounts.get(name)!;
  }

  async bankOrder(
    kind: BankOrderKind,
    subject: Uuid,
    amount: bigint,
    from: string,
    to: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Uuid> {
    const id = newId();
    await enqueue(this.tx, [{ name: sendJob.name, subject: id }]);
    return this.insert('bank_order', {
      id,
      request_no: `Q${id}`,
      kind,
      send_group: id,
      subject_id: subject,
      amount_fen: amount,
      debit_account_id: this.account(from),
      credit_account_id: this.account(to),
      created_on: day,
      state: 'created',
      tries: 0,
      asks: 0,
      ...more,
    });
  }

  async done(id: Uuid): Promise<Uuid> {
    this.serial += 1;
    const word = { serial: `B${this.serial}`, bankDate: day, bankTime: HELD_AT };
    await settle(this.tx, [{ id, outcome: { kind: 'done', data: {}, ...word } }], 'answer', 'test');
    await endWaiting(this.tx, sendJob.name, [id]);
    return id;
  }

  /** A customer's order has come back. */
  async hasLess(listing: Uuid, customer: Uuid, amount: bigint): Promise<void> {
    await this.tx.execute('UPDATE listing_exposure SET amount_fen = amount_fen - $3 WHERE listing_id = $1 AND customer_id = $2', [
      listing,
      customer,
      amount,
    ]);
  }

  async order(listing: Uuid, listingNo: string, customer: Uuid, customerNo: string, amount: bigint): Promise<{ id: Uuid; hold: Uuid }> {
    const id = newId();
    await this.tx.execute('UPDATE listing_quota SET taken_fen = taken_fen + $2 WHERE listing_id = $1', [listing, amount]);
    await this.tx.execute(
      `INSERT INTO investment_order (id, listing_id, customer_id, account_no, amount_fen, accepts_part, admission_id, actor, key, body_digest, business_date)
       VALUES ($1, $2, $3, $4, $5, true, $1, $6, $7, 'digest', $8)`,
      [id, listing, customer, `E${customerNo}`, amount, customerNo, id, day],
    );
    await this.tx.execute(
      `INSERT INTO listing_exposure (listing_id, customer_id, amount_fen) VALUES ($1, $2, $3)
       ON CONFLICT (listing_id, customer_id) DO UPDATE SET amount_fen = listing_exposure.amount_fen + $3`,
      [listing, customer, amount],
    );
    const hold = await this.done(await this.bankOrder('HOLD', id, amount, `E${customerNo}`, `D${listingNo}`, { listing_id: listing }));
    await this.walk(investmentOrderLifecycle, id, ['freeze']);
    await this.walk(investmentOrderLifecycle, id, ['hold'], {
      hold_order_id: hold,
      hold_no: `H${this.serial}`,
      held_at: HELD_AT,
      held_seq: this.serial,
    });
    return { id, hold };
  }
}
