import type { Outcome, VerifiedNotice } from '#bank/port';
import { Work } from '#platform/database';
import type { Tx } from '#platform/database';
import { closeUnwanted, receiveNotice, sendJob } from '#registers/bank-order';
import { DoorWorld } from '../support/door-world';
import { JobTurns } from '../support/turns';
import { until } from '../support/until';

jest.setTimeout(60_000);

describe('what we ask of the bank', () => {
  let world: DoorWorld;

  beforeAll(async () => {
    world = await DoorWorld.open();
  });
  beforeEach(() => world.begin());
  afterAll(() => world.db.close());

  /** The bank is asked whenever the plan says so, and whoever is past the settle window gets a straight answer. */
  const windowIsOver = (): void => {
    world.bank.capabilities = { ...world.bank.capabilities, settleWindowSeconds: 0 };
  };
  const numbersTried = (): string[] => [...new Set(world.bank.tries.map(({ requestNo }) => requestNo))];
  const bodiesTried = (): string[] => [...new Set(world.bank.tries.map(({ body }) => body))];

  it('is a committed row with its number and its bytes before the first byte leaves (defects 9, 13)', async () => {
    const id = await world.hold();
    const seen: unknown[] = [];
    const send = world.bank.send.bind(world.bank);
    world.bank.send = async (requestNo, encoded) => {
      const [row] = await world.rows('SELECT state, request_no, service, body FROM bank_order WHERE id = $1', [id]);
      seen.push(row);
      expect(row).toEqual({ state: 'sent', request_no: requestNo, service: encoded.service, body: encoded.body });
      return send(requestNo, encoded);
    };
    await world.turns.live();
    expect(seen).toHaveLength(1);
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1, moves: ['send', 'finish'] });
    expect(await world.rows('SELECT outcome FROM bank_call')).toEqual([{ outcome: 'done' }]);
  });

  it('whose answer was lost is asked about, not sent again under a new number: frozen once (defect 23)', async () => {
    const id = await world.hold();
    world.bank.mishap = () => 'answer_lost';
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1, moves: ['send', 'lose', 'finish'] });
    expect(await world.read(id)).toMatchObject({ decided_by: 'query' });
    expect(world.bank.tries).toHaveLength(1);
    expect(world.bank.holds.size).toBe(1);
  });

  it('that the bank has not found stays unknown inside of the settle window (defect 26)', async () => {
    const id = await world.fee();
    world.bank.mishap = (_asked, nth) => (nth === 1 ? 'request_lost' : undefined);
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'unknown', reserved: 1_000n });
    expect(world.bank.tries).toHaveLength(1);
  });

  it('that the bank has not found behind the settle window is sent again: the same number, the same bytes, never a new one (defect 26)', async () => {
    const id = await world.fee();
    world.bank.mishap = (_asked, nth) => (nth <= 2 ? 'request_lost' : undefined);
    windowIsOver();
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({
      state: 'done',
      entries: 1,
      moves: ['send', 'lose', 'resend', 'lose', 'resend', 'finish'],
    });
    expect([world.bank.tries.length, numbersTried().length, bodiesTried().length]).toEqual([3, 1, 1]);
    expect(world.bank.net('F1')).toBe(1_000n);
  });

  it('that a busy bank has not taken is tried again under its number, and a busy word after a lost answer ends nothing (defect 27)', async () => {
    const id = await world.hold();
    world.bank.mishap = (_asked, nth) => (['busy', 'answer_lost'] as const)[nth - 1] ?? 'busy';
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', moves: ['send', 'lose', 'finish'] });
    expect([world.bank.tries.length, numbersTried().length, world.bank.holds.size]).toEqual([2, 1, 1]);
  });

  it('is done once when the worker dies between the success at the bank and our commit', async () => {
    const id = await world.fee();
    await expect(world.turns.runOne('bank.send', true)).rejects.toThrow('the worker is gone');
    expect(await world.trace(id)).toMatchObject({ state: 'sent', entries: 0, reserved: 1_000n });
    expect(world.bank.net('F1')).toBe(1_000n);
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1, reserved: 0n });
    expect([world.bank.tries.length, numbersTried().length]).toEqual([2, 1]);
    expect(world.bank.net('F1')).toBe(1_000n);
  });

  it('may be answered by a notice before the answer is there, ten times over, and has one effect (defect 1)', async () => {
    const id = await world.fee();
    const ring = async (): Promise<void> => {
      const { request_no: requestNo } = await world.read(id);
      const notice: VerifiedNotice = { noticeNo: 'N1', kind: 'TRANSFER_DONE', body: { requestNo } };
      const isNew: boolean[] = [];
      for (let time = 0; time < 10; time += 1) isNew.push(await world.db.work.run((tx) => receiveNotice(tx, notice)));
      expect(isNew).toEqual([true, ...Array<boolean>(9).fill(false)]);
    };
    const send = world.bank.send.bind(world.bank);
    world.bank.send = async (requestNo, encoded) => {
      const answer = await send(requestNo, encoded);
      await ring();
      await world.turns.runOne('bank.ask');
      return answer;
    };
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1, moves: ['send', 'finish'] });
    expect(await world.rows('SELECT count(*)::int AS n FROM bank_notice')).toEqual([{ n: 1 }]);
    expect(world.heard).toEqual(['FEE done']);
  });

  it('is asked about when its notice rang before its answer was stored, and the question ends while the answer is stored', async () => {
    const id = await world.fee();
    world.bank.rule = () => 'later';
    const storing = new HeldWork(world.db.database.dataSource);
    const send = world.bank.send.bind(world.bank);
    world.bank.send = async (requestNo, encoded) => {
      const answer = await send(requestNo, encoded);
      await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_DONE', body: { requestNo } }));
      storing.holdsNext = true;
      return answer;
    };
    const sending = new JobTurns({ ...world.db, work: storing }, [sendJob]).runOne('bank.send');
    await storing.isHeld;
    // The question finds the order sent: there is nothing to ask yet. Then it waits to write that down.
    const asking = world.turns.runOne('bank.ask');
    await until('the question waits', async () => (await world.waitingForLocks()) === 1);
    storing.goOn();
    await Promise.all([sending, asking]);
    expect((await world.read(id)).state).toBe('accepted');
    // The one that the sending job has planned, and the one that rang before its time and rings again soon.
    const question = { name: 'bank.ask', subject: (await world.read(id)).send_group };
    expect((await world.turns.waiting()).map(({ name, subject }) => ({ name, subject }))).toEqual([question, question]);
    world.bank.rule = () => 'done';
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1, moves: ['send', 'accept', 'finish'] });
  });

  it('is not asked about when its notice comes after its answer: there is nothing to ask', async () => {
    const id = await world.fee();
    await world.turns.live();
    const { request_no: requestNo } = await world.read(id);
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_DONE', body: { requestNo } }));
    expect(await world.rows('SELECT count(*)::int AS n FROM bank_notice')).toEqual([{ n: 1 }]);
    expect(await world.turns.waiting()).toEqual([]);
  });

  it('is waited for by its notice while its answer is stored, and then not asked about', async () => {
    const id = await world.fee();
    const storing = new HeldWork(world.db.database.dataSource);
    const send = world.bank.send.bind(world.bank);
    world.bank.send = (requestNo, encoded) => {
      storing.holdsNext = true;
      return send(requestNo, encoded);
    };
    const sending = new JobTurns({ ...world.db, work: storing }, [sendJob]).runOne('bank.send');
    await storing.isHeld;
    const { request_no: requestNo } = await world.read(id);
    const hearing = world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_DONE', body: { requestNo } }));
    await until('the notice waits', async () => (await world.waitingForLocks()) === 1);
    storing.goOn();
    await Promise.all([sending, hearing]);
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1 });
    expect(await world.turns.waiting()).toEqual([]);
  });

  it('is asked about when its notice comes, not believed', async () => {
    const id = await world.fee();
    world.bank.rule = () => 'later';
    await world.turns.live();
    expect((await world.read(id)).state).toBe('accepted');
    const { request_no: requestNo } = await world.read(id);
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_DONE', body: { requestNo, status: 'DONE' } }));
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'accepted', entries: 0, reserved: 1_000n });
    world.bank.rule = () => 'done';
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1 });
  });

  it('that came back is told by a notice, asked, and booked once the other way', async () => {
    const id = await world.order('DISBURSE', 2_000n, 'D', 'E');
    await world.turns.live();
    const { request_no: requestNo } = await world.read(id);
    const notice = { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo } };
    await world.db.work.run((tx) => receiveNotice(tx, notice));
    await world.turns.live();
    expect((await world.read(id)).state).toBe('done'); // the bank, asked, knows of no return
    world.bank.sendBack(requestNo!);
    await world.db.work.run((tx) => receiveNotice(tx, { ...notice, noticeNo: 'N2' }));
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'returned', entries: 2 });
    expect(await world.posted('D')).toBe(5_000n);
  });

  it('that came back is asked about until the bank answers, however often it is away or busy', async () => {
    const id = await world.order('DISBURSE', 2_000n, 'D', 'E');
    await world.turns.live();
    const { request_no: requestNo } = await world.read(id);
    world.bank.sendBack(requestNo!);
    const words: Outcome[] = [
      { kind: 'undecided', why: 'SYSTEM_BUSY', pause: true },
      { kind: 'unknown', why: 'no answer' },
      { kind: 'missing' },
    ];
    const query = world.bank.query.bind(world.bank);
    world.bank.query = (no, at) => {
      const word = words.shift();
      return word === undefined ? query(no, at) : Promise.resolve({ ...word, exchange: { answer: null, startedAt: at, endedAt: at } });
    };
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo } }));
    for (let asked = 0; asked < 3; asked += 1) {
      await world.turns.runOne('bank.ask-returned');
      expect((await world.read(id)).state).toBe('done');
    }
    await world.turns.live();
    expect(await world.trace(id)).toMatchObject({ state: 'returned', entries: 2 });
    expect(await world.turns.waiting()).toEqual([]);
  });

  it('that came back before we knew that it was done is booked there and back', async () => {
    const id = await world.order('DISBURSE', 2_000n, 'D', 'E');
    world.bank.mishap = () => 'answer_lost';
    await world.turns.runOne('bank.send');
    const { request_no: requestNo } = await world.read(id);
    world.bank.sendBack(requestNo!);
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body: { requestNo } }));
    await world.turns.runOne('bank.ask-returned');
    expect(await world.trace(id)).toMatchObject({ state: 'returned', entries: 2, moves: ['send', 'lose', 'finish', 'come_back'] });
  });

  it('is refused for ever when it was closed before it arrived, and cannot be closed any more when it was decided', async () => {
    const [lost, paid] = [await world.fee(), await world.fee(500n)];
    const { request_no: requestNo } = await world.read(lost);
    const send = world.bank.send.bind(world.bank);
    world.bank.send = (no, encoded) => {
      world.bank.mishap = () => (no === requestNo ? 'request_lost' : undefined);
      return send(no, encoded);
    };
    await world.turns.live();
    await expect(world.db.work.run((tx) => closeUnwanted(tx, paid))).rejects.toMatchObject({ code: 'BANK_ORDER_DECIDED' });
    await world.db.work.run((tx) => closeUnwanted(tx, lost));
    await world.turns.live();
    expect(await world.trace(lost)).toMatchObject({ state: 'closed', entries: 0, reserved: 0n });
    const { service, body } = await world.read(lost);
    world.bank.mishap = () => undefined;
    expect(await send(requestNo!, { service: service!, body: body! })).toMatchObject({ kind: 'closed' });
    expect(world.bank.net('F1')).toBe(500n);
  });

  it('comes back as what it was when somebody wants to close what the bank has done', async () => {
    const id = await world.fee();
    world.bank.mishap = () => 'answer_lost';
    await world.turns.runOne('bank.send');
    await world.db.work.run((tx) => closeUnwanted(tx, id));
    await world.turns.runOne('bank.close');
    expect(await world.trace(id)).toMatchObject({ state: 'done', entries: 1 });
  });

  it('is asked about when the bank, told to close it, says that it has taken it', async () => {
    const id = await world.fee();
    world.bank.mishap = () => 'busy';
    await world.turns.runOne('bank.send');
    await world.db.work.run((tx) => closeUnwanted(tx, id));
    world.bank.close = () => Promise.resolve({ kind: 'accepted', exchange: { answer: null, startedAt: new Date(), endedAt: new Date() } });
    await world.turns.runOne('bank.close');
    expect((await world.read(id)).state).toBe('accepted');
    expect((await world.turns.waiting()).map(({ name }) => name)).toContain('bank.ask');
  });
});

/** The way to the database of somebody who can be held in a transaction: it has begun, and nobody else writes down the end of a job. */
class HeldWork extends Work {
  holdsNext = false;
  goOn: () => void = () => undefined;
  private held: () => void = () => undefined;
  readonly isHeld = new Promise<void>((resolve) => (this.held = resolve));
  private readonly mayGoOn = new Promise<void>((resolve) => (this.goOn = resolve));

  override run<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    if (!this.holdsNext) return super.run(fn);
    this.holdsNext = false;
    return super.run(async (tx) => {
      await tx.execute('LOCK TABLE job IN SHARE ROW EXCLUSIVE MODE');
      this.held();
      await this.mayGoOn;
      return fn(tx);
    });
  }
}
