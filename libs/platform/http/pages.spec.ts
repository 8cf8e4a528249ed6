import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import { decodeCursor, encodeCursor } from './pages';

describe('a cursor', () => {
  it('gives back what was put into it', () => {
    const id = newId();
    expect(decodeCursor(encodeCursor(['42', id, '9000000000000004.C9001']), 'number', 'uuid', 'text')).toEqual([
      '42',
      id,
      '9000000000000004.C9001',
    ]);
    expect(decodeCursor(undefined, 'number')).toBeUndefined();
  });

  it.each([
    ['no base64', '%%%'],
    ['no list', Buffer.from('{"0":"1"}').toString('base64url')],
    ['too few values', encodeCursor([])],
    ['too many values', encodeCursor(['1', '2'])],
    ['another type', Buffer.from('[1]').toString('base64url')],
    ['a word for a number', encodeCursor(['x'])],
    ['a number beyond any of ours', encodeCursor(['9'.repeat(19)])],
    ['a negative number', encodeCursor(['-1'])],
  ])('that was crafted is refused: %s', (_, text) => {
    expect(() => decodeCursor(text, 'number')).toThrow(Refusal);
  });

  it('that was crafted is refused where an id or a text is expected', () => {
    expect(() => decodeCursor(encodeCursor(['42']), 'uuid')).toThrow(Refusal);
    expect(() => decodeCursor(encodeCursor(['a\0b']), 'text')).toThrow(Refusal);
  });
});
