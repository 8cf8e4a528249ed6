import { PassThrough } from 'node:stream';
import { closeDoor } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { withClient } from '#platform/database';
import { allocateCommand } from '../../apps/command-line/allocate';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import { until } from '../support/until';

jest.setTimeout(120_000);

interface Receipt {
  readonly round: number;
  readonly outcome: string;
  readonly orders: number;
  readonly accepted_fen: bigint;
  readonly gap_fen: bigint;
}

describe('the receipts of a listing', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let bert: Customer;
  let carl: Customer;

  beforeAll(async () => {
    world = await RaiseWorld.open();
    process.env['DATABASE_READ_URL'] = world.db.readUrl;
  });
  beforeEach(async () => {
    await world.begin();
    [anna, bert, carl] = (await world.customers(3)) as [Customer, Customer, Customer];
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(async () => {
    delete process.env['DATABASE_READ_URL'];
    await world.close();
  });

  const receipts = (): Promise<Receipt[]> =>
    world.rows('SELECT round, outcome, orders, accepted_fen, gap_fen FROM allocation ORDER BY listing_id, round');
  const numberOf = async (id: Uuid): Promise<string> =>
    (await world.rows<{ no: string }>('SELECT listing_no AS no FROM listing WHERE id = $1', [id]))[0]!.no;
  const asOwner = (sql: string): Promise<unknown> => withClient(world.db.superuserUrl, (client) => client.query(sql));

  /** What `rongqiao allocate` says, line by line. */
  const replay = async (listing: { id: Uuid }, ...more: string[]): Promise<{ code: number; lines: string[] }> => {
    const stdout = new PassThrough();
    const chunks: Buffer[] = [];
    stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const args = ['--listing', await numberOf(listing.id), '--replay', ...more];
    const code = await allocateCommand.run(args, { stdin: new PassThrough(), stdout, stderr: stdout });
    return { code, lines: Buffer.concat(chunks).toString('utf8').trimEnd().split('\n') };
  };

  /** Transactions that wait for a lock. */
  const waiting = async (): Promise<number> =>
    (
      await world.rows<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`, [
        world.db.name,
      ])
    )[0]!.n;

  /** A raise in two rounds: Bert is skipped, Carl fills the gap. */
  const inTwoRounds = async (terms: Parameters<RaiseWorld['listing']>[0] = {}) => {
    const listing = await world.listing({ overbooking_ppm: 200_000n, ...terms });
    await world.invest(listing, anna, 600_000n);
    await world.invest(listing, bert, 600_000n);
    await world.live();
    await world.invest(listing, carl, 400_000n);
    await world.live();
    return listing;
  };

  it.each(['freeze', 'debit'] as const)('are told again from the log, every round of it (hold mode %s)', async (holdMode) => {
    const listing = await inTwoRounds({ hold_mode: holdMode });
    expect(await receipts()).toEqual([
      { round: 1, outcome: 'sold_again', orders: 2, accepted_fen: 600_000n, gap_fen: 400_000n },
      { round: 2, outcome: 'allocated', orders: 3, accepted_fen: 1_000_000n, gap_fen: 0n },
    ]);
    const { code, lines } = await replay(listing);
    expect(lines).toEqual([expect.stringContaining('round 1: 一致 reproduced'), expect.stringContaining('round 2: 一致 reproduced')]);
    expect(code).toBe(0);
    expect((await replay(listing, '--round', '2')).lines).toHaveLength(1);
  });

  it('are told again from the log also when the listing has failed, or has shrunk after its allocation', async () => {
    const failed = await world.listing({ lastDay: 0 });
    await world.invest(failed, anna, 300_000n);
    const shrunk = await world.listing({ lastDay: 0, minimum_raise_ppm: 500_000n, drop_policy: 'drop' });
    await world.invest(shrunk, bert, 900_000n);
    await world.invest(shrunk, carl, 100_000n - 10_000n);
    await world.live();
    world.bank.rule = ({ kind, from }) => (kind === 'COLLECT' && from === carl.accountNo ? { refused: 'JUDICIAL_FREEZE' } : 'done');
    await world.nextDay();
    expect((await receipts()).map(({ outcome }) => outcome)).toEqual(['failed', 'allocated']);
    expect(await world.rows('SELECT amount_fen FROM listing WHERE id = $1', [shrunk.id])).toEqual([{ amount_fen: 900_000n }]);
    expect([(await replay(failed)).code, (await replay(shrunk)).code]).toEqual([0, 0]);
  });

  it('say nothing of an order that was cancelled before, or refused', async () => {
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === bert.accountNo ? { refused: 'INSUFFICIENT_FUNDS' } : 'done');
    const listing = await world.listing({ overbooking_ppm: 500_000n });
    await world.invest(listing, bert, 500_000n);
    await world.invest(listing, anna, 500_000n);
    const cancelled = await world.invest(listing, carl, 300_000n);
    await world.live();
    await world.cancel(cancelled, carl);
    await world.invest(listing, carl, 500_000n);
    await world.live();
    expect((await receipts()).map(({ orders }) => orders)).toEqual([2]);
    expect((await replay(listing)).code).toBe(0);
  });

  it('do not see a freeze that was being written while the allocation ran, whatever its number in the log', async () => {
    const listing = await world.listing({ overbooking_ppm: 500_000n });
    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === anna.accountNo ? 'later' : 'done');
    const late = await world.invest(listing, anna, 500_000n);
    await world.invest(listing, bert, 1_000_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('raised');
    world.bank.rule = () => 'done';
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
    // Both wait for the listing: first the allocation, then the freeze, whose moves are written by then and have the lower numbers.
    await withClient(world.db.superuserUrl, async (holder) => {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM listing WHERE id = $1 FOR UPDATE', [listing.id]);
      const allocation = world.turns.runOne('investment.allocate');
      await until('the allocation waits', async () => (await waiting()) === 1);
      const freeze = world.turns.runOne('bank.ask');
      await until('the freeze waits', async () => (await waiting()) === 2);
      await holder.query('COMMIT');
      await Promise.all([allocation, freeze]);
    });
    await world.live();
    expect(await world.stateOf('investment_order', late.id)).toBe('left_out');
    expect((await receipts()).map(({ orders }) => orders)).toEqual([1]);
    expect(await replay(listing)).toMatchObject({ code: 0 });
  });

  it('do not take what the allocation itself did for something that it saw, when others finish while it begins', async () => {
    const listing = await world.listing({ lastDay: 0, minimum_raise_ppm: 500_000n });
    await world.invest(listing, anna, 600_000n);
    await world.live();
    await world.db.work.run(async (tx) => {
      await closeDoor(tx, listing.id, { cause: 'early', who: 'system' });
      await tx.execute('UPDATE listing SET deadline = $2 WHERE id = $1', [listing.id, '2024-01-01']);
    });
    // The allocation has its number as a transaction and waits; one with a higher number comes to its end meanwhile.
    await withClient(world.db.superuserUrl, async (holder) => {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE investment_order IN ACCESS EXCLUSIVE MODE');
      const allocation = world.turns.runOne('investment.allocate');
      await until('the allocation waits', async () => (await waiting()) === 1);
      await world.rows('UPDATE business_clock SET changed_at = clock_timestamp()');
      await holder.query('COMMIT');
      await allocation;
    });
    expect(await receipts()).toMatchObject([{ outcome: 'allocated', orders: 1 }]);
    expect(await replay(listing)).toMatchObject({ code: 0 });
  });

  it('cannot be changed by the application, and every change by anybody else has its line', async () => {
    const listing = await inTwoRounds();
    await expect(world.rows(`UPDATE allocation SET digest = 'x'`)).rejects.toThrow(/permission denied/);
    const [{ no: first }, { no: second }] = (await world.rows<{ no: bigint }>('SELECT no FROM investment_order ORDER BY no')) as [
      { no: bigint },
      { no: bigint },
    ];
    await asOwner(`UPDATE allocation SET result = replace(result, '${first}|600000', '${first}|500000') WHERE round = 1`);
    const changed = await replay(listing, '--round', '1');
    expect(changed).toEqual({
      code: 1,
      lines: [
        expect.stringContaining('DIFFERS (2)'),
        `  result: order ${first}: the receipt has ${first}|500000, the log ${first}|600000`,
        '  digest: it is not that of the receipt itself',
      ],
    });
    await asOwner(`UPDATE investment_order SET amount_fen = 610000 WHERE no = ${second}`);
    const lines = (await replay(listing, '--round', '1')).lines.filter((line) => line.startsWith('  input'));
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`order ${second}: the receipt has ${second}\\|600000.* the log ${second}\\|610000`)),
    ]);
    await asOwner(`UPDATE investment_order SET amount_fen = 600000 WHERE no = ${second}`);
    await asOwner('DELETE FROM allocation WHERE round = 1');
    expect(await replay(listing)).toMatchObject({
      code: 1,
      lines: [
        expect.stringContaining('round 2: 一致'),
        expect.stringMatching(/^no receipt: the run job:\d+ of 2024-01-02 \(reopen\) has none$/),
      ],
    });
  });

  it('are compared with what was done: an order that was accepted for another amount has its line', async () => {
    const listing = await inTwoRounds();
    const [{ no }] = (await world.rows<{ no: bigint }>('SELECT no FROM investment_order ORDER BY no LIMIT 1')) as [{ no: bigint }];
    await asOwner(`UPDATE investment_order SET accepted_fen = 599900 WHERE no = ${no}`);
    expect((await replay(listing)).lines.at(-1)).toBe(`  deed: order ${no}: the receipt has ${no}|600000, the orders ${no}|599900`);
    await asOwner(`UPDATE investment_order SET accepted_fen = 600000 WHERE no = ${no}`);
  });

  it('are named by the listing number or its id, as text or as JSON; a listing without any is not shown to be right', async () => {
    const listing = await inTwoRounds();
    const json = JSON.parse((await replay(listing, '--json')).lines.join('\n')) as { reproduced: boolean; rounds: object[] };
    expect(json).toMatchObject({
      reproduced: true,
      rounds: [
        { round: 1, outcome: 'sold_again', gapFen: 400_000 },
        { round: 2, acceptedFen: 1_000_000 },
      ],
    });
    const other = await world.listing();
    expect(await replay(other)).toMatchObject({ code: 1, lines: [expect.stringContaining('has no such allocation')] });
    expect(await replay(listing, '--round', '3')).toMatchObject({ code: 1 });
    const stderr = new PassThrough();
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr };
    for (const args of [['--replay'], ['--listing', 'L1'], ['--listing', 'L1', '--replay', '--round', '0']])
      expect(await allocateCommand.run(args, io)).toBe(2);
    await expect(allocateCommand.run(['--listing', 'nobody', '--replay'], io)).rejects.toMatchObject({ code: 'LISTING_NOT_FOUND' });
  });

  it('sell a gap again without the allowance, and count anew when somebody cancels meanwhile', async () => {
    const listing = await world.listing({ overbooking_ppm: 200_000n });
    const first = await world.invest(listing, anna, 600_000n);
    await world.invest(listing, bert, 600_000n);
    await world.live();
    const door = async () =>
      (
        await world.rows<object>('SELECT amount_fen, quota_fen, taken_fen, frozen_fen FROM listing_quota WHERE listing_id = $1', [
          listing.id,
        ])
      )[0];
    expect(await door()).toEqual({ amount_fen: 1_600_000n, quota_fen: 1_600_000n, taken_fen: 1_200_000n, frozen_fen: 1_200_000n });
    // Anna goes: Bert, who was skipped, fits now, and what is for sale is what an untouched raise would sell.
    await world.cancel(first, anna);
    expect(await door()).toEqual({ amount_fen: 1_000_000n, quota_fen: 1_200_000n, taken_fen: 600_000n, frozen_fen: 600_000n });
    await world.invest(listing, carl, 400_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
    expect((await replay(listing)).code).toBe(0);
  });

  it('close the door when a cancellation lets a skipped order fill the amount exactly', async () => {
    const listing = await world.listing({ overbooking_ppm: 300_000n });
    const first = await world.invest(listing, anna, 600_000n);
    await world.invest(listing, bert, 700_000n);
    await world.live();
    await world.invest(listing, carl, 300_000n);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('raising');
    await world.cancel(first, anna);
    await world.live();
    expect(await world.stateOf('listing', listing.id)).toBe('repaying');
    expect((await receipts()).map(({ outcome, accepted_fen }) => [outcome, accepted_fen])).toEqual([
      ['sold_again', 600_000n],
      ['allocated', 1_000_000n],
    ]);
  });
});
