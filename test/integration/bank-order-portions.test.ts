import type { Uuid } from '#kernel/ids';
import { DoorWorld } from '../support/door-world';
import { until } from '../support/until';

jest.setTimeout(60_000);

describe('orders that are sent together', () => {
  let world: DoorWorld;
  let ids: Uuid[];

  beforeAll(async () => {
    world = await DoorWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    ids = [await world.fee(100n), await world.fee(200n), await world.fee(300n), await world.fee(400n)];
    await world.rows('UPDATE bank_order SET send_group = (SELECT send_group FROM bank_order WHERE id = $1)', [ids[0]]);
  });
  afterAll(() => world.db.close());

  const states = async (): Promise<string[]> => {
    const rows = await world.rows<{ state: string }>('SELECT state FROM bank_order ORDER BY amount_fen');
    return rows.map(({ state }) => state);
  };
  const numberOf = async (id: Uuid): Promise<string> => (await world.read(id)).request_no!;

  it('are decided as they are answered: nobody waits for the slowest', async () => {
    const slowest = await numberOf(ids[1]!);
    const send = world.bank.send.bind(world.bank);
    let answers: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answers = resolve));
    world.bank.send = async (no, encoded) => {
      const answer = await send(no, encoded);
      if (no === slowest) await mayAnswer;
      return answer;
    };
    const sending = world.turns.runOne('bank.send');
    await until('the others are done', async () => (await states()).filter((state) => state === 'done').length === 3);
    expect(await states()).toEqual(['done', 'sent', 'done', 'done']);
    answers();
    await sending;
    expect(await states()).toEqual(['done', 'done', 'done', 'done']);
    expect(await world.rows('SELECT count(*)::int AS n FROM bank_call')).toEqual([{ n: 4 }]);
  });

  it('do not suffer for one whose answer cannot be taken: it is sent again, alone, and says why', async () => {
    const [first, copy] = [await numberOf(ids[0]!), await numberOf(ids[2]!)];
    const send = world.bank.send.bind(world.bank);
    let isBroken = true;
    let serial: string | undefined;
    world.bank.send = async (no, encoded) => {
      const answer = await send(no, encoded);
      if (no === first && answer.kind === 'done') serial = answer.serial;
      // The serial of another order: two movements cannot have one.
      return no === copy && isBroken && answer.kind === 'done' ? { ...answer, serial: serial! } : answer;
    };
    await expect(world.turns.runOne('bank.send')).rejects.toThrow('bank_order_serial');
    expect(await states()).toEqual(['done', 'done', 'sent', 'done']);
    isBroken = false;
    await world.turns.live();
    expect(await states()).toEqual(['done', 'done', 'done', 'done']);
    expect(world.bank.tries.map(({ requestNo }) => requestNo).filter((no) => no === copy)).toHaveLength(2);
    expect(world.bank.net('F1')).toBe(1_000n);
    expect(await world.posted('F')).toBe(1_000n);
  });

  it('do not suffer for one whose answer to a question cannot be taken: it is asked about again, and says why', async () => {
    world.bank.mishap = () => 'answer_lost';
    await world.turns.runOne('bank.send');
    expect(await states()).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    const [first, copy] = [await numberOf(ids[0]!), await numberOf(ids[2]!)];
    const query = world.bank.query.bind(world.bank);
    const known = await query(first, new Date());
    let isBroken = true;
    world.bank.query = async (no, givenUpAt) => {
      const answer = await query(no, givenUpAt);
      return no === copy && isBroken && answer.kind === 'done' && known.kind === 'done' ? { ...answer, serial: known.serial } : answer;
    };
    await expect(world.turns.runOne('bank.ask')).rejects.toThrow('bank_order_serial');
    expect(await states()).toEqual(['done', 'done', 'unknown', 'done']);
    isBroken = false;
    await world.turns.live();
    expect(await states()).toEqual(['done', 'done', 'done', 'done']);
    expect(await world.posted('F')).toBe(1_000n);
  });

  it('do not suffer for one item of their batch either', async () => {
    const holds = [];
    for (const amount of [100n, 200n, 300n]) {
      const id = await world.hold(amount);
      await world.turns.live();
      holds.push({ id, amount });
    }
    const items = await world.collect(holds);
    await world.turns.runOne('bank.send');
    const queryBatch = world.bank.queryBatch.bind(world.bank);
    let isBroken = true;
    world.bank.queryBatch = async (no, givenUpAt) => {
      const answer = await queryBatch(no, givenUpAt);
      const [one, two, three] = answer.items;
      if (!isBroken || one?.kind !== 'done' || two?.kind !== 'done') return answer;
      return { ...answer, items: [one, { ...two, serial: one.serial }, three!] };
    };
    await expect(world.turns.runOne('bank.ask')).rejects.toThrow('bank_order_serial');
    const itemStates = () => Promise.all(items.map(async (id) => (await world.read(id)).state));
    expect((await itemStates()).toSorted()).toEqual(['done', 'done', 'sent']);
    isBroken = false;
    await world.turns.live();
    expect(await itemStates()).toEqual(['done', 'done', 'done']);
  });
});
