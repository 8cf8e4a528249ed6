import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { approveBreakDecision, proposeBreakDecision } from '#watch/reconciliation';
import { keepsWhatMustHold } from '../support/loan-laws';
import { bankWith, LoanView, no, yes } from '../support/loan-view';
import { LoanWorld } from '../support/loan-world';

jest.setTimeout(60_000);

interface OrderSeen {
  readonly id: Uuid;
  readonly kind: string;
  readonly state: string;
  readonly amount_fen: bigint;
  readonly bank_serial: string;
  readonly bank_date: string;
  readonly debit_account_id: Uuid;
  readonly credit_account_id: Uuid;
  readonly subject_id: Uuid;
}

describe('a contradiction that two people adjust', () => {
  let world: LoanWorld;
  let see: LoanView;

  beforeAll(async () => {
    world = await LoanWorld.open();
    see = new LoanView(world);
  });
  beforeEach(() => world.begin());
  afterEach(() => keepsWhatMustHold(world));
  afterAll(() => world.close());

  const ordersOf = (kind: string): Promise<OrderSeen[]> =>
    world.rows<OrderSeen>('SELECT * FROM bank_order WHERE kind = $1 ORDER BY created_at, id', [kind]);
  const orderNow = async (id: Uuid): Promise<OrderSeen> =>
    (await world.rows<OrderSeen>('SELECT * FROM bank_order WHERE id = $1', [id]))[0]!;

  /** The break that the matching makes of an order and of the statement's word about it, adjusted by two people. @returns its rule */
  async function adjusts(
    order: OrderSeen,
    kind: 'status' | 'only_ours',
    { status = 'FAILED', balancesDiffer = true }: { readonly status?: 'SUCCEEDED' | 'FAILED'; readonly balancesDiffer?: boolean } = {},
  ): Promise<string> {
    const [debit, credit] = [order.debit_account_id, order.credit_account_id];
    const [from, to] = status === 'SUCCEEDED' ? [debit, credit] : [credit, debit];
    const correction = JSON.stringify([{ from, to, fen: String(order.amount_fen) }]);
    const ours = JSON.stringify({ kind: order.kind, serial: order.bank_serial });
    const banks = kind === 'only_ours' ? null : JSON.stringify({ kind: order.kind, status, serial: `LINE-${order.id}` });
    const id = newId();
    await world.rows(
      `INSERT INTO reconciliation_break (id, bank_date, kind, key, bank_order_id, amount_fen, correction, ours, banks, opened_on)
       VALUES ($1, $2, $3, 'order:' || $4::text, $4::uuid, $5, $6::jsonb, $7::jsonb, $8::jsonb, $2)`,
      [id, order.bank_date, kind, order.id, order.amount_fen, correction, ours, banks],
    );
    if (balancesDiffer) {
      await world.rows(
        `INSERT INTO reconciliation_break (id, bank_date, kind, key, account_id, measure, amount_fen, opened_on) VALUES ($1::uuid, $2, 'balance', $1::text, $3, 'total', $4, $2)`,
        [newId(), order.bank_date, debit, order.amount_fen],
      );
    }
    const wish = { breakId: id, decision: 'adjust', reason: '银行流水为准', maker: 'maker' } as const;
    const proposal = await world.db.work.run((tx) => proposeBreakDecision(tx, wish));
    await world.db.work.run((tx) => approveBreakDecision(tx, proposal, 'checker'));
    const [row] = await world.rows<{ rule: string }>('SELECT rule FROM reconciliation_break WHERE id = $1', [id]);
    return row!.rule;
  }

  it.each(['status', 'only_ours'] as const)(
    'makes a payout that we took for paid and the bank denies due again, and it is paid again (%s)',
    async (kind) => {
      await world.lend({ months: 1 });
      await world.until('2024-02-02', yes);
      const [payout] = await ordersOf('PAYOUT');
      const paidBefore = (await ordersOf('PAYOUT')).length;
      expect(await see.balance('R1')).toBe(0n);
      expect(await adjusts(payout!, kind)).toBe('people-with-order');
      expect(await orderNow(payout!.id)).toMatchObject({ state: 'returned' });
      expect(await see.balance('R1')).toBe(payout!.amount_fen);
      expect(await world.rows('SELECT state FROM payout WHERE id = $1', [payout!.subject_id])).toEqual([{ state: 'due' }]);
      await world.until('2024-02-03', yes);
      expect(await world.rows('SELECT state FROM payout WHERE id = $1', [payout!.subject_id])).toEqual([{ state: 'paid' }]);
      expect(await ordersOf('PAYOUT')).toHaveLength(paidBefore + 1);
      expect(await see.balance('R1')).toBe(0n);
    },
  );

  it('makes a charge that we took for refused and the bank has done a repayment of its loan', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-02', bankWith({ REPAY: no }));
    expect(await see.states(loan)).toEqual(['in_grace']);
    const [charge] = await ordersOf('REPAY');
    expect(await adjusts(charge!, 'status', { status: 'SUCCEEDED' })).toBe('people-with-order');
    await world.live(yes);
    expect(await orderNow(charge!.id)).toMatchObject({ state: 'done', bank_serial: `LINE-${charge!.id}` });
    expect(await see.states(loan)).toEqual(['paid']);
    expect(await see.balance('R1')).toBe(0n);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
  });

  it('gives the borrower back what the bank took although he had paid with the next charge', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-02', bankWith({ REPAY: no }));
    await world.until('2024-02-03', yes);
    expect(await see.states(loan)).toEqual(['paid']);
    const [charge] = await ordersOf('REPAY');
    expect(await adjusts(charge!, 'status', { status: 'SUCCEEDED' })).toBe('people-with-order');
    await world.live(yes);
    expect(await world.rows(`SELECT state, amount_fen FROM payout WHERE share_id IS NULL`)).toEqual([
      { state: 'paid', amount_fen: charge!.amount_fen },
    ]);
    expect(await see.balance('R1')).toBe(0n);
  });

  it('corrects only the books where the order knows no way: the rule says so, and the order stays what it was', async () => {
    await world.lend({ months: 1 });
    await world.until('2024-02-02', bankWith({ PAYOUT: 'wait' }));
    const [charge] = await ordersOf('REPAY');
    const payouts = await ordersOf('PAYOUT');
    expect(payouts.length).toBeGreaterThan(0);
    await world.live(bankWith({ PAYOUT: { refused: 'ACCOUNT_CLOSED' } }));
    expect(await adjusts(charge!, 'status')).toBe('people');
    expect(await orderNow(charge!.id)).toMatchObject({ state: 'done' });
    expect(await see.balance('R1')).toBe(0n);
  });

  it('moves nobody’s order because of a line that the bank’s own balances contradict', async () => {
    await world.lend({ months: 1 });
    await world.until('2024-02-02', yes);
    const [payout] = await ordersOf('PAYOUT');
    expect(await adjusts(payout!, 'status', { balancesDiffer: false })).toBe('people');
    expect(await orderNow(payout!.id)).toMatchObject({ state: 'done' });
    expect(await world.rows('SELECT state FROM payout WHERE id = $1', [payout!.subject_id])).toEqual([{ state: 'paid' }]);
  });
});
