import type { Uuid } from '#kernel/ids';
import { readLoan, repaymentStatus, whereIsMyMoney } from '#journey/repayment';
import { LoanWorld } from '../support/loan-world';
import type { Bank } from '../support/loan-world';
import { bankWith, LoanView, no, yes } from '../support/loan-view';
import { keepsWhatMustHold } from '../support/loan-laws';

describe('the repayment of a loan', () => {
  let world: LoanWorld;
  let see: LoanView;

  beforeAll(async () => {
    world = await LoanWorld.open();
    see = new LoanView(world);
  });
  beforeEach(() => world.begin());
  afterEach(() => keepsWhatMustHold(world));
  afterAll(() => world.close());

  it('pays every investor his principal and interest to the fen, and ends (defect 7)', async () => {
    const loan = await world.lend({ financed: true });
    expect(await see.facts()).toEqual(['started']);
    await world.until('2024-04-03', yes);
    expect(await see.states(loan)).toEqual(['paid', 'paid', 'paid']);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
    expect((await see.orders('REPAY')).map((order) => order.instruction.mandateNo)).toEqual(Array(3).fill(loan.borrowerAccountNo));
    const due = (await see.instalments(loan)).reduce((sum, row) => sum + row.due_fen, 0n);
    expect(await see.balance(loan.borrowerAccountNo)).toBe(-due);
    expect(await see.balance('R1')).toBe(0n);
    const received = await world.rows<{ whole: boolean }>(
      `SELECT c.principal_fen + (SELECT sum(interest_fen) FROM share s WHERE s.claim_id = c.id) = a.posted_fen AS whole
       FROM claim c JOIN ledger_account a ON a.id = c.account_id`,
    );
    expect(received.map((row) => row.whole)).toEqual([true, true, true]);
    const restored = await see.orders('CREDIT_MOVE');
    expect(restored).toHaveLength(3);
    expect(restored.reduce((sum, order) => sum + order.amount_fen, 0n)).toBe(1_000_001n);
  });

  it('starts once, however often it is told', async () => {
    const loan = await world.lend();
    await world.rows(`UPDATE job SET done_at = NULL WHERE name = 'repayment.start'`);
    await world.jobs();
    const [count] = await world.rows<{ shares: number; loans: number }>(
      'SELECT (SELECT count(*)::int FROM share) AS shares, (SELECT count(*)::int FROM loan) AS loans',
    );
    expect(count).toEqual({ shares: 9, loans: 1 });
    expect(await see.states(loan)).toEqual(['scheduled', 'scheduled', 'scheduled']);
  });

  it('charges on the working day after a holiday, not before it, and the interest stays what it was (defect 24)', async () => {
    const loan = await world.lend({ valueDate: '2024-01-10', months: 1 });
    const [row] = await see.instalments(loan);
    expect(row!.due_date).toBe('2024-02-18'); // 10 to 17 February 2024 is the Spring Festival; Sunday the 18th is a make-up working day
    await world.until('2024-02-17', yes);
    expect(await see.orders('REPAY')).toEqual([]);
    await world.until('2024-02-18', yes);
    expect((await see.orders('REPAY')).map((order) => order.amount_fen)).toEqual([row!.due_fen]);
    expect(row!.due_fen - row!.principal_fen).toBe(5_833n); // a twelfth of 7 % of ¥10,000.01, whatever day the money moves
  });

  it('is paid within grace without anybody advancing', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-04', bankWith({ REPAY: no }));
    expect(await see.states(loan)).toEqual(['in_grace']);
    expect(await see.orders('REPAY')).toHaveLength(3);
    await world.until('2024-02-05', yes);
    expect(await see.states(loan)).toEqual(['paid']);
    expect(await see.orders('ADVANCE')).toEqual([]);
  });

  it('gives every payout an identity: what was told twice is paid once (defect 28)', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-02', bankWith({ PAYOUT: 'wait' }));
    await world.rows(`UPDATE job SET done_at = NULL WHERE name = 'repayment.distribute'`);
    await expect(world.jobs()).rejects.toThrow('came in for shares that are owed 0');
    expect(await see.orders('PAYOUT')).toHaveLength(3);
    await world.rows(`UPDATE job SET done_at = clock_timestamp() WHERE name = 'repayment.distribute'`);
    await world.live(yes);
    expect(await see.states(loan)).toEqual(['paid']);
  });

  it('parks what a closed account refuses for three working days, lets the loan end, and pays when there is an account again (defect 32)', async () => {
    const loan = await world.lend({ months: 1 });
    const [closed] = loan.investors;
    const bank: Bank = (order) => (order.kind === 'PAYOUT' && order.to_no === closed!.accountNo ? { refused: 'ACCOUNT_CLOSED' } : 'done');
    await world.rows(`UPDATE customer SET e_account_status = 'CLOSED' WHERE id = $1`, [closed!.id]);
    await world.until('2024-02-02', bank); // a Friday
    expect(await see.states(loan)).toEqual(['distributing']);
    await world.until('2024-02-05', bank);
    expect(await see.states(loan)).toEqual(['distributing']);
    await world.until('2024-02-06', bank); // Sunday the 4th was a make-up working day: 4, 5, 6
    expect(await see.states(loan)).toEqual(['paid']);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
    expect(await see.balance('R1')).toBe(0n);
    const [claim] = await world.rows<{ id: Uuid }>('SELECT id FROM claim WHERE customer_id = $1', [closed!.id]);
    const shown = await world.db.work.run((tx) => whereIsMyMoney(tx, { claimId: claim!.id, customerId: closed!.id }));
    expect(shown).toMatchObject({ paid_fen: 0n, shares: [{ status: 'parked' }] });
    await world.rows(`UPDATE customer SET e_account_status = 'ACTIVE', e_account_no = 'E-new' WHERE id = $1`, [closed!.id]);
    await world.until('2024-02-08', yes);
    expect(await see.balance('E-new')).toBe(shown.parked_fen);
    expect((await world.db.work.run((tx) => whereIsMyMoney(tx, { claimId: claim!.id, customerId: closed!.id }))).shares).toMatchObject([
      { status: 'paid' },
    ]);
  });

  it('sends a refused payout again the next day, under a new number', async () => {
    const loan = await world.lend({ months: 1 });
    const [frozen] = loan.investors;
    await world.until('2024-02-02', (order) => (order.to_no === frozen!.accountNo ? { refused: 'JUDICIAL_FREEZE' } : 'done'));
    await world.until('2024-02-03', yes);
    expect(await see.states(loan)).toEqual(['paid']);
    expect(
      await world.rows(`SELECT count(*)::int AS items, count(DISTINCT item_no)::int AS numbers FROM bank_order WHERE kind = 'PAYOUT'`),
    ).toEqual([{ items: 4, numbers: 4 }]);
    expect(await world.rows('SELECT attempts, state, last_code FROM payout WHERE attempts > 0')).toEqual([
      { attempts: 1, state: 'paid', last_code: 'JUDICIAL_FREEZE' },
    ]);
  });

  it('ends an instalment once when the results of its payouts come in at the same moment', async () => {
    const loan = await world.lend({ months: 1, principals: Array.from({ length: 20 }, () => 50_000n) });
    await world.until('2024-02-02', bankWith({ PAYOUT: 'wait' }));
    const only =
      (even: boolean): Bank =>
      (order) =>
        Number(BigInt(`0x${order.id.slice(-4)}`) % 2n) === (even ? 0 : 1) ? 'done' : 'wait';
    await Promise.all([world.answer(only(true)), world.answer(only(false))]);
    expect(await see.states(loan)).toEqual(['paid']);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
  });

  it('passes periods in which nothing falls due', async () => {
    const loan = await world.lend({ months: 3, annualRatePpm: 0, method: 'interest_first' });
    await world.until('2024-04-02', yes);
    expect(await see.states(loan)).toEqual(['paid', 'paid', 'paid']);
    expect(await see.orders('REPAY')).toHaveLength(1);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
  });

  it('makes a provisional due date final when its year is published, with a trace', async () => {
    const loan = await world.lend({ months: 1 });
    await world.rows(
      `UPDATE instalment SET provisional = true, nominal_date = '2024-02-10', due_date = '2024-02-10', grace_until = '2024-02-13'`,
    );
    await world.until('2024-01-03', yes);
    expect(await see.instalments(loan)).toMatchObject([
      { due_date: '2024-02-18', grace_until: '2024-02-21', provisional: false, state: 'scheduled' },
    ]);
    expect(await world.rows(`SELECT event FROM move WHERE noun = 'instalment'`)).toEqual([{ event: 'fix_dates' }]);
  });

  it('shows a loan to its borrower and its repayment to operators', async () => {
    const loan = await world.lend({ months: 2 });
    await world.until('2024-02-02', yes);
    const loanId = await see.loanId(loan);
    const view = await world.db.work.run((tx) => readLoan(tx, { loanId, borrowerId: loan.borrowerId }));
    expect(view).toMatchObject({
      due_now_fen: 0n,
      to_recover_fen: 0n,
      next_due_date: '2024-03-04',
      in_progress: false,
      instalments: [{ state: 'paid' }, { state: 'scheduled' }],
    });
    const status = await world.db.work.run((tx) => repaymentStatus(tx, loan.listingId));
    expect(status).toMatchObject({ payouts: [{ state: 'paid', count: 3 }], advances: [] });
  });
});
