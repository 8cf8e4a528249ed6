import fc from 'fast-check';
import { isUuid, newId, publicId, readPublicId, requestNoOf, type Uuid } from './ids';

const anyId = fc.uuid({ version: 7 }).map((text) => text as Uuid);

describe('a new id', () => {
  it('is a UUID of version 7 that carries the time', () => {
    const before = Date.now();
    const id = newId();
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect('89ab').toContain(id[19]);
    const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before);
  });

  it('is later in order than every id made before it, also within one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => newId());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('an id for the outside', () => {
  it('is read back, under its own noun only', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const shown = publicId('ord', id);
        expect(shown).toMatch(/^ord_[0-9a-z]{26}$/);
        expect(readPublicId('ord', shown)).toBe(id);
        expect(readPublicId('lst', shown)).toBeUndefined();
      }),
    );
  });

  it.each([
    '',
    'ord_',
    'ord_8zzzzzzzzzzzzzzzzzzzzzzzzz',
    'ord_0000000000000000000000000',
    'ord_000000000000000000000000il',
    'ord_0000000000000000000000000A',
  ])('is not "%s"', (text) => {
    expect(readPublicId('ord', text)).toBeUndefined();
  });

  it('keeps the order of the ids', () => {
    fc.assert(fc.property(anyId, anyId, (a, b) => a < b === publicId('ord', a) < publicId('ord', b)));
  });
});

it('a bank request number is 26 letters and digits, different for different ids', () => {
  fc.assert(
    fc.property(anyId, anyId, (a, b) => {
      expect(requestNoOf(a)).toMatch(/^[0-9A-Z]{26}$/);
      expect(requestNoOf(a) === requestNoOf(b)).toBe(a === b);
    }),
  );
});

it.each(['', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'f81d4fae7dec11d0a76500a0c91e6bf6'])('"%s" is not a UUID as we write it', (text) => {
  expect(isUuid(text)).toBe(false);
});
