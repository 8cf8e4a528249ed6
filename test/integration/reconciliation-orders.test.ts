import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import { openAccounts, outsideAccount, post } from '#registers/ledger';
import { approveBreakDecision, proposeBreakDecision, reconcileAgainJob } from '#watch/reconciliation';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';
import { aBankOrder, hearOutcomes, someAccounts } from '../support/paper-orders';

const yuan = (amount: number): Fen => BigInt(amount * 100) as Fen;

let days: PaperDays;
const settled = hearOutcomes('REPAY', 'FEE', 'DISBURSE', 'HOLD', 'CREDIT_MOVE');

beforeAll(async () => {
  days = await PaperDays.open();
});
afterAll(() => days.db.close());
beforeEach(async () => {
  settled.length = 0;
  await days.begin(yuan(1_000));
});

describe('bank orders beside the statement', () => {
  it('finishes what we do not know: done, refused, held, come back', async () => {
    const { customer, repayment, outside } = await someAccounts(days);
    await aBankOrder(days, { kind: 'REPAY', requestNo: 'Q1', amount: yuan(40), from: customer, to: repayment });
    await aBankOrder(days, { kind: 'REPAY', requestNo: 'Q2', amount: yuan(50), state: 'sent', from: customer, to: repayment });
    await aBankOrder(days, { kind: 'HOLD', requestNo: 'Q3', amount: yuan(5), from: customer, to: outside });
    days.bank.write(first, {
      transactions: [
        { kind: 'TOP_UP', toAccount: 'E1', amount: yuan(100) },
        { requestNo: 'Q1', kind: 'REPAY', fromAccount: 'E1', toAccount: 'R', listingNo: 'L1', amount: yuan(40) },
        {
          requestNo: 'Q2',
          kind: 'REPAY',
          fromAccount: 'E1',
          toAccount: 'R',
          listingNo: 'L1',
          amount: yuan(50),
          status: 'FAILED',
          code: 'ACCOUNT_FROZEN',
        },
      ],
      balances: [
        { accountNo: 'E1', kind: 'E', total: yuan(60) },
        { accountNo: 'R', listingNo: 'L1', kind: 'R', total: yuan(40) },
      ],
    });
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(settled.sort()).toEqual(['REPAY done {}', 'REPAY refused null']);
    expect(await days.breaks()).toEqual([]);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'clean', matched: 2n, settled: 2n, outside: 1n });
    expect(await days.balanceOf('R', 'L1')).toBe(yuan(40));
  });

  it('asks about what is absent and decides nothing', async () => {
    const { customer, repayment } = await someAccounts(days);
    const id = await aBankOrder(days, { kind: 'REPAY', requestNo: 'Q1', amount: yuan(40), from: customer, to: repayment });
    days.bank.write(first, {});
    await days.endOfDay(first);
    const [order] = await days.db.work.read((tx) => tx.query<{ state: string }>('SELECT state FROM bank_order WHERE id = $1', [id]));
    const jobs = await days.db.work.read((tx) =>
      tx.query<{ name: string }>(`SELECT name FROM job WHERE name = 'bank.ask' AND subject = $1`, [id]),
    );
    expect([order!.state, jobs]).toEqual(['unknown', [{ name: 'bank.ask' }]]);
    expect(await days.breaks()).toEqual([]);
  });

  it('never overwrites a decided order: only ours, amount, party, status, duplicate and unknown numbers are breaks', async () => {
    const { customer, repayment } = await someAccounts(days);
    const shared = { kind: 'REPAY', from: customer, to: repayment } as const;
    for (const n of [1, 2, 3, 5]) await aBankOrder(days, { ...shared, requestNo: `Q${n}`, amount: yuan(n) });
    await aBankOrder(days, { ...shared, requestNo: 'Q4', amount: yuan(4), state: 'refused' });
    const line = (n: number) =>
      ({ requestNo: `Q${n}`, kind: 'REPAY', fromAccount: 'E1', toAccount: 'R', listingNo: 'L1', amount: yuan(n) }) as const;
    const serials = ['S1', 'S2', 'S3', 'S5'];
    const all = [1, 2, 3, 5].map((n, index) => ({ ...line(n), bankSerialNo: serials[index]! }));
    days.bank.write(first, {
      transactions: [{ kind: 'TOP_UP', toAccount: 'E1', amount: yuan(100) }, ...all],
      balances: [
        { accountNo: 'E1', kind: 'E', total: yuan(89) },
        { accountNo: 'R', listingNo: 'L1', kind: 'R', total: yuan(11) },
      ],
    });
    await days.endOfDay(first);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'clean', settled: 4n });

    const second = addDays(first, 1);
    days.bank.write(
      first,
      {
        transactions: [
          { kind: 'TOP_UP', toAccount: 'E1', amount: yuan(100), bankSerialNo: 'PAPER00000001' },
          { ...all[1]!, amount: yuan(22) },
          { ...all[2]!, fromAccount: 'E9' },
          { ...line(4), bankSerialNo: 'S4' },
          all[3]!,
          { ...line(5), bankSerialNo: 'S5b' },
          { ...line(7), bankSerialNo: 'S7' },
        ],
        balances: [
          { accountNo: 'E1', kind: 'E', total: yuan(89) },
          { accountNo: 'R', listingNo: 'L1', kind: 'R', total: yuan(11) },
        ],
      },
      2,
    );
    days.bank.write(second, {
      balances: [
        { accountNo: 'E1', kind: 'E', opening: yuan(89), total: yuan(89) },
        { accountNo: 'R', listingNo: 'L1', kind: 'R', opening: yuan(11), total: yuan(11) },
      ],
    });
    await days.run(reconcileAgainJob, first);
    expect((await days.breaks()).sort()).toEqual([
      '2024-03-01 amount open 2000 -',
      '2024-03-01 duplicate open 500 -',
      '2024-03-01 only_banks open 700 -',
      '2024-03-01 only_ours open -100 -',
      '2024-03-01 party open 300 -',
      '2024-03-01 status open 400 -',
    ]);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'open', confirmedAs: 'OPEN', differenceAccounts: 0n });
    expect(await days.balanceOf('E1')).toBe(yuan(89));
    const states = await days.db.work.read((tx) => tx.query<{ state: string }>(`SELECT state FROM bank_order ORDER BY request_no`));
    expect(states.map((row) => row.state)).toEqual(['done', 'done', 'done', 'refused', 'done']);
  });
});

describe('what comes late', () => {
  it('books the coming back of a transfer, days after it was done', async () => {
    const second = addDays(first, 1);
    const { customer } = await someAccounts(days);
    const [disbursement] = await days.db.work.run((tx) => openAccounts(tx, [{ kind: 'D', accountNo: 'D', listingNo: 'L1' }]));
    const id = await aBankOrder(days, { kind: 'DISBURSE', requestNo: 'Q1', amount: yuan(6), from: disbursement!, to: customer });
    const there = {
      requestNo: 'Q1',
      kind: 'DISBURSE',
      bankSerialNo: 'S1',
      fromAccount: 'D',
      toAccount: 'E1',
      listingNo: 'L1',
      amount: yuan(6),
    } as const;
    const back = { ...there, kind: 'RETURN', bankSerialNo: 'S2', refNo: 'S1', fromAccount: 'E1', toAccount: 'D' } as const;
    const [d, e] = [
      { accountNo: 'D', listingNo: 'L1', kind: 'D' as const },
      { accountNo: 'E1', kind: 'E' as const },
    ];
    days.bank.write(first, {
      transactions: [there],
      balances: [
        { ...d, opening: yuan(6) },
        { ...e, total: yuan(6) },
      ],
    });
    days.bank.write(second, {
      transactions: [back],
      balances: [
        { ...d, total: yuan(6) },
        { ...e, opening: yuan(6) },
      ],
    });
    expect(await days.endOfDay(first)).toBeUndefined();
    expect(await days.endOfDay(second)).toBeUndefined();
    expect(settled).toEqual(['DISBURSE done {}', 'DISBURSE returned {}']);
    expect(await days.rows('SELECT state, returned_serial FROM bank_order WHERE id = $1', [id])).toEqual([
      { state: 'returned', returned_serial: 'S2' },
    ]);
    expect((await days.standing(second)).confirmedAs).toBe('CLEAN');
    expect(await days.balanceOf('D', 'L1')).toBe(yuan(6));
    await days.run(reconcileAgainJob, second, { force: true });
    expect(await days.breaks()).toEqual([]);
  });

  it('never takes a part for the whole: a return of another amount waits for two people, who book what the bank has moved', async () => {
    const second = addDays(first, 1);
    const { customer } = await someAccounts(days);
    const [disbursement] = await days.db.work.run((tx) => openAccounts(tx, [{ kind: 'D', accountNo: 'D', listingNo: 'L1' }]));
    const id = await aBankOrder(days, { kind: 'DISBURSE', requestNo: 'Q1', amount: yuan(6), from: disbursement!, to: customer });
    const listingNo = 'L1';
    const there = {
      requestNo: 'Q1',
      kind: 'DISBURSE',
      bankSerialNo: 'S1',
      fromAccount: 'D',
      toAccount: 'E1',
      listingNo,
      amount: yuan(6),
    } as const;
    const back = { ...there, kind: 'RETURN', bankSerialNo: 'S2', refNo: 'S1', fromAccount: 'E1', toAccount: 'D', amount: yuan(4) } as const;
    const [d, e] = [
      { accountNo: 'D', listingNo, kind: 'D' as const },
      { accountNo: 'E1', kind: 'E' as const },
    ];
    days.bank.write(first, {
      transactions: [there],
      balances: [
        { ...d, opening: yuan(6) },
        { ...e, total: yuan(6) },
      ],
    });
    days.bank.write(second, {
      transactions: [back],
      balances: [
        { ...d, total: yuan(4) },
        { ...e, opening: yuan(6), total: yuan(2) },
      ],
    });
    await days.endOfDay(first);
    await days.endOfDay(second);
    expect(settled).toEqual(['DISBURSE done {}']);
    expect(await days.rows('SELECT state, returned_serial FROM bank_order WHERE id = $1', [id])).toEqual([
      { state: 'done', returned_serial: null },
    ]);
    expect((await days.breaks()).filter((line) => line.includes(' amount '))).toEqual(['2024-03-02 amount open -200 -']);
    expect(await days.rows(`SELECT correction FROM reconciliation_break WHERE kind = 'amount'`)).toEqual([
      { correction: [{ from: customer, to: disbursement, fen: '400' }] },
    ]);
    const [found] = await days.rows<{ id: Uuid }>(`SELECT id FROM reconciliation_break WHERE kind = 'amount'`);
    const wish = { breakId: found!.id, decision: 'adjust', reason: 'a part came back', maker: 'opr_maker' } as const;
    const proposal = await days.db.work.run((tx) => proposeBreakDecision(tx, wish));
    await days.db.work.run((tx) => approveBreakDecision(tx, proposal, 'opr_checker'));
    await days.run(reconcileAgainJob, second, { force: true });
    expect([await days.balanceOf('D', 'L1'), await days.balanceOf('E1')]).toEqual([yuan(4), yuan(2)]);
    expect(await days.standing(second)).toMatchObject({ confirmedAs: 'ADJUSTED', differenceAccounts: 0n });
  });

  it('finds the order of the other side of the cut on its own day', async () => {
    const { customer, fees } = await someAccounts(days);
    const second = addDays(first, 1);
    await aBankOrder(days, { kind: 'FEE', requestNo: 'Q2', amount: yuan(2), from: customer, to: fees });
    const day = { accountNo: 'E1', kind: 'E' as const };
    days.bank.write(first, { balances: [day] });
    await days.endOfDay(first);
    await days.db.work.run((tx) =>
      tx.execute(
        `UPDATE bank_order SET state = 'done', bank_serial = 'S2', bank_date = $1, bank_time = now(), decided_by = 'answer' WHERE request_no = 'Q2'`,
        [first],
      ),
    );
    days.bank.write(second, {
      transactions: [{ requestNo: 'Q2', kind: 'FEE', bankSerialNo: 'S2', fromAccount: 'E1', toAccount: 'F', amount: yuan(2) }],
      balances: [day],
    });
    await days.run(reconcileAgainJob, first, { force: true });
    expect(await days.breaks()).toEqual(['2024-03-01 only_ours open -200 -']);
    await days.endOfDay(second);
    expect((await days.breaks()).sort()).toEqual([
      '2024-03-01 only_ours closed -200 not-found-again',
      '2024-03-02 cut_off closed 200 carried',
    ]);
  });

  it('proves a day again when an entry of its bank date came after its proof', async () => {
    const { customer } = await someAccounts(days);
    const second = addDays(first, 1);
    for (const date of [first, second]) days.bank.write(date, { balances: [{ accountNo: 'E1', kind: 'E' }] });
    await days.endOfDay(first);
    expect((await days.standing(first)).confirmedAs).toBe('CLEAN');
    await days.db.work.run(async (tx) =>
      post(tx, [
        {
          reference: 'late',
          kind: 'OUTSIDE_IN',
          debitAccountId: await outsideAccount(tx),
          creditAccountId: customer,
          amount: yuan(1),
          bankOrderId: null,
          serial: 'LATE',
          bankDate: first,
          happenedAt: new Date(0),
        },
      ]),
    );
    await days.endOfDay(second);
    expect(await days.breaks()).toEqual(['2024-03-01 only_ours adjusted -100 both-files-agree']);
    expect((await days.standing(first)).confirmedAs).toBe('ADJUSTED');
    expect((await days.standing(second)).confirmedAs).toBe('CLEAN');
  });
});

describe('credit lines beside the statement', () => {
  it('finishes an order from the CREDIT file and names what only one side has', async () => {
    const id = await aBankOrder(days, { kind: 'CREDIT_MOVE', requestNo: 'Q1', amount: yuan(10), from: null, to: null });
    days.bank.write(first, {
      credit: [
        { requestNo: 'Q1', moveNo: 'M1', kind: 'DEDUCT', amount: yuan(10), limit: yuan(10) },
        { moveNo: 'M9', kind: 'FREEZE', amount: yuan(1), limit: yuan(10) },
      ],
    });
    await days.endOfDay(first);
    expect(settled).toEqual(['CREDIT_MOVE done {"limit":"10.00"}']);
    expect(await days.rows('SELECT state FROM bank_order WHERE id = $1', [id])).toEqual([{ state: 'done' }]);
    // The owner of the order writes the movement; here it is silent, so that both lines lack their counterpart in the register.
    expect((await days.breaks()).sort()).toEqual(['2024-03-01 credit open 100 -', '2024-03-01 credit open 1000 -']);
  });
});
