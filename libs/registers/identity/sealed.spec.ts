import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Bug, Outage } from '#kernel/faults';
import { sealer } from './sealed';

const first = { id: '2026a', key: randomBytes(32) };
const second = { id: '2026b', key: randomBytes(32) };

describe('sealed personal data', () => {
  it('opens to what was sealed, whatever it was, and never twice the same', () => {
    const seals = sealer([first]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
        const sealed = seals.seal(text, place);
        expect(seals.open(sealed, place)).toBe(text);
        expect(sealed).not.toBe(seals.seal(text, place));
      }),
    );
  });

  it('does not show what it hides', () => {
    const sealed = sealer([first]).seal('张三丰', 'customer.name/C1');
    expect(sealed).toMatch(/^2026a:[A-Za-z0-9+/=]+$/);
    expect(Buffer.from(sealed.split(':')[1]!, 'base64').includes(Buffer.from('张三丰'))).toBe(false);
  });

  it('is refused in any other place, and with any bit changed', () => {
    const seals = sealer([first]);
    const sealed = seals.seal('张三丰', 'customer.name/C1');
    expect(() => seals.open(sealed, 'customer.name/C2')).toThrow(Bug);
    const bytes = Buffer.from(sealed.slice(6), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => seals.open(`2026a:${changed.toString('base64')}`, 'customer.name/C1')).toThrow(Bug);
    }
  });

  it('survives a change of keys, and knows what was sealed with the old one', () => {
    const old = sealer([first]).seal('张三', 'p');
    const both = sealer([second, first]);
    expect(both.open(old, 'p')).toBe('张三');
    expect(both.isOld(old)).toBe(true);
    expect(both.isOld(both.seal('张三', 'p'))).toBe(false);
    expect(() => sealer([second]).open(old, 'p')).toThrow(Outage);
  });

  it('wants keys of 32 bytes', () => {
    expect(() => sealer([])).toThrow(Bug);
    expect(() => sealer([{ id: 'a', key: randomBytes(16) }])).toThrow(Bug);
    expect(() => sealer([first]).open('nonsense', 'p')).toThrow(Bug);
  });
});
