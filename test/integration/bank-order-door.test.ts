import type { Outcome } from '#bank/port';
import { newId } from '#kernel/ids';
import { fen } from '#kernel/money';
import { settle, settleReturned } from '#registers/bank-order';
import type { Settled } from '#registers/bank-order';
import { instantOn } from '#kernel/time';
import { DAY, DoorWorld } from '../support/door-world';

jest.setTimeout(60_000);

const SOURCES = ['answer', 'query', 'notice', 'statement', 'operator'] as const;

describe('the one door through which every outcome comes in', () => {
  let world: DoorWorld;

  beforeAll(async () => {
    world = await DoorWorld.open();
  });
  beforeEach(() => world.begin());
  afterAll(() => world.db.close());

  describe.each(SOURCES)('told by %s', (source) => {
    it('books what is done, once, however often it is told (defect 1)', async () => {
      const id = await world.fee();
      expect(await world.trace(id)).toMatchObject({ state: 'created', entries: 0, reserved: 1_000n });
      const word = world.done();
      expect(await world.say(id, word, source)).toEqual({ moved: [id], unchanged: [], contradicted: [], unbelieved: [] });
      const after = await world.trace(id);
      expect(after).toMatchObject({ state: 'done', entries: 1, reserved: 0n });
      expect(await world.say(id, word, source)).toEqual({ moved: [], unchanged: [id], contradicted: [], unbelieved: [] });
      expect(await world.say(id, word, 'statement')).toMatchObject({ moved: [] });
      expect(await world.trace(id)).toEqual(after);
      expect([await world.posted('D'), await world.posted('F')]).toEqual([4_000n, 1_000n]);
      expect(await world.read(id)).toMatchObject({ decided_by: source, bank_date: DAY });
      expect(world.heard).toEqual(['FEE done']);
    });

    it('frees what a refused or closed order had reserved, and books nothing', async () => {
      const [refused, closed] = [await world.fee(2_000n), await world.fee(3_000n)];
      await world.say(refused, world.refused('ACCOUNT_FROZEN'), source);
      await world.say(closed, { kind: 'closed' }, source);
      expect(await world.trace(refused)).toMatchObject({ state: 'refused', entries: 0, reserved: 0n });
      expect(await world.trace(closed)).toMatchObject({ state: 'closed', entries: 0, reserved: 0n });
      expect(await world.read(refused)).toMatchObject({ code: 'ACCOUNT_FROZEN', decided_by: source });
      expect(world.heard).toEqual(['FEE refused', 'FEE closed']);
    });
  });

  it('keeps what is reserved while nobody knows, and while the bank has not decided', async () => {
    const id = await world.fee();
    world.bank.mishap = () => 'request_lost';
    await world.turns.runOne('bank.send');
    expect(await world.trace(id)).toMatchObject({ state: 'unknown', entries: 0, reserved: 1_000n });
    await world.say(id, { kind: 'accepted' }, 'query');
    expect(await world.trace(id)).toMatchObject({ state: 'accepted', entries: 0, reserved: 1_000n, moves: ['send', 'lose', 'accept'] });
    expect(world.heard).toEqual([]);
  });

  it('does not read a try that decided nothing as an end of the order, whose earlier try may have succeeded (defect 27)', async () => {
    const id = await world.fee();
    world.bank.mishap = () => 'answer_lost';
    await world.turns.runOne('bank.send');
    const before = await world.trace(id);
    for (const outcome of [{ kind: 'undecided', why: 'STALE_TIMESTAMP' }, { kind: 'missing' }] as const satisfies Outcome[]) {
      expect(await world.say(id, outcome)).toEqual({ moved: [], unchanged: [id], contradicted: [], unbelieved: [] });
    }
    expect(await world.trace(id)).toEqual(before);
  });

  it('names a contradiction, whatever side it is on, and changes nothing', async () => {
    const [paid, refused, closed, returned] = [
      await world.fee(),
      await world.fee(),
      await world.fee(),
      await world.order('DISBURSE', 500n, 'D', 'E'),
    ];
    await world.say(paid, world.done('A'));
    await world.say(refused, world.refused());
    await world.say(closed, { kind: 'closed' });
    await world.say(returned, world.done('R'));
    const word = { serial: 'R2', bankDate: DAY, bankTime: instantOn(DAY, '11:00:00'), amount: fen(500n) };
    await world.db.work.run((tx) => settleReturned(tx, [{ id: returned, word }], 'query', 'system'));
    const stranger = newId();
    const said: [typeof paid, Outcome, string][] = [
      [paid, world.refused(), 'ours is done, the bank says refused'],
      [paid, { kind: 'closed' }, 'ours is done, the bank says closed'],
      [paid, world.done('B'), 'ours has serial A, the bank says B'],
      [refused, world.done(), 'ours is refused, the bank says done'],
      [closed, world.done(), 'ours is closed, the bank says done'],
      [returned, world.refused(), 'ours is returned, the bank says refused'],
      [stranger, world.done(), 'we have no such order, the bank says done'],
    ];
    const traces = (): Promise<unknown> => world.rows('SELECT (SELECT count(*) FROM ledger_entry) AS e, (SELECT count(*) FROM move) AS m');
    const before = await traces();
    for (const [id, outcome, why] of said) {
      expect(await world.say(id, outcome, 'statement')).toEqual({ moved: [], unchanged: [], contradicted: [{ id, why }], unbelieved: [] });
    }
    expect(await traces()).toEqual(before);
  });

  it('settles a set: what is new moves, what is known stays, what contradicts is named', async () => {
    const [first, second, third] = [await world.fee(), await world.fee(), await world.fee()];
    await world.say(second, world.done('S'));
    await world.say(third, world.refused());
    const decisions = [
      { id: first, outcome: world.done() },
      { id: second, outcome: world.done('S') },
      { id: third, outcome: world.done() },
    ];
    const settled = await world.db.work.run((tx) => settle(tx, decisions, 'query', 'system'));
    expect(settled).toMatchObject({ moved: [first], unchanged: [second], contradicted: [{ id: third }] });
  });

  it.each(['serial', 'bankDate', 'bankTime'])(
    'does not believe a success without its %s: unknown, and the others of its set are done',
    async (part) => {
      const [first, half, last] = [await world.fee(), await world.fee(), await world.fee()];
      const { [part as 'serial']: _left, ...rest } = world.done() as Extract<Outcome, { kind: 'done' }>;
      const decisions = [
        { id: first, outcome: world.done() },
        { id: half, outcome: rest },
        { id: last, outcome: world.done() },
      ];
      for (const id of [first, half, last]) await world.say(id, { kind: 'accepted' }, 'query');
      await world.rows(`UPDATE bank_order SET state = 'sent' WHERE id = $1`, [half]);
      const settled = await world.db.work.run((tx) => settle(tx, decisions, 'answer', 'system'));
      expect(settled.unbelieved).toMatchObject([{ id: half }]);
      expect(await world.trace(half)).toMatchObject({ state: 'unknown', entries: 0, reserved: 1_000n });
      expect([(await world.trace(first)).state, (await world.trace(last)).state]).toEqual(['done', 'done']);
      await world.say(half, world.done(), 'query');
      expect(await world.trace(half)).toMatchObject({ state: 'done', entries: 1 });
    },
  );

  it('lets two who tell the same at once have one effect', async () => {
    const id = await world.fee();
    const word = world.done();
    const settled = await Promise.all(SOURCES.map((source) => world.say(id, word, source)));
    expect(settled.flatMap(({ moved }) => moved)).toEqual([id]);
    expect(await world.trace(id)).toMatchObject({ entries: 1, moves: ['finish'] });
    expect(world.heard).toEqual(['FEE done']);
  });

  it('lets the first of two who contradict each other at once win, and names the other', async () => {
    const id = await world.fee();
    const settled = await Promise.all([world.say(id, world.done(), 'query'), world.say(id, world.refused(), 'statement')]);
    expect(settled.flatMap(({ moved }) => moved)).toEqual([id]);
    expect(settled.flatMap(({ contradicted }) => contradicted)).toHaveLength(1);
    expect((await world.trace(id)).moves).toHaveLength(1);
  });

  it('changes nothing at all when the owner of the order cannot follow (defect 15)', async () => {
    const id = await world.fee();
    world.ownerFails = true;
    await expect(world.say(id, world.done())).rejects.toThrow('the owner cannot follow');
    expect(await world.trace(id)).toMatchObject({ state: 'created', entries: 0, reserved: 1_000n, moves: [] });
  });

  const back = { serial: 'BACK', bankDate: DAY, bankTime: instantOn(DAY, '11:00:00') };

  it.each([1n, 1_999n, 2_001n])(
    'never books a return of %d fen for a payment of 2000: it is named, and nothing is changed',
    async (amount) => {
      const id = await world.order('DISBURSE', 2_000n, 'D', 'E');
      await world.say(id, world.done());
      const before = await world.trace(id);
      const settled = await world.db.work.run((tx) =>
        settleReturned(tx, [{ id, word: { ...back, amount: fen(amount) } }], 'query', 'system'),
      );
      expect(settled).toEqual({
        moved: [],
        unchanged: [],
        contradicted: [{ id, why: `ours is of 2000 fen, the bank says that ${amount} came back` }],
        unbelieved: [],
      });
      expect(await world.trace(id)).toEqual(before);
    },
  );

  it('takes a transfer that came back once, and only one that was done', async () => {
    const [id, open] = [await world.order('DISBURSE', 2_000n, 'D', 'E'), await world.fee()];
    await world.say(id, world.done());
    const tell = (what: typeof id, amount: bigint): Promise<Settled> =>
      world.db.work.run((tx) => settleReturned(tx, [{ id: what, word: { ...back, amount: fen(amount) } }], 'notice', 'system'));
    expect(await tell(id, 2_000n)).toEqual({ moved: [id], unchanged: [], contradicted: [], unbelieved: [] });
    expect(await tell(id, 2_000n)).toEqual({ moved: [], unchanged: [id], contradicted: [], unbelieved: [] });
    expect(await tell(open, 1_000n)).toEqual({ moved: [], unchanged: [open], contradicted: [], unbelieved: [] });
    expect(await world.trace(id)).toMatchObject({ state: 'returned', entries: 2 });
    expect(await world.read(id)).toMatchObject({ returned_serial: 'BACK', returned_date: DAY });
    expect(await world.posted('D')).toBe(5_000n);
    expect(world.heard).toEqual(['DISBURSE done', 'DISBURSE returned']);
  });

  it('refuses to create an order that would pay out more than is there, open orders counted', async () => {
    await world.fee(3_000n);
    await expect(world.fee(2_001n)).rejects.toMatchObject({ code: 'LEDGER_FUNDS_MISSING' });
    await world.fee(2_000n);
    expect(await world.rows('SELECT count(*)::int AS n FROM bank_order')).toEqual([{ n: 2 }]);
  });
});
