import { assert, dictionary, jsonValue, property, string } from 'fast-check';
import { bodyDigest } from './body-digest';

describe('the digest of a body', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(bodyDigest({ a: 1, b: { c: [1, 2], d: null } })).toBe(bodyDigest({ b: { d: null, c: [1, 2] }, a: 1 }));
    assert(
      property(dictionary(string(), jsonValue()), (body) => {
        const backwards = Object.fromEntries(Object.entries(body).reverse());
        return bodyDigest(body) === bodyDigest(backwards);
      }),
    );
  });

  it('differs for another amount, another type, another order of a list, and a field more', () => {
    const all = [
      { amountFen: 100 },
      { amountFen: 101 },
      { amountFen: '100' },
      { amountFen: [1, 2] },
      { amountFen: [2, 1] },
      { amountFen: 100, b: null },
      {},
      null,
    ];
    expect(new Set(all.map(bodyDigest)).size).toBe(all.length);
  });

  it('takes no body for null', () => {
    expect(bodyDigest(undefined)).toBe(bodyDigest(null));
  });
});
