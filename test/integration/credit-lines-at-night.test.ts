import type { Outcome } from '#bank/port';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { addDays, instantOn } from '#kernel/time';
import { settle } from '#registers/bank-order';
import { lineFrozen, moveLine } from '#registers/credit-line';
import { approveBreakDecision, breakStandings, proposeBreakDecision, reconcileAgainJob } from '#watch/reconciliation';
import '../../apps/chain';
import { readLine } from '../support/credit-line-view';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';

const yuan = (amount: number): Fen => fen(BigInt(amount * 100));

let days: PaperDays;
let customer: Uuid;
let listing: Uuid;

beforeAll(async () => {
  days = await PaperDays.open('imported');
});
afterAll(() => days.db.close());
beforeEach(async () => {
  await days.begin(yuan(1_000));
  customer = newId();
  listing = newId();
  await days.db.work.run(async (tx) => {
    await tx.execute(`INSERT INTO customer (id, customer_no) VALUES ($1, 'C7')`, [customer]);
    await tx.execute(
      `INSERT INTO listing (id, listing_no, state, source, kind, borrower_id, purpose, amount_fen, applied_fen, annual_rate_ppm, term_months, method, financing_no, line_freeze_no)
       VALUES ($1, 'L7', 'approved', 'online', 'credit', $2, 'a stove', 10000, 10000, 70000, 3, 'bullet', 'F7', 'M1')`,
      [listing, customer],
    );
    await lineFrozen(tx, {
      listingId: listing,
      customerId: customer,
      moveNo: 'M1',
      financingNo: 'F7',
      amount: yuan(100),
      limit: yuan(500),
    });
  });
});

const FREEZE = {
  moveNo: 'M1',
  financingNo: 'F7',
  customerNo: 'C7',
  kind: 'FREEZE',
  amount: yuan(100),
  frozen: yuan(100),
  limit: yuan(500),
} as const;
const word = { serial: 'B1', bankDate: first, bankTime: instantOn(first, '10:00:00') };

/** Asks for the use of the freeze, and lets the bank answer. */
async function use(outcome: Outcome): Promise<{ id: Uuid; request_no: string }> {
  await days.db.work.run((tx) => moveLine(tx, [{ kind: 'DEDUCT', listingId: listing, amount: yuan(100), cause: 'approved' }]));
  const [order] = await days.rows<{ id: Uuid; request_no: string }>('SELECT id, request_no FROM bank_order');
  await days.db.work.run((tx) => settle(tx, [{ id: order!.id, outcome }], 'answer', 'system'));
  return order!;
}

describe('a credit line at the end of the day', () => {
  it('is as the file says, with what came after the cut still to be shown', async () => {
    days.bank.write(first, { credit: [FREEZE] });
    await use({ kind: 'done', data: { limit: '600.00' }, ...word, bankDate: addDays(first, 1) });
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual([]);
    expect(await days.db.work.read((tx) => readLine(tx, customer))).toMatchObject({
      limit_fen: 60_000n,
      used_fen: 10_000n,
      frozen_fen: 0n,
    });
  });

  it.each([
    ['used', { used: yuan(1) }, 100n],
    ['frozen', { frozen: yuan(130) }, 3_000n],
    ['limit', { limit: yuan(499) }, 0n],
  ])('is a break when the file says another figure: %s', async (figure, said, difference) => {
    days.bank.write(first, { credit: [{ ...FREEZE, ...said }] });
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual([`2024-03-01 credit open ${difference} -`]);
    const [found] = await days.db.work.read((tx) => breakStandings(tx));
    expect(found!.banks![figure]).not.toBe(found!.ours![figure]);
    expect((await days.standing(first)).confirmedAs).toBe('OPEN');
  });

  it('names of each customer the first line that differs, and no other', async () => {
    const { request_no: requestNo } = await use({ kind: 'done', data: {}, ...word });
    const [move] = await days.rows<{ move_no: string }>(`SELECT move_no FROM credit_movement WHERE kind = 'DEDUCT'`);
    const deduct = { ...FREEZE, requestNo, moveNo: move!.move_no, kind: 'DEDUCT', frozen: yuan(0), used: yuan(100) } as const;
    days.bank.write(first, { credit: [FREEZE, deduct] });
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual([]);
    days.bank.write(
      first,
      {
        credit: [
          { ...FREEZE, used: yuan(2) },
          { ...deduct, used: yuan(102) },
        ],
      },
      2,
    );
    await days.run(reconcileAgainJob, first);
    expect(await days.breaks()).toEqual(['2024-03-01 credit open 200 -']);
  });

  it('has a break for each movement that was refused, until two people have closed it', async () => {
    const order = await use({ kind: 'refused', code: 'CREDIT_LINE_EXCEEDED' });
    days.bank.write(first, { credit: [FREEZE] });
    await days.endOfDay(first);
    const [found] = await days.db.work.read((tx) => breakStandings(tx));
    expect(found).toMatchObject({
      kind: 'credit',
      state: 'open',
      amountFen: -10_000n,
      key: `refused:${order.id}`,
      banks: { code: 'CREDIT_LINE_EXCEEDED' },
    });
    await days.db.work.run(async (tx) => {
      const breakId = found!.id as Uuid;
      const proposal = await proposeBreakDecision(tx, { breakId, decision: 'close', reason: 'withdrawn', maker: 'opr_1' });
      await approveBreakDecision(tx, proposal, 'opr_2');
    });
    expect(await days.breaks()).toEqual(['2024-03-01 credit closed -10000 people']);
  });
});
