import { allLifecycles } from '#kernel/lifecycle';
import type { Lifecycle } from '#kernel/lifecycle';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { startClock } from '#platform/clock';
import { withClient } from '#platform/database';
import { allTransitions, move, writeMoved } from '#platform/transitions';
import type { Moved, NewRow, Subject, Transition } from '#platform/transitions';
import { businessDate } from '#kernel/time';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import '../../apps/chain';

jest.setTimeout(120_000);

interface ScratchRow {
  readonly id: Uuid;
  readonly state: string;
  readonly note: string | null;
  readonly amount_fen: bigint | null;
  readonly at: Date | null;
}

const BY = { cause: 'test', who: 'opr_1' };

describe('the engine of all transitions', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await db.work.run((tx) => startClock(tx, businessDate('2024-01-02'), true));
    // Every noun gets a table with its states and nothing else: what its own table demands beside the state is tested where it belongs.
    const tables = allLifecycles().map(
      ({
        noun,
        states,
      }) => `CREATE TABLE scratch_${noun} (id uuid PRIMARY KEY, state text NOT NULL CHECK (state IN (${states.map((state) => `'${state}'`).join(', ')})),
        note text, amount_fen bigint, at timestamptz, changed_at timestamptz NOT NULL DEFAULT clock_timestamp());
        GRANT SELECT, INSERT, UPDATE ON scratch_${noun} TO PUBLIC;`,
    );
    await withClient(db.superuserUrl, (client) => client.query(tables.join('\n')));
  });
  afterAll(() => db.close());

  const onScratch = ({ lifecycle, ...arrow }: Transition): Transition => ({
    ...arrow,
    lifecycle: { ...lifecycle, table: `scratch_${lifecycle.noun}` },
  });
  const rowsIn = (lifecycle: Lifecycle, states: readonly string[]): Promise<Uuid[]> =>
    db.work.run(async (tx) => {
      const ids = states.map(() => newId());
      await tx.execute(`INSERT INTO scratch_${lifecycle.noun} (id, state) SELECT * FROM unnest($1::uuid[], $2::text[])`, [ids, states]);
      return ids;
    });
  const read = async (noun: string, ids: readonly Uuid[]): Promise<ScratchRow[]> => {
    const rows = await db.work.run((tx) =>
      tx.query<ScratchRow>(`SELECT id, state, note, amount_fen, at FROM scratch_${noun} WHERE id = ANY($1::uuid[])`, [ids]),
    );
    return ids.map((id) => rows.find((row) => row.id === id)!);
  };
  const moves = (ids: readonly Uuid[]): Promise<Record<string, unknown>[]> =>
    db.work.run((tx) =>
      tx.query(
        'SELECT noun, from_state, to_state, event, cause, who, business_date FROM move WHERE subject_id = ANY($1::uuid[]) ORDER BY id',
        [ids],
      ),
    );
  const transition = (noun: string, event: string): Transition =>
    onScratch(allTransitions().find((each) => each.lifecycle.noun === noun && each.event === event)!);
  const moveAll = (what: Transition, subjects: readonly Subject[], by: Parameters<typeof move>[3] = BY): Promise<Moved<ScratchRow>[]> =>
    db.work.run((tx) => move<ScratchRow>(tx, what, subjects, by));

  it('knows every arrow of every table as a declared transition, and none beside', () => {
    const arrows = allLifecycles().flatMap(({ noun, arrows: table }) => Object.keys(table).map((event) => `${noun}.${event}`));
    expect(
      allTransitions()
        .map(({ lifecycle, event }) => `${lifecycle.noun}.${event}`)
        .sort(),
    ).toEqual(arrows.sort());
  });

  // Filled in when the file is loaded, because importing the chain declares every table.
  describe.each(allLifecycles().map((lifecycle) => ({ noun: lifecycle.noun, lifecycle })))('a $noun', ({ noun, lifecycle }) => {
    it.each(Object.keys(lifecycle.arrows))(
      'moves by %s from the states of its arrow, with one row of what happened, and from no other',
      async (event) => {
        const what = transition(noun, event);
        const ids = await rowsIn(lifecycle, lifecycle.states);
        for (const [index, state] of lifecycle.states.entries()) {
          const id = ids[index]!;
          if (what.from.includes(state)) {
            expect(await moveAll(what, [{ id }])).toMatchObject([{ id, from_state: state, state: what.to }]);
            const written = { noun, event, from_state: state, to_state: what.to, cause: 'test', who: 'opr_1', business_date: '2024-01-02' };
            expect(await moves([id])).toEqual([written]);
          } else {
            await expect(moveAll(what, [{ id }])).rejects.toThrow(`${noun}.${event}: 1 of 1 did not move`);
            expect([(await read(noun, [id]))[0]!.state, await moves([id])]).toEqual([state, []]);
          }
        }
      },
    );
  });

  describe('with a set', () => {
    const finish = (): Transition => transition('bank_order', 'finish');
    const rows = (states: readonly string[]): Promise<Uuid[]> => rowsIn(finish().lifecycle, states);

    it('moves all of it or nothing (defect 14)', async () => {
      const ids = await rows(['sent', 'accepted', 'done', 'unknown']);
      await expect(
        moveAll(
          finish(),
          ids.map((id) => ({ id, patch: { note: 'x' } })),
        ),
      ).rejects.toThrow('1 of 4 did not move');
      expect((await read('bank_order', ids)).map(({ state, note }) => [state, note])).toEqual([
        ['sent', null],
        ['accepted', null],
        ['done', null],
        ['unknown', null],
      ]);
      expect(await moves(ids)).toEqual([]);
    });

    it('passes over what has moved already when the caller said so, and returns what moved now', async () => {
      const ids = await rows(['sent', 'done', 'refused', 'unknown']);
      const moved = await moveAll(
        finish(),
        ids.map((id) => ({ id })),
        { ...BY, alreadyMoved: 'skip' },
      );
      expect(moved.map(({ id }) => id).sort()).toEqual([ids[0]!, ids[3]!].sort());
      expect((await read('bank_order', ids)).map(({ state }) => state)).toEqual(['done', 'done', 'refused', 'done']);
      expect(await moves(ids)).toHaveLength(2);
    });

    it('changes columns together with the state, each row its own, amounts beyond doubles and moments included', async () => {
      const ids = await rows(['sent', 'accepted']);
      const at = new Date('2024-01-02T03:04:05.678Z');
      const patches = [
        { note: "it's", amount_fen: 9_007_199_254_740_993n, at },
        { note: null, amount_fen: -1n, at: null },
      ];
      await moveAll(
        finish(),
        ids.map((id, index) => ({ id, patch: patches[index]! })),
      );
      expect((await read('bank_order', ids)).map(({ note, amount_fen, at: then }) => ({ note, amount_fen, at: then }))).toEqual(patches);
    });

    it('is a bug when a subject stands twice in it, is unknown, or changes other columns than the rest', async () => {
      const [first, second] = (await rows(['sent', 'sent'])) as [Uuid, Uuid];
      await expect(moveAll(finish(), [{ id: first }, { id: first }])).rejects.toThrow('stands twice');
      await expect(moveAll(finish(), [{ id: newId() }])).rejects.toThrow('1 of 1 did not move');
      await expect(moveAll(finish(), [{ id: first, patch: { note: 'x' } }, { id: second }])).rejects.toThrow('change different columns');
      await expect(moveAll(finish(), [{ id: first, patch: { 'note = 1; --': 'x' } }])).rejects.toThrow('is not a plain name');
      expect((await read('bank_order', [first, second])).map(({ state }) => state)).toEqual(['sent', 'sent']);
    });

    it('of nothing is nothing', async () => {
      expect(await moveAll(finish(), [])).toEqual([]);
    });

    it('is moved once by two who move overlapping sets at once, in whatever order they name them', async () => {
      const ids = await rows(Array.from({ length: 50 }, () => 'sent'));
      const by = { ...BY, alreadyMoved: 'skip' } as const;
      const sets = [ids, [...ids].reverse(), ids.slice(10), [...ids.slice(0, 40)].reverse()];
      const moved = await Promise.all(
        sets.map((set) =>
          moveAll(
            finish(),
            set.map((id) => ({ id })),
            by,
          ),
        ),
      );
      expect(moved.flat()).toHaveLength(50);
      expect(await moves(ids)).toHaveLength(50);
    });

    it('that another transaction moved meanwhile is looked at anew: the second one is told, and writes nothing', async () => {
      const [id] = (await rows(['sent'])) as [Uuid];
      const ends = await Promise.allSettled([moveAll(finish(), [{ id }]), moveAll(transition('bank_order', 'refuse'), [{ id }])]);
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await moves([id])).toHaveLength(1);
    });
  });

  describe('with rows that are only written now', () => {
    const send = (): Transition => transition('payout', 'send');
    const write = (what: Transition, rows: readonly NewRow[]): Promise<void> => db.work.run((tx) => writeMoved(tx, what, rows, BY));

    it('writes them behind the arrow that leaves their first state, with one row of what happened each', async () => {
      const at = new Date('2024-01-02T03:04:05.678Z');
      const rows = [
        { id: newId(), note: "it's", amount_fen: 9_007_199_254_740_993n, at },
        { id: newId(), note: null, amount_fen: -1n, at: null },
      ];
      await write(send(), rows);
      const ids = rows.map(({ id }) => id);
      expect(await read('payout', ids)).toEqual(rows.map((row) => ({ ...row, state: 'sent' })));
      const written = { noun: 'payout', event: 'send', from_state: 'due', to_state: 'sent', ...BY, business_date: '2024-01-02' };
      expect(await moves(ids)).toEqual([written, written]);
    });

    it('writes all of them or none', async () => {
      const [known] = (await rowsIn(send().lifecycle, ['paid'])) as [Uuid];
      const fresh = newId();
      await expect(write(send(), [{ id: fresh }, { id: known }])).rejects.toThrow('duplicate key');
      expect([(await read('payout', [fresh]))[0], await moves([fresh, known])]).toEqual([undefined, []]);
    });

    it('is a bug when the arrow does not leave the first state, or the rows name other columns', async () => {
      await expect(write(transition('payout', 'pay'), [{ id: newId() }])).rejects.toThrow('payout.pay does not leave the first state');
      await expect(write(send(), [{ id: newId(), note: 'x' }, { id: newId() }])).rejects.toThrow('name different columns');
      await expect(write(send(), [{ id: newId(), 'note) --': 'x' }])).rejects.toThrow('is not a plain name');
    });

    it('of nothing writes nothing', async () => {
      await expect(write(send(), [])).resolves.toBeUndefined();
    });
  });
});
