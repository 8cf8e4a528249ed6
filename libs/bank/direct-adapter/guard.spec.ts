import { Guard } from './guard';
import type { GuardLimits } from './guard';
import type { Signal } from './signals';

const limits: GuardLimits = {
  concurrency: 3,
  waiting: 10,
  placesOfRush: 2,
  outagesToOpen: 10,
  openMs: 1_000,
  stopMs: 1_000,
  longestPaceMs: 1_000,
};

describe('the guard of the way to the bank', () => {
  it('keeps places free of a rush: who comes meanwhile does not wait behind all of it, and the rush goes on when he is gone', async () => {
    const guard = new Guard(limits);
    guard.allow(1_000);
    const begun: string[] = [];
    const answers = new Map<string, () => void>();
    const call = (name: string, isOfRush: boolean): Promise<{ readonly signal: Signal }> =>
      guard.run(() => {
        begun.push(name);
        return new Promise((resolve) => answers.set(name, () => resolve({ signal: { heard: 'nothing', why: name } })));
      }, isOfRush);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const calls = [call('first', true), call('second', true), call('third', true), call('query', false), call('release', false)];
    await turn();
    expect(begun).toEqual(['first', 'second', 'query']);
    answers.get('query')!();
    await turn();
    expect(begun).toEqual(['first', 'second', 'query', 'release']);
    for (const name of ['first', 'second', 'release']) answers.get(name)!();
    await turn();
    expect(begun).toEqual(['first', 'second', 'query', 'release', 'third']);
    answers.get('third')!();
    expect((await Promise.all(calls)).map(({ signal }) => signal)).toMatchObject(
      ['first', 'second', 'third', 'query', 'release'].map((why) => ({ why })),
    );
  });
});
