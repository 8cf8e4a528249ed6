import { answersOf, run } from './testing/run';

async function split(...requests: readonly unknown[]): Promise<readonly unknown[]> {
  const result = await run(
    ['split'],
    requests.map((request) => `${JSON.stringify(request)}\n`),
  );
  expect(result).toMatchObject({ code: 0, stderr: '' });
  return answersOf(result);
}

describe('rongqiao split', () => {
  it('gives each weight its share of each amount', async () => {
    expect(await split({ id: 's', amountsFen: [10, 1, 0], weights: [6, 6, 2] })).toEqual([
      {
        id: 's',
        parts: [
          [5, 4, 1],
          [0, 1, 0],
          [0, 0, 0],
        ],
      },
    ]);
  });

  it('pitfall 8: shares ¥5,850.00 among 10,000 equals in 58 and 59 fen', async () => {
    const [answer] = (await split({ id: 1, amountsFen: [585_000], weights: new Array(10_000).fill(1) })) as [{ parts: number[][] }];
    expect(new Set(answer.parts[0])).toEqual(new Set([58, 59]));
    expect(answer.parts[0]!.reduce((sum, share) => sum + share, 0)).toBe(585_000);
  });

  it.each<[string, unknown, string]>([
    ['no list', { id: 1, amountsFen: 5, weights: [1] }, 'AMOUNTS_INVALID'],
    ['an empty list', { id: 1, amountsFen: [], weights: [1] }, 'AMOUNTS_INVALID'],
    ['a negative amount', { id: 1, amountsFen: [-1], weights: [1] }, 'AMOUNTS_INVALID'],
    ['a fraction', { id: 1, amountsFen: [0.5], weights: [1] }, 'AMOUNTS_INVALID'],
    ['text', { id: 1, amountsFen: ['5'], weights: [1] }, 'AMOUNTS_INVALID'],
    ['amounts beyond the safe integers', { id: 1, amountsFen: [Number.MAX_SAFE_INTEGER, 1], weights: [1] }, 'AMOUNTS_INVALID'],
    ['no weights', { id: 1, amountsFen: [5], weights: [] }, 'WEIGHTS_INVALID'],
    ['a negative weight', { id: 1, amountsFen: [5], weights: [2, -1] }, 'WEIGHTS_INVALID'],
    ['no positive weight', { id: 1, amountsFen: [5], weights: [0, 0] }, 'WEIGHTS_INVALID'],
    ['weights beyond the safe integers', { id: 1, amountsFen: [5], weights: [2 ** 53] }, 'WEIGHTS_INVALID'],
    ['a foreign field', { id: 1, amountsFen: [5], weights: [1], rounding: 'up' }, 'FIELD_UNKNOWN'],
    ['a missing field', { id: 1, amountsFen: [5] }, 'FIELD_MISSING'],
    ['a missing id', { amountsFen: [5], weights: [1] }, 'FIELD_MISSING'],
    ['a broken id', { id: [], amountsFen: [5], weights: [1] }, 'ID_INVALID'],
    ['no object', [1], 'REQUEST_NOT_AN_OBJECT'],
  ])('refuses %s', async (_, request, code) => {
    expect(await split(request)).toMatchObject([{ error: { code } }]);
  });
});
