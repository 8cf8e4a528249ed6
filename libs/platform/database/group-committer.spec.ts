import * as fc from 'fast-check';
import { Bug, Outage, Refusal } from '#kernel/faults';
import { Company, GroupCommitter } from './group-committer';

/** Commits by key, noting batches; an item of a poisonous number spoils its batch. */
function notedCommitter(
  options: { poison?: ReadonlySet<number>; contended?: ReadonlySet<number>; batchLimit?: number; waitingLimit?: number } = {},
) {
  const batches: number[][] = [];
  const committed: number[] = [];
  let running = 0;
  const committer = new GroupCommitter<number, string>({
    key: () => 'one key',
    async commit(items) {
      running += 1;
      if (running > 1) throw new Outage('two batches of one key at once');
      batches.push([...items]);
      await Promise.resolve();
      running -= 1;
      if (items.some((item) => options.poison?.has(item))) throw new Bug('spoiled');
      committed.push(...items);
      return { results: items.map((item) => `done ${item}`), contended: options.contended?.has(items[0] ?? -1) ?? false };
    },
    batchLimit: options.batchLimit,
    waitingLimit: options.waitingLimit,
    company: new Company(),
  });
  return { committer, batches, committed };
}

describe('group commit', () => {
  it('commits together what arrives together, and what arrives meanwhile in the next batch', async () => {
    const { committer, batches } = notedCommitter();
    const first = [1, 2, 3].map((item) => committer.submit(item));
    const later = first[0]?.then(() => committer.submit(4));
    expect(await Promise.all([...first, later])).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  describe('between two batches', () => {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
    afterEach(() => jest.useRealTimers());

    it.each([
      ['gathers for a moment where another process was often in the way', 'ccccc', [[100, 101]]],
      ['waits for nobody where that was rare', 'c...c...c...c...', [[100], [101]]],
      ['goes on gathering while it meets him less often', 'ccccc............c..', [[100, 101]]],
      ['forgets that another process was in the way', 'ccccc........................', [[100], [101]]],
      ['waits for nobody where nobody else is', '.....', [[100], [101]]],
    ])('%s (%s)', async (_, before, expected) => {
      const contended = new Set([...before].flatMap((sign, item) => (sign === 'c' ? [item] : [])));
      const { committer, batches } = notedCommitter({ contended });
      const commit = async (item: number, meanwhile: readonly number[] = []): Promise<void> => {
        const all = [committer.submit(item)];
        await turn();
        all.push(...meanwhile.map((each) => committer.submit(each)));
        jest.advanceTimersByTime(1);
        await Promise.all(all);
      };
      for (const item of Array(before.length).keys()) await commit(item);
      await commit(100, [101]);
      expect(batches.slice(before.length)).toEqual(expected);
    });
  });

  it('gives everybody his own answer, whatever spoils whose batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(1000), { maxLength: 60 }),
        fc.uniqueArray(fc.nat(1000), { maxLength: 8 }),
        fc.integer({ min: 1, max: 16 }),
        async (items, poisonous, batchLimit) => {
          const poison = new Set(poisonous);
          const { committer, committed, batches } = notedCommitter({ poison, batchLimit });
          const answers = await Promise.allSettled(items.map((item) => committer.submit(item)));
          answers.forEach((answer, at) => {
            const item = items[at] ?? -1;
            if (poison.has(item)) expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'spoiled' } });
            else expect(answer).toEqual({ status: 'fulfilled', value: `done ${item}` });
          });
          expect(committed.toSorted()).toEqual(items.filter((item) => !poison.has(item)).toSorted());
          expect(Math.max(0, ...batches.map((batch) => batch.length))).toBeLessThanOrEqual(batchLimit);
        },
      ),
    );
  });

  it('repeats nothing after an outage: the commit may have taken place', async () => {
    let commits = 0;
    const committer = new GroupCommitter<number, number>({
      key: () => 'k',
      commit: () => {
        commits += 1;
        return Promise.reject(new Outage('cut'));
      },
    });
    const answers = await Promise.allSettled([1, 2, 3].map((item) => committer.submit(item)));
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof Outage)).toBe(true);
    expect(commits).toBe(1);
  });

  it('commits nothing twice when the number of results is wrong', async () => {
    let commits = 0;
    const committer = new GroupCommitter<number, number>({
      key: () => 'k',
      commit: () => {
        commits += 1;
        return Promise.resolve({ results: [1] });
      },
    });
    const answers = await Promise.allSettled([1, 2].map((item) => committer.submit(item)));
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof Bug)).toBe(true);
    expect(commits).toBe(1);
  });

  it('lets a bounded number wait', async () => {
    const { committer } = notedCommitter({ waitingLimit: 2 });
    const answers = await Promise.allSettled([1, 2, 3].map((item) => committer.submit(item)));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(answers[2]).toMatchObject({ reason: { code: 'TOO_MANY_WAITING' } });
    expect(answers[2]?.status === 'rejected' && answers[2].reason instanceof Refusal).toBe(true);
  });
});
