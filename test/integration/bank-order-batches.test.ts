import type { Uuid } from '#kernel/ids';
import { closeUnwanted } from '#registers/bank-order';
import { DoorWorld } from '../support/door-world';

jest.setTimeout(60_000);

describe('a batch at the bank', () => {
  let world: DoorWorld;
  let items: readonly Uuid[];

  beforeAll(async () => {
    world = await DoorWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    const amounts = [1_000n, 2_000n, 3_000n];
    const holds: { id: Uuid; amount: bigint }[] = [];
    for (const amount of amounts) holds.push({ id: await world.hold(amount), amount });
    await world.turns.live();
    items = await world.collect(holds);
  });
  afterAll(() => world.db.close());

  const states = async (): Promise<string[]> => {
    const rows = await world.rows<{ kind: string; state: string }>(
      `SELECT kind, state FROM bank_order WHERE kind IN ('BATCH', 'COLLECT') ORDER BY kind, id`,
    );
    return rows.map(({ kind, state }) => `${kind} ${state}`);
  };
  const batchId = async (): Promise<Uuid> => (await world.rows<{ id: Uuid }>(`SELECT id FROM bank_order WHERE kind = 'BATCH'`))[0]!.id;
  const DONE = ['BATCH done', 'COLLECT done', 'COLLECT done', 'COLLECT done'];

  it('is decided item by item: what fails, fails alone', async () => {
    world.bank.rule = ({ kind, amount }) => (kind === 'COLLECT' && amount === 2_000n ? { refused: 'JUDICIAL_FREEZE' } : 'done');
    await world.turns.live();
    expect(await states()).toEqual(['BATCH done', 'COLLECT done', 'COLLECT refused', 'COLLECT done']);
    expect(await world.read(items[1]!)).toMatchObject({ code: 'JUDICIAL_FREEZE' });
    expect(await world.rows('SELECT amount_fen - posted_fen - voided_fen AS left FROM ledger_pending ORDER BY entry_id')).toEqual([
      { left: 0n },
      { left: 2_000n },
      { left: 0n },
    ]);
    expect(world.bank.tries.filter(({ kind }) => kind === 'BATCH')).toHaveLength(1);
  });

  it('is asked about until its last item is decided', async () => {
    world.bank.rule = ({ kind, amount }) => (kind === 'COLLECT' && amount === 3_000n ? 'later' : 'done');
    await world.turns.live();
    expect(await states()).toEqual(['BATCH accepted', 'COLLECT done', 'COLLECT done', 'COLLECT sent']);
    world.bank.rule = () => 'done';
    await world.turns.live();
    expect(await states()).toEqual(DONE);
  });

  it('that was rejected as a whole has moved nothing: every item is refused with its reason', async () => {
    world.bank.rule = ({ kind }) => (kind === 'BATCH' ? { refused: 'LISTING_STATE' } : 'done');
    await world.turns.live();
    expect(await states()).toEqual(['BATCH refused', 'COLLECT refused', 'COLLECT refused', 'COLLECT refused']);
    expect(await world.read(items[0]!)).toMatchObject({ code: 'LISTING_STATE', bank_serial: null });
    expect(world.heard.slice(3)).toEqual(['COLLECT refused', 'COLLECT refused', 'COLLECT refused']);
  });

  it.each(['answer', 'query', 'statement'] as const)(
    'that is said by %s to be refused has refused items, whoever said it',
    async (source) => {
      await world.say(await batchId(), { kind: 'refused', code: 'LIMIT_EXCEEDED', serial: 'BATCHSERIAL' }, source);
      expect(await states()).toEqual(['BATCH refused', 'COLLECT refused', 'COLLECT refused', 'COLLECT refused']);
    },
  );

  it('that is done says nothing about its items: a worker that died and sends it again still asks for each', async () => {
    await expect(world.turns.runOne('bank.send', true)).rejects.toThrow('the worker is gone');
    const { request_no: requestNo } = await world.read(await batchId());
    await world.bank.queryBatch(requestNo!, new Date()); // meanwhile the bank has run it
    await world.turns.runOne('bank.send');
    expect(await states()).toEqual(['BATCH accepted', 'COLLECT sent', 'COLLECT sent', 'COLLECT sent']);
    await world.turns.live();
    expect(await states()).toEqual(DONE);
    expect(world.bank.net('E1')).toBe(-6_000n);
    expect(new Set(world.bank.tries.filter(({ kind }) => kind === 'BATCH').map(({ body }) => body)).size).toBe(1);
  });

  it('whose request was lost is sent again with the same items under the same numbers', async () => {
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
    world.bank.mishap = (_asked, nth) => (nth === 1 ? 'request_lost' : undefined);
    await world.turns.live();
    expect(await states()).toEqual(DONE);
    expect(
      world.bank.tries
        .filter(({ kind }) => kind === 'BATCH')
        .map(({ body }) => body)
        .every((body, _index, all) => body === all[0]),
    ).toBe(true);
  });

  it('that is closed closes its items; its number is refused when it arrives later', async () => {
    world.bank.mishap = () => 'request_lost';
    await world.turns.runOne('bank.send');
    const id = await batchId();
    await world.db.work.run((tx) => closeUnwanted(tx, id));
    await world.turns.runOne('bank.close');
    expect(await states()).toEqual(['BATCH closed', 'COLLECT closed', 'COLLECT closed', 'COLLECT closed']);
    expect(world.bank.net('E1')).toBe(0n);
  });

  it('is split where the bank takes no more items at once', async () => {
    world.bank.capabilities = { ...world.bank.capabilities, batchLimit: 2 };
    await world.turns.live();
    const more: { id: Uuid; amount: bigint }[] = [];
    for (let count = 0; count < 5; count += 1) more.push({ id: await world.hold(100n), amount: 100n });
    await world.turns.live();
    await world.collect(more);
    await world.turns.live();
    expect((await states()).filter((state) => state === 'BATCH done')).toHaveLength(4);
    expect(world.bank.net('E1')).toBe(-6_500n);
  });

  it('is asked about alone: a word about one of several batches asks about no other', async () => {
    world.bank.capabilities = { ...world.bank.capabilities, batchLimit: 2 };
    await world.turns.live();
    world.bank.questions.length = 0;
    const held = await world.hold(600n);
    await world.turns.live();
    await world.collect(Array.from({ length: 6 }, () => ({ id: held, amount: 100n })));
    for (let sent = 0; sent < 3; sent += 1) await world.turns.runOne('bank.send');
    await world.turns.runOne('bank.ask');
    expect(world.bank.questions).toHaveLength(1);
    await world.turns.live();
    expect(new Set(await states())).toEqual(new Set(['BATCH done', 'COLLECT done']));
  });

  it('of many items is settled some at a time: no transaction grows with it', async () => {
    world.bank.capabilities = { ...world.bank.capabilities, batchLimit: 10_000 };
    const held = await world.hold(2_500n);
    await world.turns.live();
    const batch = await world.collect(Array.from({ length: 2_500 }, () => ({ id: held, amount: 1n })));
    await world.turns.live();
    expect(await states()).toEqual([...DONE.slice(0, 1), ...DONE, ...batch.map(() => 'COLLECT done')]);
    expect(world.bank.net('E1')).toBe(-8_500n);
    const [most] = await world.rows<{ moves: number }>(
      `SELECT count(*)::int AS moves FROM move WHERE noun = 'bank_order' AND event = 'finish' GROUP BY written_in ORDER BY moves DESC LIMIT 1`,
    );
    expect(most!.moves).toBe(1_000);
    expect(world.heard.filter((word) => word === 'COLLECT done')).toHaveLength(2_503);
  });
});
