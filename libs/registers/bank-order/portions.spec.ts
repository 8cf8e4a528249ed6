import { inPortions } from './portions';
import type { Portion } from './portions';

/** A call that is answered when the test says so. */
function aCall<Item>(): { readonly call: Promise<Item>; answer(item: Item): void; fail(error: Error): void } {
  let answer: (item: Item) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const call = new Promise<Item>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { call, answer: (item) => answer(item), fail: (error) => fail(error) };
}

async function all<Item>(portions: AsyncIterable<Portion<Item>>): Promise<Portion<Item>[]> {
  const seen: Portion<Item>[] = [];
  for await (const portion of portions) seen.push(portion);
  return seen;
}

describe('answers in portions', () => {
  it('come in one portion when all of them are there soon, and at once when there are none', async () => {
    expect(
      await all(
        inPortions(
          [1, 2, 3].map((item) => Promise.resolve(item)),
          60_000,
        ),
      ),
    ).toEqual([{ items: [1, 2, 3], isLast: true }]);
    expect(await all(inPortions([], 60_000))).toEqual([{ items: [], isLast: true }]);
  });

  it('do not wait for the slowest: it comes in the last portion, alone', async () => {
    const slow = aCall<string>();
    const portions = inPortions([Promise.resolve('quick'), slow.call, Promise.resolve('too')], 1);
    expect((await portions.next()).value).toEqual({ items: ['quick', 'too'], isLast: false });
    const last = portions.next();
    slow.answer('slow');
    expect((await last).value).toEqual({ items: ['slow'], isLast: true });
    expect(await portions.next()).toEqual({ value: undefined, done: true });
  });

  it('fail with the first call that fails, and no other failure is left to nobody', async () => {
    const [one, two] = [aCall<string>(), aCall<string>()];
    const portions = inPortions([one.call, two.call], 60_000);
    const next = portions.next();
    one.fail(new RangeError('one'));
    two.fail(new RangeError('two'));
    await expect(next).rejects.toThrow('one');
  });
});
