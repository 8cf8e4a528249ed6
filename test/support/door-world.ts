import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate, instantOn } from '#kernel/time';
import type { Outcome } from '#bank/port';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import {
  askJob,
  askReturnedJob,
  closeBankOrderJob,
  connectBank,
  createBankOrders,
  createBatch,
  onOutcome,
  sendJob,
  settle,
} from '#registers/bank-order';
import type { BankOrder, BankOrderDraft, Settled, Source } from '#registers/bank-order';
import { openAccounts, outsideAccount, post } from '#registers/ledger';
import { testDatabase } from './database';
import type { TestDatabase } from './database';
import { ScriptedBank } from './scripted-bank';
import { JobTurns } from './turns';

export const DAY = businessDate('2024-01-02');

/** What the owners of bank orders have heard, one line per order: `FEE done`. */
const heard: string[] = [];
let ownerFails = false;
for (const kind of ['HOLD', 'COLLECT', 'FEE', 'DISBURSE', 'MARKETING'] as const) {
  onOutcome(kind, (_tx, { outcome, orders }) => {
    if (ownerFails) return Promise.reject(new Error('the owner cannot follow'));
    heard.push(...orders.map((order) => `${order.kind} ${outcome}`));
    return Promise.resolve();
  });
}

/** Bank orders with owners who only listen, on a real database, and a bank whose decisions the test writes. */
export class DoorWorld {
  bank = new ScriptedBank();
  readonly heard = heard;
  readonly turns: JobTurns;
  private readonly accounts = new Map<string, Uuid>();
  private serial = 0;

  private constructor(readonly db: TestDatabase) {
    this.turns = new JobTurns(db, [sendJob, askJob, askReturnedJob, closeBankOrderJob]);
  }

  static async open(): Promise<DoorWorld> {
    return new DoorWorld(await testDatabase());
  }

  /** An investor with an account, and a listing with ¥50.00 in its part of the disbursement account. */
  async begin(): Promise<void> {
    this.bank = new ScriptedBank();
    connectBank(this.bank);
    heard.length = 0;
    ownerFails = false;
    this.turns.log.lines.length = 0;
    await withClient(this.db.superuserUrl, (client) =>
      client.query('TRUNCATE ledger_account, bank_order, bank_call, bank_notice, job, move, business_clock, business_day CASCADE'),
    );
    await this.db.work.run(async (tx) => {
      await startClock(tx, DAY, true);
      const keys = [
        { kind: 'E', accountNo: 'E1' },
        { kind: 'D', accountNo: 'D1', listingNo: 'L1' },
        { kind: 'F', accountNo: 'F1' },
      ] as const;
      const ids = await openAccounts(tx, keys);
      keys.forEach((key, index) => this.accounts.set(key.kind, ids[index]!));
      const opening = { bankOrderId: null, serial: 'OPEN', bankDate: DAY, happenedAt: new Date() };
      const opened = {
        ...opening,
        reference: 'opening',
        kind: 'OPENING',
        debitAccountId: await outsideAccount(tx),
        creditAccountId: this.accounts.get('D')!,
      } as const;
      await post(tx, [{ ...opened, amount: fen(5_000n) }]);
    });
  }

  set ownerFails(fails: boolean) {
    ownerFails = fails;
  }

  rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.db.work.run((tx) => tx.query<Row>(sql, params));
  }

  /** A bank order that pays a fee out of the listing's part of D: it reserves its amount. */
  fee(amount = 1_000n): Promise<Uuid> {
    return this.order('FEE', amount, 'D', 'F');
  }

  hold(amount = 1_000n): Promise<Uuid> {
    return this.order('HOLD', amount, 'E', 'D');
  }

  async order(kind: 'HOLD' | 'FEE' | 'DISBURSE', amount: bigint, from: string, to: string): Promise<Uuid> {
    const id = newId();
    const names: Record<string, string> = { E: 'E1', D: 'D1', F: 'F1' };
    const parties = { listingNo: 'L1', amount: fen(amount) };
    const instruction: BankOrderDraft['instruction'] =
      kind === 'HOLD'
        ? { do: 'place_hold', accountNo: 'E1', orderNo: id, ...parties }
        : { do: 'transfer', kind, from: names[from]!, to: names[to]!, ref: id, ...parties };
    const draft = { id, kind, instruction, subjectId: newId(), amount: fen(amount) };
    const accounts = { debitAccountId: this.accounts.get(from)!, creditAccountId: this.accounts.get(to)! };
    await this.db.work.run((tx) => createBankOrders(tx, [{ ...draft, ...accounts }]));
    return id;
  }

  /** A batch that collects these holds in full. @returns the ids of its items */
  async collect(holds: readonly { readonly id: Uuid; readonly amount: bigint }[]): Promise<readonly Uuid[]> {
    const items = holds.map((hold) => ({
      id: newId(),
      subjectId: newId(),
      amount: fen(hold.amount),
      debitAccountId: this.accounts.get('E')!,
      creditAccountId: this.accounts.get('D')!,
      holdOrderId: hold.id,
    }));
    const batch = { kind: 'COLLECT' as const, listingId: newId(), listingNo: 'L1', subjectId: newId(), items };
    await this.db.work.run((tx) => createBatch(tx, batch, this.bank.capabilities.batchLimit));
    return items.map(({ id }) => id);
  }

  say(id: Uuid, outcome: Outcome, source: Source = 'answer'): Promise<Settled> {
    return this.db.work.run((tx) => settle(tx, [{ id, outcome }], source, 'system'));
  }

  done(serial = `X${(this.serial += 1)}`): Outcome {
    return { kind: 'done', data: {}, serial, bankDate: DAY, bankTime: instantOn(DAY, '10:00:00') };
  }

  refused(code = 'ACCOUNT_CLOSED'): Outcome {
    return { kind: 'refused', code, serial: `X${(this.serial += 1)}`, bankDate: DAY, bankTime: instantOn(DAY, '10:00:00') };
  }

  async read(id: Uuid): Promise<BankOrder> {
    return (await this.rows<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [id]))[0]!;
  }

  /** Everything that a word about this order may have changed. */
  async trace(id: Uuid): Promise<{ state: string; entries: number; reserved: bigint; moves: string[] }> {
    const [row] = await this.rows<{ state: string; entries: number; reserved: bigint; moves: string[] }>(
      `SELECT o.state, (SELECT count(*)::int FROM ledger_entry WHERE bank_order_id = o.id) AS entries,
         (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_reservation WHERE bank_order_id = o.id AND ended_at IS NULL) AS reserved,
         (SELECT coalesce(array_agg(event ORDER BY id), '{}') FROM move WHERE subject_id = o.id) AS moves FROM bank_order o WHERE o.id = $1`,
      [id],
    );
    return row!;
  }

  /** Connections that wait for a lock of another one. */
  async waitingForLocks(): Promise<number> {
    const [row] = await this.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`,
      [this.db.name],
    );
    return row!.n;
  }

  async posted(letter: string): Promise<bigint> {
    const [row] = await this.rows<{ posted_fen: bigint }>('SELECT posted_fen FROM ledger_account WHERE id = $1', [
      this.accounts.get(letter),
    ]);
    return row!.posted_fen;
  }
}
