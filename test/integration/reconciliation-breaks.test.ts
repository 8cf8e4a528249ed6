import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import {
  approveBreakDecision,
  breakStandings,
  proposeBreakDecision,
  reconcileAgainJob,
  rejectBreakDecision,
  scanProposals,
} from '#watch/reconciliation';
import { withClient } from '#platform/database';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';
import { aBankOrder, hearOutcomes, someAccounts } from '../support/paper-orders';

const yuan = (amount: number): Fen => BigInt(amount * 100) as Fen;

let days: PaperDays;
const heard = hearOutcomes('PAYOUT', 'REPAY');

beforeAll(async () => {
  days = await PaperDays.open();
});
afterAll(() => days.db.close());
beforeEach(() => days.begin(yuan(1_000)));

describe('a break and its rule', () => {
  const extra = { requestNo: 'X1', kind: 'FEE', bankSerialNo: 'SX', fromAccount: 'F', toAccount: 'E1', amount: yuan(3) } as const;
  const withExtra = (version: number) =>
    days.bank.write(
      first,
      {
        transactions: [extra],
        balances: [
          { accountNo: 'E1', kind: 'E', total: yuan(3) },
          { accountNo: 'F', kind: 'F', opening: yuan(10), total: yuan(7) },
        ],
      },
      version,
    );

  it('adjusts what both files say, and reverses it by new entries when a corrected file no longer does', async () => {
    withExtra(1);
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual(['2024-03-01 only_banks adjusted 300 both-files-agree']);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'adjusted', confirmedAs: 'ADJUSTED', differenceAccounts: 0n });
    days.bank.write(
      first,
      {
        balances: [
          { accountNo: 'E1', kind: 'E' },
          { accountNo: 'F', kind: 'F', opening: yuan(10), total: yuan(10) },
        ],
      },
      2,
    );
    await days.run(reconcileAgainJob, first);
    expect(await days.breaks()).toEqual(['2024-03-01 only_banks closed 300 not-found-again']);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'clean', confirmedAs: 'CLEAN' });
    expect((await days.entries()).filter((entry) => entry.startsWith('ADJUSTMENT'))).toEqual([
      'ADJUSTMENT F→E1 300',
      'ADJUSTMENT E1→F 300',
    ]);
    withExtra(3);
    await days.run(reconcileAgainJob, first);
    expect(await days.breaks()).toEqual(['2024-03-01 only_banks adjusted 300 both-files-agree']);
    expect(await days.balanceOf('E1')).toBe(yuan(3));
    await days.run(reconcileAgainJob, first, { force: true });
    expect((await days.entries()).filter((entry) => entry.startsWith('ADJUSTMENT'))).toHaveLength(3);
  });

  it('posts nothing for a line that the bank’s own balances contradict, and closes it with the corrected file', async () => {
    days.bank.write(first, {
      transactions: [extra],
      balances: [
        { accountNo: 'E1', kind: 'E' },
        { accountNo: 'F', kind: 'F', opening: yuan(10), total: yuan(10) },
      ],
    });
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual(['2024-03-01 only_banks open 300 -']);
    expect((await days.entries()).filter((entry) => entry.startsWith('ADJUSTMENT'))).toEqual([]);
    days.bank.write(
      first,
      {
        balances: [
          { accountNo: 'E1', kind: 'E' },
          { accountNo: 'F', kind: 'F', opening: yuan(10), total: yuan(10) },
        ],
      },
      2,
    );
    days.bank.write(addDays(first, 1), {
      balances: [
        { accountNo: 'E1', kind: 'E' },
        { accountNo: 'F', kind: 'F', opening: yuan(10), total: yuan(10) },
      ],
    });
    await days.endOfDay(addDays(first, 1));
    expect(await days.breaks()).toEqual(['2024-03-01 only_banks closed 300 not-found-again']);
    expect((await days.standing(first)).confirmedAs).toBe('CLEAN');
    expect((await days.standing(addDays(first, 1))).confirmedAs).toBe('CLEAN');
  });

  it('reverses an outside movement that a corrected file no longer has', async () => {
    days.bank.write(first, {
      transactions: [{ kind: 'TOP_UP', toAccount: 'E1', amount: yuan(8) }],
      balances: [{ accountNo: 'E1', kind: 'E', total: yuan(8) }],
    });
    await days.endOfDay(first);
    days.bank.write(first, { balances: [{ accountNo: 'E1', kind: 'E' }] }, 2);
    await days.run(reconcileAgainJob, first);
    expect(await days.breaks()).toEqual(['2024-03-01 only_ours adjusted -800 both-files-agree']);
    expect(await days.balanceOf('E1')).toBe(0n);
    expect((await days.entries()).at(-1)).toBe('ADJUSTMENT E1→OUTSIDE 800');
  });

  it('corrects an outside movement whose amount was wrong in an earlier version or in its notice', async () => {
    const line = { kind: 'TOP_UP', toAccount: 'E1', bankSerialNo: 'ST', fromAccount: 'a card elsewhere' } as const;
    days.bank.write(first, {
      transactions: [{ ...line, amount: 801n as Fen }],
      balances: [{ accountNo: 'E1', kind: 'E', total: yuan(8) }],
    });
    await days.endOfDay(first);
    expect(await days.breaks()).toEqual(['2024-03-01 balance open -1 -']);
    days.bank.write(first, { transactions: [{ ...line, amount: yuan(8) }], balances: [{ accountNo: 'E1', kind: 'E', total: yuan(8) }] }, 2);
    await days.run(reconcileAgainJob, first);
    expect(await days.breaks()).toEqual(['2024-03-01 balance closed -1 not-found-again', '2024-03-01 amount adjusted -1 both-files-agree']);
    expect(await days.entries()).toEqual(['OUTSIDE_IN OUTSIDE→E1 801', 'ADJUSTMENT E1→OUTSIDE 1']);
    expect((await days.standing(first)).confirmedAs).toBe('ADJUSTED');
  });

  it('waits for two people above the limit: proposed, approved by another, proved anew', async () => {
    const large = { ...extra, amount: yuan(3_000) };
    const day = {
      transactions: [large],
      balances: [
        { accountNo: 'E1', kind: 'E' as const, total: yuan(3_000) },
        { accountNo: 'F', kind: 'F' as const, opening: yuan(9_000), total: yuan(6_000) },
      ],
    };
    days.bank.write(first, day);
    await days.endOfDay(first);
    expect((await days.breaks()).sort()).toEqual([
      '2024-03-01 balance open -300000 -',
      '2024-03-01 balance open 300000 -',
      '2024-03-01 only_banks open 300000 -',
    ]);
    const found = (await days.db.work.read((tx) => breakStandings(tx))).find((row) => row.kind === 'only_banks')!;
    const wish = { breakId: found.id as Uuid, decision: 'adjust', reason: 'the bank corrected a fee', maker: 'opr_maker' } as const;
    const rejected = await days.db.work.run((tx) => proposeBreakDecision(tx, wish));
    await expect(days.db.work.run((tx) => proposeBreakDecision(tx, wish))).rejects.toMatchObject({ code: 'BREAK_NOT_OPEN' });
    await expect(days.db.work.run((tx) => approveBreakDecision(tx, rejected, 'opr_maker'))).rejects.toMatchObject({
      code: 'CHECKER_IS_MAKER',
    });
    await days.db.work.run((tx) => rejectBreakDecision(tx, rejected, 'opr_checker'));
    await expect(days.db.work.run((tx) => approveBreakDecision(tx, rejected, 'opr_checker'))).rejects.toMatchObject({
      code: 'PROPOSAL_NOT_OPEN',
    });
    const late = await days.db.work.run((tx) => proposeBreakDecision(tx, wish));
    await withClient(days.db.ownerUrl, (client) => client.query('UPDATE proposal SET expires_at = now() WHERE id = $1', [late]));
    await days.db.work.run((tx) => scanProposals(tx));
    expect(await days.breaks()).toContain('2024-03-01 only_banks open 300000 -');
    const proposal = await days.db.work.run((tx) => proposeBreakDecision(tx, wish));
    await days.db.work.run((tx) => approveBreakDecision(tx, proposal, 'opr_checker'));
    expect(await days.balanceOf('E1')).toBe(yuan(3_000));
    await days.run(reconcileAgainJob, first, { force: true });
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'adjusted', confirmedAs: 'ADJUSTED', differenceAccounts: 0n });
    expect(new Set((await days.breaks()).map((line) => line.split(' ')[2]))).toEqual(new Set(['adjusted', 'closed']));
  });

  it('has its order follow the bank where the order knows a way: it stays adjusted, whatever a later file says, and that shows in the balances', async () => {
    const { customer, repayment } = await someAccounts(days);
    await aBankOrder(days, { kind: 'PAYOUT', requestNo: 'Q1', amount: yuan(6), from: repayment, to: customer });
    await aBankOrder(days, { kind: 'REPAY', requestNo: 'Q2', amount: yuan(4), from: customer, to: repayment });
    const listingNo = 'L1';
    const paid = {
      requestNo: 'Q1',
      kind: 'PAYOUT',
      bankSerialNo: 'S1',
      fromAccount: 'R',
      toAccount: 'E1',
      listingNo,
      amount: yuan(6),
    } as const;
    const charged = {
      requestNo: 'Q2',
      kind: 'REPAY',
      bankSerialNo: 'S2',
      fromAccount: 'E1',
      toAccount: 'R',
      listingNo,
      amount: yuan(4),
    } as const;
    const failed = { status: 'FAILED', code: 'ACCOUNT_CLOSED' } as const;
    const balances = (r: number, e: number) => [
      { accountNo: 'R', listingNo, kind: 'R' as const, opening: yuan(6), total: yuan(r) },
      { accountNo: 'E1', kind: 'E' as const, opening: yuan(4), total: yuan(e) },
    ];
    days.bank.write(first, { transactions: [paid, { ...charged, ...failed }], balances: balances(0, 10) });
    await days.endOfDay(first);
    expect(heard).toEqual(['PAYOUT done {}', 'REPAY refused null']);

    days.bank.write(first, { transactions: [{ ...paid, ...failed }, charged], balances: balances(10, 0) }, 2);
    await days.run(reconcileAgainJob, first);
    const found = await days.rows<{ id: Uuid }>(`SELECT id FROM reconciliation_break WHERE kind = 'status' ORDER BY no`);
    expect(found).toHaveLength(2);
    for (const { id: breakId } of found) {
      const wish = { breakId, decision: 'adjust', reason: '银行流水为准', maker: 'opr_maker' } as const;
      const proposal = await days.db.work.run((tx) => proposeBreakDecision(tx, wish));
      await days.db.work.run((tx) => approveBreakDecision(tx, proposal, 'opr_checker'));
    }
    expect(heard.slice(2).sort()).toEqual(['PAYOUT returned {}', 'REPAY done {}']);
    for (let look = 0; look < 2; look += 1) {
      await days.run(reconcileAgainJob, first, { force: true });
      expect(await days.standing(first)).toMatchObject({ confirmedAs: 'ADJUSTED', differenceAccounts: 0n });
      expect((await days.breaks()).filter((line) => !line.includes(' closed ')).sort()).toEqual([
        '2024-03-01 status adjusted 400 people-with-order',
        '2024-03-01 status adjusted 600 people-with-order',
      ]);
    }
    expect((await days.entries()).slice(-2).sort()).toEqual(['REPAY E1→R 400', 'RETURN E1→R 600']);

    days.bank.write(first, { transactions: [paid, { ...charged, ...failed }], balances: balances(0, 10) }, 3);
    await days.run(reconcileAgainJob, first);
    expect([await days.balanceOf('R', listingNo), await days.balanceOf('E1')]).toEqual([yuan(10), 0n]);
    expect((await days.breaks()).filter((line) => line.includes('balance open')).sort()).toEqual([
      '2024-03-01 balance open -1000 -',
      '2024-03-01 balance open 1000 -',
    ]);
  });
});
