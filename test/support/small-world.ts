import type { EventOf, Lifecycle } from '#kernel/lifecycle';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { instantOn } from '#kernel/time';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { Transition } from '#platform/transitions';
import { recordActs } from '#registers/audit-log';
import { onOutcome, settle } from '#registers/bank-order';
import type { BankOrderKind } from '#registers/bank-order';
import { openAccounts, outsideAccount, post, reserve } from '#registers/ledger';
import { propose, takeProposal } from '#registers/proposal';
import { sealRecords } from '#watch/audit';
import { investmentOrderLifecycle, investmentReturnLifecycle } from '../../libs/journey/investment/investment.lifecycle';
import { listingLifecycle } from '../../libs/journey/listing/listing.lifecycle';
import { instalmentLifecycle } from '../../libs/journey/repayment/instalment.lifecycle';
import { payoutLifecycle } from '../../libs/journey/repayment/payout.lifecycle';
import { FIRST_DAY as day } from './paper-days';
import type { PaperDays } from './paper-days';

/** Ids that a test of the invariants needs to change something. */
export interface SmallWorld {
  readonly raising: Uuid;
  readonly failed: Uuid;
  readonly repaying: Uuid;
  readonly borrower: Uuid;
  readonly repayOfSecondLoan: Uuid;
  readonly firstLoan: Uuid;
}

for (const kind of ['HOLD', 'RELEASE', 'COLLECT', 'DISBURSE', 'REPAY', 'PAYOUT'] as const) onOutcome(kind, () => Promise.resolve());

/**
 * Three listings on one day, written as the stages would have written them: one raising with a return that is due, one failed with its hold released, one lent out
 * and repaying with a paid and a sent payout; and a second loan. Its day is then ended against a bank of paper that says the same.
 */
export async function buildSmallWorld(days: PaperDays): Promise<SmallWorld> {
  await days.begin(fen(100_000n));
  const world = await days.db.work.run((tx) => new Builder(tx).build());
  days.bank.write(day, await statementOf(days));
  const waiting = await days.endOfDay(day);
  if (waiting !== undefined) throw new Error(waiting);
  await days.db.work.run((tx) => sealRecords(tx));
  return world;
}

const transitions = new Map<string, Transition>();
const who = { cause: 'small world', who: 'test' };
const HELD_AT = instantOn(day, '10:00:00');

class Builder {
  private serial = 0;
  private accounts = new Map<string, Uuid>();

  constructor(private readonly tx: Tx) {}

  async build(): Promise<SmallWorld> {
    const [borrower, first, second] = await this.customers(['C1', 'C2', 'C3']);
    const raising = await this.listing('L1', borrower!, 100_000n, ['take_up', 'approve', 'schedule', 'open']);
    const failed = await this.listing('L2', borrower!, 100_000n, ['take_up', 'approve', 'schedule', 'open', 'fail', 'finish_failing']);
    const repaying = await this.listing('L3', borrower!, 10_000n, ['take_up', 'approve', 'schedule', 'open', 'fill', 'settle', 'repay']);
    const other = await this.listing('L4', borrower!, 10_000n, ['take_up', 'approve', 'schedule', 'open', 'fill', 'settle', 'repay']);
    await this.openMirror();
    await this.raisingOrders(raising, first!, second!);
    await this.failedOrder(failed, first!);
    const firstLoan = await this.lentOut(repaying, borrower!, first!, second!);
    const repayOfSecondLoan = await this.secondLoan(other, borrower!);
    await this.lineOf(borrower!, repaying);
    await this.paperwork();
    return { raising, failed, repaying, borrower: borrower!, repayOfSecondLoan, firstLoan };
  }

  private async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<Uuid> {
    const id = (row['id'] as Uuid | undefined) ?? newId();
    const full = { id, ...row };
    const columns = Object.keys(full).join(', ');
    const text = JSON.stringify(full, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    await this.tx.execute(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`, [
      text,
    ]);
    return id;
  }

  private async walk<State extends string, Event extends string>(
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

  private async customers(numbers: readonly string[]): Promise<Uuid[]> {
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

  private async listing(no: string, borrower: Uuid, amount: bigint, events: readonly EventOf<typeof listingLifecycle>[]): Promise<Uuid> {
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
    await this.tx.execute('INSERT INTO listing_quota (listing_id, quota_fen, amount_fen) VALUES ($1, $2, $2)', [id, amount]);
    return id;
  }

  private async openMirror(): Promise<void> {
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

  private account(name: string): Uuid {
    return this.accounts.get(name)!;
  }

  private async bankOrder(
    kind: BankOrderKind,
    subject: Uuid,
    amount: bigint,
    from: string,
    to: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Uuid> {
    const id = newId();
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

  private async done(id: Uuid): Promise<Uuid> {
    this.serial += 1;
    const word = { serial: `B${this.serial}`, bankDate: day, bankTime: HELD_AT };
    await settle(this.tx, [{ id, outcome: { kind: 'done', data: {}, ...word } }], 'answer', 'test');
    return id;
  }

  private async order(
    listing: Uuid,
    listingNo: string,
    customer: Uuid,
    customerNo: string,
    amount: bigint,
  ): Promise<{ id: Uuid; hold: Uuid }> {
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

  private async raisingOrders(listing: Uuid, first: Uuid, second: Uuid): Promise<void> {
    await this.order(listing, 'L1', first, 'C2', 500n);
    const leaving = await this.order(listing, 'L1', second, 'C3', 300n);
    await this.walk(investmentOrderLifecycle, leaving.id, ['leave_out']);
    await this.insert('investment_return', {
      state: 'due',
      order_id: leaving.id,
      listing_id: listing,
      source: 'hold',
      cause: 'late_freeze',
      amount_fen: 300n,
      attempts: 0,
      due_on: day,
      recorded_at: HELD_AT,
      changed_at: HELD_AT,
    });
  }

  private async failedOrder(listing: Uuid, customer: Uuid): Promise<void> {
    const { id, hold } = await this.order(listing, 'L2', customer, 'C2', 200n);
    await this.walk(investmentOrderLifecycle, id, ['leave_out']);
    const back = await this.insert('investment_return', {
      state: 'due',
      order_id: id,
      listing_id: listing,
      source: 'hold',
      cause: 'failed',
      amount_fen: 200n,
      attempts: 0,
      due_on: day,
      recorded_at: HELD_AT,
      changed_at: HELD_AT,
    });
    await this.done(await this.bankOrder('RELEASE', back, 200n, 'EC2', 'DL2', { listing_id: listing, hold_order_id: hold }));
    await this.walk(investmentReturnLifecycle, back, ['send', 'finish']);
  }

  private async lentOut(listing: Uuid, borrower: Uuid, first: Uuid, second: Uuid): Promise<Uuid> {
    const orders = [
      { ...(await this.order(listing, 'L3', first, 'C2', 6_000n)), customer: first, no: 'C2', amount: 6_000n },
      { ...(await this.order(listing, 'L3', second, 'C3', 4_000n)), customer: second, no: 'C3', amount: 4_000n },
    ];
    for (const order of orders) {
      await this.walk(investmentOrderLifecycle, order.id, ['accept', 'collect', 'lend'], { accepted_fen: order.amount });
      await this.done(
        await this.bankOrder('COLLECT', order.id, order.amount, `E${order.no}`, 'DL3', { listing_id: listing, hold_order_id: order.hold }),
      );
    }
    await this.done(await this.bankOrder('DISBURSE', listing, 10_000n, 'DL3', 'EC1', { listing_id: listing }));
    const loan = await this.loan(listing, borrower, 'RL3', day);
    const claims: Uuid[] = [];
    for (const order of orders) {
      const [row] = await this.tx.query<{ no: bigint }>('SELECT no FROM investment_order WHERE id = $1', [order.id]);
      claims.push(
        await this.insert('claim', {
          loan_id: loan,
          order_id: order.id,
          order_no: row!.no,
          customer_id: order.customer,
          account_id: this.account(`E${order.no}`),
          principal_fen: order.amount,
          recorded_at: HELD_AT,
        }),
      );
    }
    await this.instalments(loan, listing, claims, [first, second]);
    return loan;
  }

  private async loan(listing: Uuid, borrower: Uuid, repayment: string, startedOn: string | null): Promise<Uuid> {
    const id = newId();
    await this.tx.execute(
      `INSERT INTO loan (id, listing_id, borrower_id, paying_account_id, repayment_account_id, principal_fen, value_date, started_on) VALUES ($1, $2, $3, $4, $5, 10000, $6, $7)`,
      [id, listing, borrower, this.account('EC1'), this.account(repayment), day, startedOn],
    );
    return id;
  }

  /** Two of 5,000 and 50 interest each: the first repaid and given out, one payout paid and one on its way; the second not due yet. */
  private async instalments(loan: Uuid, listing: Uuid, claims: readonly Uuid[], customers: readonly Uuid[]): Promise<void> {
    const parts = [
      [3_000n, 30n],
      [2_000n, 20n],
    ] as const;
    for (const no of [1, 2]) {
      const id = newId();
      await this.tx.execute(
        `INSERT INTO instalment (id, loan_id, listing_id, no, nominal_date, due_date, provisional, principal_fen, interest_fen, grace_until)
         VALUES ($1, $2, $3, $4, $5, $5, false, 5000, 50, $5)`,
        [id, loan, listing, no, day],
      );
      const shares: Uuid[] = [];
      for (const [index, claim] of claims.entries()) {
        const [principal, interest] = parts[index]!;
        shares.push(await this.share(id, claim, principal, interest));
      }
      if (no === 1)
        await this.repaid(
          id,
          loan,
          listing,
          shares,
          claims,
          customers,
          parts.map(([principal, interest]) => principal + interest),
        );
    }
  }

  private async share(instalment: Uuid, claim: Uuid, principal: bigint, interest: bigint): Promise<Uuid> {
    const id = newId();
    await this.tx.execute('INSERT INTO share (id, instalment_id, claim_id, principal_fen, interest_fen) VALUES ($1, $2, $3, $4, $5)', [
      id,
      instalment,
      claim,
      principal,
      interest,
    ]);
    return id;
  }

  private async repaid(
    instalment: Uuid,
    loan: Uuid,
    listing: Uuid,
    shares: readonly Uuid[],
    claims: readonly Uuid[],
    customers: readonly Uuid[],
    amounts: readonly bigint[],
  ): Promise<void> {
    const incoming = await this.done(
      await this.bankOrder('REPAY', instalment, 5_050n, 'EC1', 'RL3', { listing_id: listing, loan_id: loan }),
    );
    await this.insert('incoming_part', {
      bank_order_id: incoming,
      target: 'instalment',
      target_id: instalment,
      amount_fen: 5_050n,
      principal_fen: 5_000n,
      recorded_at: HELD_AT,
    });
    await this.walk(instalmentLifecycle, instalment, ['charge'], { charged_on: day });
    await this.walk(instalmentLifecycle, instalment, ['collect'], { paid_fen: 5_050n });
    await this.tx.execute('UPDATE instalment SET distributed_fen = 5050 WHERE id = $1', [instalment]);
    for (const [index, share] of shares.entries()) {
      await this.tx.execute('UPDATE share SET distributed_fen = $2 WHERE id = $1', [share, amounts[index]]);
      await this.payout({
        index,
        share,
        instalment,
        loan,
        listing,
        incoming,
        claim: claims[index]!,
        customer: customers[index]!,
        amount: fen(amounts[index]!),
      });
    }
  }

  private async payout(of: {
    index: number;
    share: Uuid;
    instalment: Uuid;
    loan: Uuid;
    listing: Uuid;
    incoming: Uuid;
    claim: Uuid;
    customer: Uuid;
    amount: Fen;
  }): Promise<void> {
    const account = of.index === 0 ? 'EC2' : 'EC3';
    const id = newId();
    await this.tx.execute(
      `INSERT INTO payout (id, loan_id, listing_id, customer_id, share_id, instalment_id, claim_id, incoming_id, account_id, amount_fen, due_on)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, of.loan, of.listing, of.customer, of.share, of.instalment, of.claim, of.incoming, this.account(account), of.amount, day],
    );
    const item = await this.bankOrder('PAYOUT', id, of.amount, 'RL3', account, { listing_id: of.listing });
    await reserve(this.tx, [{ bankOrderId: item, accountId: this.account('RL3'), amount: of.amount }]);
    await this.walk(payoutLifecycle, id, ['send'], { bank_order_id: item });
    if (of.index > 0) return;
    await this.done(item);
    await this.walk(payoutLifecycle, id, ['pay']);
  }

  /** A second loan, of which only the open charge matters. */
  private async secondLoan(listing: Uuid, borrower: Uuid): Promise<Uuid> {
    const loan = await this.loan(listing, borrower, 'RL4', null);
    const limit = { limit_at: '2024-01-01T00:00:00Z', asked_at: new Date(), loan_id: loan, listing_id: listing };
    return this.bankOrder('REPAY', loan, 700n, 'EC1', 'RL4', limit);
  }

  private async lineOf(borrower: Uuid, listing: Uuid): Promise<void> {
    await this.tx.execute('INSERT INTO credit_line (customer_id, limit_fen, used_fen, frozen_fen) VALUES ($1, 50000, 6000, 4000)', [
      borrower,
    ]);
    for (const [kind, amount] of [
      ['FREEZE', 10_000n],
      ['DEDUCT', 6_000n],
    ] as const) {
      await this.insert('credit_movement', {
        customer_id: borrower,
        listing_id: listing,
        financing_no: 'F1',
        move_no: `M-${kind}`,
        kind,
        amount_fen: amount,
        cause: 'test',
        recorded_at: HELD_AT,
      });
    }
  }

  private async paperwork(): Promise<void> {
    const proposal = { kind: 'test.change', subject: 'x', payload: { amountFen: 1, why: ['a', 'b'] }, reason: 'because', maker: 'opr_1' };
    await takeProposal(this.tx, await propose(this.tx, proposal), 'opr_2');
    await propose(this.tx, proposal);
    await this.tx.execute(
      `INSERT INTO command (actor, key, route, body_digest, status, answer) VALUES ('opr_1', 'k1', 'POST /x', 'd1', 200, '{}')`,
    );
    await recordActs(
      this.tx,
      ['listing.approve', 'break.propose', 'break.approve'].map((act) => ({
        who: 'opr_1',
        act,
        subject: 'x',
        details: { n: 1 },
        requestId: 'req_1',
      })),
    );
  }
}

/** The statement of a bank that agrees with everything. */
async function statementOf(days: PaperDays): Promise<Parameters<PaperDays['bank']['write']>[1]> {
  const lines = await days.rows<{
    request_no: string;
    kind: string;
    serial: string;
    f: string;
    t: string;
    amount: bigint;
    listing_no: string;
  }>(
    `SELECT o.request_no, o.kind, o.bank_serial AS serial, d.account_no AS f, CASE WHEN o.kind IN ('HOLD', 'RELEASE') THEN d.account_no ELSE c.account_no END AS t,
       o.amount_fen AS amount, greatest(d.listing_no, c.listing_no) AS listing_no
     FROM bank_order o JOIN ledger_account d ON d.id = o.debit_account_id JOIN ledger_account c ON c.id = o.credit_account_id WHERE o.state = 'done'`,
  );
  const accounts = await days.rows<{ account_no: string; listing_no: string; kind: 'E'; posted_fen: Fen; pending_fen: Fen }>(
    `SELECT account_no, listing_no, kind, posted_fen, pending_fen FROM ledger_account WHERE kind <> 'W'`,
  );
  return {
    transactions: [
      ...['C1', 'C2', 'C3'].map((no) => ({
        kind: 'TOP_UP' as const,
        bankSerialNo: `TOP${no}`,
        toAccount: `E${no}`,
        amount: fen(100_000n),
      })),
      ...lines.map((line) => ({
        requestNo: line.request_no,
        kind: line.kind as 'HOLD',
        bankSerialNo: line.serial,
        fromAccount: line.f,
        toAccount: line.t,
        listingNo: line.listing_no,
        amount: fen(line.amount),
      })),
    ],
    balances: accounts.map((account) => ({
      accountNo: account.account_no,
      listingNo: account.listing_no,
      kind: account.kind,
      total: account.posted_fen,
      held: account.pending_fen,
    })),
  };
}
