import type { Outcome } from '#bank/port';
import type { Uuid } from '#kernel/ids';
import { closeUnwanted } from '#registers/bank-order';
import { invariants } from '#watch/invariants';
import { DoorWorld } from '../support/door-world';

jest.setTimeout(60_000);

describe('a number that is not wanted any more', () => {
  let world: DoorWorld;

  beforeAll(async () => {
    world = await DoorWorld.open();
  });
  beforeEach(() => world.begin());
  afterAll(() => world.db.close());

  const close = (id: Uuid): Promise<void> => world.db.work.run((tx) => closeUnwanted(tx, id));
  const namesWaiting = async (): Promise<string[]> => (await world.turns.waiting()).map(({ name }) => name);
  /** The bank answers orders to close with these, one after the other, and then as it really stands. */
  const closingsAnswered = (...words: readonly Outcome[]): { asked: number } => {
    const really = world.bank.close.bind(world.bank);
    const count = { asked: 0 };
    world.bank.close = (requestNo) => {
      const word = words[count.asked];
      count.asked += 1;
      if (word === undefined) return really(requestNo);
      return Promise.resolve({ ...word, exchange: { answer: null, startedAt: new Date(), endedAt: new Date() } });
    };
    return count;
  };
  const AWAY: Outcome = { kind: 'undecided', why: 'SYSTEM_BUSY', pause: true };
  /** The request never arrived, and the settle window is over: without the order to close, the next question would have it sent again. */
  const lostOnItsWay = async (): Promise<Uuid> => {
    const id = await world.fee();
    world.bank.mishap = (_asked, nth) => (nth === 1 ? 'request_lost' : undefined);
    await world.turns.runOne('bank.send');
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
    return id;
  };

  it('is closed by a bank that was away when it was told to: it is told again until it answers, and the number is never sent again', async () => {
    const id = await lostOnItsWay();
    const closings = closingsAnswered(AWAY, { kind: 'unknown', why: 'no answer' }, AWAY);
    await close(id);
    await world.turns.runOne('bank.close');
    expect((await world.read(id)).state).toBe('unknown');
    // The bank is there again, and has never heard of the number.
    await world.turns.runOne('bank.ask');
    expect(await world.trace(id)).toMatchObject({ state: 'unknown', moves: ['send', 'lose'] });
    for (let turn = 0; turn < 4 && (await namesWaiting()).includes('bank.close'); turn += 1) await world.turns.runOne('bank.close');
    expect(await world.trace(id)).toMatchObject({ state: 'closed', moves: ['send', 'lose', 'close'], entries: 0, reserved: 0n });
    expect([closings.asked, world.bank.tries.length, world.bank.net('F1')]).toEqual([4, 1, 0n]);
    await world.turns.live();
    expect(await namesWaiting()).toEqual([]);
  });

  it('is closed at once when it is asked for a second time, also after the first order to close was given up', async () => {
    const id = await lostOnItsWay();
    const closings = closingsAnswered(AWAY, AWAY);
    await close(id);
    await world.turns.runOne('bank.close');
    await close(id);
    // One closing waits, not two: the second replaced the one that was pausing.
    expect((await namesWaiting()).filter((name) => name === 'bank.close')).toHaveLength(1);
    await world.turns.runOne('bank.close');
    await world.rows(`UPDATE job SET parked_at = clock_timestamp(), last_error = 'given up' WHERE name = 'bank.close' AND done_at IS NULL`);
    await close(id);
    await world.turns.runOne('bank.close');
    expect([closings.asked, (await world.read(id)).state]).toEqual([3, 'closed']);
  });

  it('that was never sent is not sent any more: its sending leaves it to its closing', async () => {
    const [unwanted, wanted] = [await world.fee(), await world.fee(500n)];
    closingsAnswered(AWAY);
    await close(unwanted);
    await world.turns.runOne('bank.send');
    // Its closing is the job that whoever leaves an order open leaves behind.
    const forgotten = invariants.find(({ id }) => id === 'I14')!;
    expect((await world.db.work.read((tx) => forgotten.check(tx))).differences).toEqual([]);
    await world.turns.live();
    expect(world.bank.tries).toHaveLength(1);
    expect([(await world.read(unwanted)).state, (await world.read(wanted)).state]).toEqual(['closed', 'done']);
  });

  it('that a busy bank has not taken is not tried again', async () => {
    const id = await world.fee();
    world.bank.mishap = (_asked, nth) => (nth === 1 ? 'busy' : undefined);
    await world.turns.runOne('bank.send');
    closingsAnswered(AWAY);
    await close(id);
    await world.turns.live();
    expect([world.bank.tries.length, (await world.read(id)).state]).toEqual([1, 'closed']);
  });

  it('that the bank is working on is asked about, and is what the bank makes of it', async () => {
    const id = await world.fee();
    world.bank.rule = () => 'later';
    await world.turns.runOne('bank.send');
    await close(id);
    await world.turns.runOne('bank.close');
    expect(await namesWaiting()).toEqual(['bank.ask']);
    world.bank.rule = () => 'done';
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1 });
  });
});
