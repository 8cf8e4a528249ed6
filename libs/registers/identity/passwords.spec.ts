import { Bug } from '#kernel/faults';
import { hashPassword, isPassword, isPasswordHash } from './passwords';

describe('a password', () => {
  it('is known by its hash alone, and two hashes of it differ', async () => {
    const hash = await hashPassword('正确的马电池订书钉');
    expect(await isPassword('正确的马电池订书钉', hash)).toBe(true);
    expect(await isPassword('正确的马电池订书', hash)).toBe(false);
    expect(hash).toMatch(/^scrypt:32768:8:1:/);
    expect(await hashPassword('正确的马电池订书钉')).not.toBe(hash);
    expect(isPasswordHash(hash)).toBe(true);
  });

  it('is the same in every spelling of the same characters', async () => {
    expect(await isPassword('cafe\u0301 at noon', await hashPassword('caf\u00e9 at noon'))).toBe(true);
  });

  it('a hash that is none is a bug, not a wrong password', async () => {
    await expect(isPassword('x', 'plain text')).rejects.toThrow(Bug);
    expect(isPasswordHash('scrypt:1:1:1:x:y')).toBe(false);
  });
});
