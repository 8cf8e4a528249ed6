import { newId } from '#kernel/ids';
import { advancesOf } from '#journey/repayment';
import { LoanWorld } from '../support/loan-world';
import { bankWith, LoanView, no, yes } from '../support/loan-view';
import { keepsWhatMustHold } from '../support/loan-laws';

describe('a loan that is not paid in time', () => {
  let world: LoanWorld;
  let see: LoanView;

  beforeAll(async () => {
    world = await LoanWorld.open();
    see = new LoanView(world);
  });
  beforeEach(() => world.begin());
  afterEach(() => keepsWhatMustHold(world));
  afterAll(() => world.close());

  it('advances after grace, pays the investors that day, and gives the payer back what the borrower pays later', async () => {
    const loan = await world.lend({ months: 1, mode: 'insured', financed: true });
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    expect(await see.states(loan)).toEqual(['paid_by_advance']);
    expect(await see.facts()).toEqual(['repaid', 'started']);
    expect(await see.orders('CREDIT_MOVE')).toEqual([]); // an advance restores nothing
    const [instalment] = await see.instalments(loan);
    expect(await world.db.work.run((tx) => advancesOf(tx, loan.listingId))).toMatchObject([
      { mode: 'insured', amount_fen: instalment!.due_fen, received_fen: 0n, state: 'open' },
    ]);
    await world.until('2024-02-13', yes); // the weekly try
    expect(await see.states(loan)).toEqual(['recovered']);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
    expect((await see.orders('RECOVER')).map((order) => order.amount_fen)).toEqual([instalment!.due_fen]);
    expect((await see.orders('CREDIT_MOVE')).map((order) => order.amount_fen)).toEqual([1_000_001n]);
    expect(await see.balance('R1')).toBe(0n);
  });

  it('advances only what is still due when the borrower has paid a part (defect 30)', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-03', bankWith({ REPAY: no }));
    await see.pay(loan, 400_000n);
    await world.live(yes);
    expect(await see.states(loan)).toEqual(['in_grace']);
    const [inPart] = await world.rows<{ paid_fen: bigint }>(`SELECT sum(amount_fen)::bigint AS paid_fen FROM payout WHERE state = 'paid'`);
    expect(inPart!.paid_fen).toBe(400_000n); // distributed the same day
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    const [instalment] = await see.instalments(loan);
    expect(instalment).toMatchObject({ state: 'paid_by_advance', paid_fen: 400_000n, advanced_fen: instalment!.due_fen - 400_000n });
    expect((await see.orders('ADVANCE')).map((order) => order.amount_fen)).toEqual([instalment!.due_fen - 400_000n]);
    expect(await see.balance('B1')).toBe(400_000n - instalment!.due_fen);
  });

  it('never advances while a charge is undecided, and never has two payers for one instalment (defect 29)', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-04', bankWith({ REPAY: no }));
    await world.until('2024-02-07', bankWith({ REPAY: 'wait' })); // the last charge of grace is not answered for days
    expect(await see.orders('ADVANCE')).toEqual([]);
    await expect(see.pay(loan, 100n)).rejects.toMatchObject({ code: 'PAYMENT_IN_PROGRESS' });
    await world.live(yes);
    expect(await see.instalments(loan)).toMatchObject([{ state: 'paid', advanced_fen: 0n, paid_on: '2024-02-05' }]);
    await world.until('2024-02-10', yes);
    expect(await see.orders('ADVANCE')).toEqual([]);
  });

  it('has at most one open incoming order per loan, by the table itself (defect 29)', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-02', bankWith({ REPAY: 'wait' }));
    const copy = world.db.work.run((tx) =>
      tx.execute(
        `INSERT INTO bank_order (id, request_no, kind, send_group, loan_id, subject_id, amount_fen, created_on)
         SELECT $1::uuid, $1::text, 'ADVANCE', $1::uuid, loan_id, subject_id, 1, created_on FROM bank_order WHERE kind = 'REPAY'`,
        [newId()],
      ),
    );
    await expect(copy).rejects.toMatchObject({ constraint: 'bank_order_one_incoming' });
    expect(await see.states(loan)).toEqual(['charging']);
  });

  it('is overdue and visible when the advance fails too, and is retried from both', async () => {
    const loan = await world.lend({ months: 1, mode: 'insured' });
    const nobody = bankWith({ REPAY: no, ADVANCE: { refused: 'ADVANCE_DECLINED' } });
    await world.until('2024-02-06', nobody);
    expect(await see.states(loan)).toEqual(['overdue']);
    await world.until('2024-02-07', nobody);
    expect(await see.orders('ADVANCE')).toHaveLength(2);
    await world.until('2024-02-08', bankWith({ REPAY: no }));
    expect(await see.states(loan)).toEqual(['paid_by_advance']);
  });

  it('advances what the cover has left and collects the rest from the borrower', async () => {
    const loan = await world.lend({ months: 1, cover: 300_000n });
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    const [instalment] = await see.instalments(loan);
    expect(instalment).toMatchObject({ state: 'overdue', advanced_fen: 300_000n });
    await world.until('2024-02-07', yes);
    expect(await see.instalments(loan)).toMatchObject([
      { state: 'recovered', paid_fen: instalment!.due_fen - 300_000n, advanced_fen: 300_000n },
    ]);
    expect(await see.facts()).toEqual(['cleared', 'repaid', 'started']);
    expect(await see.balance('B1')).toBe(0n);
  });

  it('applies an own payment to recoveries first and gives back what exceeds all dues', async () => {
    const loan = await world.lend({ months: 2, financed: true });
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    const [first] = await see.instalments(loan);
    const ordered = await see.pay(loan, first!.due_fen + 5_000n);
    expect(ordered.owed).toBe(first!.due_fen);
    await world.live(yes);
    expect((await see.instalments(loan))[0]).toMatchObject({ state: 'recovered' });
    expect((await see.orders('PARK')).map((order) => order.amount_fen)).toEqual([5_000n]);
    expect((await see.orders('UNPARK')).map((order) => order.amount_fen)).toEqual([5_000n]);
    expect(await see.balance(loan.borrowerAccountNo)).toBe(-first!.due_fen);
    expect((await see.orders('CREDIT_MOVE')).map((order) => order.amount_fen)).toEqual([first!.principal_fen]);
    await expect(see.pay(loan, 1n)).rejects.toMatchObject({ code: 'NOTHING_DUE' });
    await expect(see.pay(loan, 1n, newId())).rejects.toMatchObject({ code: 'LOAN_NOT_FOUND' });
  });

  it('tries the oldest debt alone when all of it together is refused', async () => {
    const loan = await world.lend({ months: 2, cover: 1n });
    await world.until('2024-03-03', bankWith({ REPAY: no, ADVANCE: { refused: 'ADVANCE_DECLINED' } }));
    const [first, second] = await see.instalments(loan);
    await world.until('2024-03-04', (order) => (order.kind === 'REPAY' && order.amount_fen > first!.due_fen ? no : 'done'));
    expect((await see.orders('REPAY')).slice(-2)).toMatchObject([
      { amount_fen: first!.due_fen + second!.due_fen, state: 'refused' },
      { amount_fen: first!.due_fen, state: 'done' },
    ]);
    expect(await see.states(loan)).toEqual(['paid', 'in_grace']);
  });

  it('calls an instalment overdue when grace has ended and the cover is used up', async () => {
    const loan = await world.lend({ months: 1 });
    await world.rows('UPDATE guarantee SET used_fen = cover_fen');
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    expect(await see.states(loan)).toEqual(['overdue']);
    expect(await see.orders('ADVANCE')).toEqual([]);
    await world.until('2024-02-07', yes);
    expect(await see.states(loan)).toEqual(['paid']);
  });

  it('tries again what the bank refused to pass on, to park, or to pay from suspense', async () => {
    const loan = await world.lend({ months: 2 });
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    const [first] = await see.instalments(loan);
    await see.pay(loan, first!.due_fen + 7n);
    await world.live(bankWith({ RECOVER: no, PARK: no }));
    expect(await see.states(loan)).toEqual(['paid_by_advance', 'scheduled']);
    await world.until('2024-02-07', bankWith({ UNPARK: { refused: 'ACCOUNT_FROZEN' } }));
    expect(await see.states(loan)).toEqual(['recovered', 'scheduled']);
    expect(await world.rows(`SELECT state FROM payout WHERE share_id IS NULL`)).toEqual([{ state: 'parked' }]);
    await world.until('2024-02-08', yes);
    expect(await world.rows(`SELECT state FROM payout WHERE share_id IS NULL`)).toEqual([{ state: 'paid' }]);
    expect(await see.balance(loan.borrowerAccountNo)).toBe(-first!.due_fen);
  });

  it('hands a recovery to people after sixty days, and still takes what comes in', async () => {
    const loan = await world.lend({ months: 1 });
    await world.until('2024-02-06', bankWith({ REPAY: no }));
    await world.rows(`UPDATE recovery SET opened_on = '2023-12-09'`);
    await world.until('2024-02-07', bankWith({ REPAY: no }));
    expect(await world.rows('SELECT state FROM recovery')).toEqual([{ state: 'collecting_by_hand' }]);
    await see.pay(loan, 300_000n);
    await world.live(yes);
    expect(await world.rows('SELECT state, received_fen, passed_on_fen FROM recovery')).toEqual([
      { state: 'collecting_by_hand', received_fen: 300_000n, passed_on_fen: 300_000n },
    ]);
    await see.pay(loan, (await see.instalments(loan))[0]!.due_fen - 300_000n);
    await world.live(yes);
    expect(await see.states(loan)).toEqual(['recovered']);
  });
});
