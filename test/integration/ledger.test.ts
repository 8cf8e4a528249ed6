import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate } from '#kernel/time';
import { startClock } from '#platform/clock';
import { violatedConstraint, withClient } from '#platform/database';
import { endReservations, openAccounts, outsideAccount, post, reserve } from '#registers/ledger';
import type { EntryDraft, EntryKind } from '#registers/ledger';
import { ledgerInvariants } from '../../libs/watch/invariants/ledger';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

jest.setTimeout(60_000);

const DAY = businessDate('2024-01-02');

describe('the ledger', () => {
  let db: TestDatabase;
  let account: Record<'E' | 'E2' | 'D' | 'R' | 'F' | 'W', Uuid>;

  beforeAll(async () => {
    db = await testDatabase();
  });
  beforeEach(async () => {
    await withClient(db.superuserUrl, (client) => client.query('TRUNCATE ledger_account, business_clock, business_day CASCADE'));
    account = await db.work.run(async (tx) => {
      await startClock(tx, DAY, true);
      const keys = [
        { kind: 'E', accountNo: 'E1' },
        { kind: 'E', accountNo: 'E2' },
        { kind: 'D', accountNo: 'D1', listingNo: 'L1' },
        { kind: 'R', accountNo: 'R1', listingNo: 'L1' },
        { kind: 'F', accountNo: 'F1' },
      ] as const;
      const [E, E2, D, R, F] = (await openAccounts(tx, keys)) as [Uuid, Uuid, Uuid, Uuid, Uuid];
      return { E, E2, D, R, F, W: await outsideAccount(tx) };
    });
  });
  // I1 speaks about the bank orders of entries, which these tests do not have.
  afterEach(async () => {
    for (const invariant of ledgerInvariants.filter(({ id }) => id === 'I2' || id === 'I3' || id === 'I5')) {
      expect(await db.work.run((tx) => invariant.check(tx))).toMatchObject({ differences: [] });
    }
  });
  afterAll(() => db.close());

  const entry = (kind: EntryKind, from: Uuid, to: Uuid, amount: bigint, more: Partial<EntryDraft> = {}): EntryDraft => ({
    reference: newId(),
    kind,
    debitAccountId: from,
    creditAccountId: to,
    amount: fen(amount),
    bankOrderId: null,
    serial: 'BS1',
    bankDate: DAY,
    happenedAt: new Date('2024-01-02T02:00:00.000Z'),
    ...more,
  });
  const write = (...drafts: EntryDraft[]): Promise<number> => db.work.run((tx) => post(tx, drafts));
  const topUp = (amount: bigint): EntryDraft => entry('OUTSIDE_IN', account.W, account.E, amount);
  const balance = async (id: Uuid): Promise<{ posted_fen: bigint; pending_fen: bigint; reserved_fen: bigint; version: bigint }> =>
    (
      await db.work.run((tx) =>
        tx.query<Awaited<ReturnType<typeof balance>>>(
          'SELECT posted_fen, pending_fen, reserved_fen, version FROM ledger_account WHERE id = $1',
          [id],
        ),
      )
    )[0]!;
  const brokenBy = (ending: Promise<unknown>): Promise<string | undefined> =>
    ending.then(
      () => undefined,
      (error: unknown) => violatedConstraint(error),
    );

  it('writes the same entry once, however often it is posted', async () => {
    const draft = topUp(500n);
    expect([await write(draft), await write(draft), await write(draft, topUp(1n))]).toEqual([1, 0, 1]);
    expect(await balance(account.E)).toEqual({ posted_fen: 501n, pending_fen: 0n, reserved_fen: 0n, version: 2n });
  });

  it.each([
    ['amount', { amount: fen(501n) }],
    ['serial', { serial: 'BS2' }],
    ['day', { bankDate: businessDate('2024-01-01') }],
    ['kind', { kind: 'OPENING' as const }],
  ])('calls it a bug when the same reference comes with another %s', async (_what, other) => {
    const draft = topUp(500n);
    await write(draft);
    await expect(write({ ...draft, ...other })).rejects.toThrow('exists already with another content');
    await expect(write({ ...draft, creditAccountId: account.E2 })).rejects.toThrow('exists already with another content');
    expect(await balance(account.E)).toMatchObject({ posted_fen: 500n, version: 1n });
  });

  it('counts two true movements of the same amount on one day as two (defect 12)', async () => {
    await write(topUp(500n), topUp(500n));
    await write(topUp(500n));
    expect(await balance(account.E)).toMatchObject({ posted_fen: 1_500n, version: 3n });
  });

  it('lets money go only between the accounts that the kind of entry names', async () => {
    await expect(write(entry('FEE', account.E, account.F, 1n))).rejects.toThrow('FEE may not move money from E to F');
    await expect(write(entry('PAYOUT', account.D, account.E, 1n))).rejects.toThrow('PAYOUT may not move money from D to E');
    await expect(write(entry('OUTSIDE_IN', account.W, newId(), 1n))).rejects.toThrow('an account that the ledger does not have');
  });

  it('gives each leg the next version of its account, without a gap, under sixteen who post at once', async () => {
    const posters = Array.from({ length: 16 }, (_each, poster) =>
      Array.from({ length: 10 }, (_draft, index) => topUp(BigInt(poster * 100 + index + 1))).map((draft, index) =>
        index % 2 === 0 ? draft : { ...draft, creditAccountId: account.E2 },
      ),
    );
    await Promise.all(posters.map(async (drafts) => (await write(...drafts.slice(0, 5))) + (await write(...drafts.slice(5)))));
    expect([(await balance(account.E)).version, (await balance(account.E2)).version, (await balance(account.W)).version]).toEqual([
      80n,
      80n,
      160n,
    ]);
  });

  it('writes an entry once when sixteen post it at once', async () => {
    const draft = topUp(700n);
    const written = await Promise.all(Array.from({ length: 16 }, () => write(draft)));
    expect(written.reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(await balance(account.E)).toMatchObject({ posted_fen: 700n, version: 1n });
  });

  it('never lets a guarded account become negative, and never guards an account that its owner moves', async () => {
    expect(await brokenBy(write(entry('REFUND', account.D, account.E, 1n)))).toBe('ledger_account_guard');
    await write(entry('OUTSIDE_OUT', account.E, account.W, 5n));
    expect(await balance(account.E)).toMatchObject({ posted_fen: -5n });
  });

  it('counts what open bank orders will pay out, until they are decided', async () => {
    await write(topUp(1_000n), entry('DEBIT', account.E, account.D, 1_000n));
    const orders = [newId(), newId(), newId()] as const;
    const keep = (bankOrderId: Uuid, amount: bigint): Promise<void> =>
      db.work.run((tx) => reserve(tx, [{ bankOrderId, accountId: account.D, amount: fen(amount) }]));
    await keep(orders[0], 600n);
    await expect(keep(orders[1], 401n)).rejects.toMatchObject({ code: 'LEDGER_FUNDS_MISSING' });
    await keep(orders[1], 400n);
    expect(await brokenBy(write(entry('FEE', account.D, account.F, 1n)))).toBe('ledger_account_guard');
    for (let time = 0; time < 2; time += 1) await db.work.run((tx) => endReservations(tx, [orders[0], newId()]));
    await write(entry('FEE', account.D, account.F, 600n));
    expect(await balance(account.D)).toMatchObject({ posted_fen: 400n, reserved_fen: 400n });
  });

  it('reserves no more than is there when sixteen reserve at once', async () => {
    await write(topUp(1_000n), entry('DEBIT', account.E, account.D, 1_000n));
    const ends = await Promise.allSettled(
      Array.from({ length: 16 }, () =>
        db.work.run((tx) => reserve(tx, [{ bankOrderId: newId(), accountId: account.D, amount: fen(100n) }])),
      ),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await balance(account.D)).toMatchObject({ reserved_fen: 1_000n });
  });

  describe('with a pending amount', () => {
    let hold: EntryDraft;
    const part = (kind: 'COLLECT' | 'RELEASE', amount: bigint, more: Partial<EntryDraft> = {}): EntryDraft =>
      entry(kind, account.E, account.D, amount, { pendingReference: hold.reference, ...more });

    beforeEach(async () => {
      hold = entry('HOLD', account.E, account.D, 1_000n);
      await write(topUp(1_500n), hold);
    });

    it('shows it as held with the payer, and not yet with the payee', async () => {
      expect(await balance(account.E)).toMatchObject({ posted_fen: 1_500n, pending_fen: 1_000n });
      expect(await balance(account.D)).toMatchObject({ posted_fen: 0n, version: 0n });
    });

    it('posts and voids it in any number of parts', async () => {
      await write(part('COLLECT', 300n), part('RELEASE', 200n));
      await write(part('COLLECT', 499n), part('RELEASE', 1n));
      expect(await balance(account.E)).toMatchObject({ posted_fen: 701n, pending_fen: 0n });
      expect(await balance(account.D)).toMatchObject({ posted_fen: 799n });
    });

    it('never posts and voids more of it than remains, also at once', async () => {
      await write(part('COLLECT', 600n));
      expect(await brokenBy(write(part('RELEASE', 401n)))).toBe('ledger_pending_never_more');
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, (_each, index) => write(part(index % 2 === 0 ? 'COLLECT' : 'RELEASE', 100n))),
      );
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      expect(await balance(account.E)).toMatchObject({ pending_fen: 0n });
    });

    it('writes a part once, however often it is posted', async () => {
      const draft = part('COLLECT', 600n);
      expect([await write(draft), await write(draft)]).toEqual([1, 0]);
      expect(await balance(account.D)).toMatchObject({ posted_fen: 600n });
    });

    it("is a bug when a part belongs to nothing, to what is not pending, or to somebody else's hold", async () => {
      const single = topUp(1n);
      await write(single);
      await expect(write(part('COLLECT', 1n, { pendingReference: 'nothing' }))).rejects.toThrow('has no pending entry to post');
      await expect(write(part('RELEASE', 1n, { pendingReference: single.reference }))).rejects.toThrow('has no pending entry to void');
      await expect(write(part('COLLECT', 1n, { debitAccountId: account.E2 }))).rejects.toThrow('pending between other accounts');
      expect(await balance(account.E)).toMatchObject({ pending_fen: 1_000n });
    });
  });
});
