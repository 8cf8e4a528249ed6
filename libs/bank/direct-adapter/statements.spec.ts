import { generateKeyPairSync } from 'node:crypto';
import { sha256Hex, sign } from '#bank/wire';
import { isBanksFile } from './statements';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const file = Buffer.from('H|1|TRANSACTIONS|2026-11-22|P0001|1|2026-11-22T23:00:00.000+08:00\nT|0|0.00|…\n');
const signature = sign(file, privateKey);

describe('the signature of a statement file', () => {
  it('is checked over the bytes or over their digest alone', () => {
    expect(isBanksFile(file, signature, publicKey)).toBe(true);
    expect(isBanksFile(sha256Hex(file), signature, publicKey)).toBe(true);
  });

  it.each([
    ['one byte more', Buffer.concat([file, Buffer.from('\n')]), signature],
    ['another digest', sha256Hex('other'), signature],
    ['no base64', file, '%%%'],
    ['an empty signature', file, ''],
    ['a signature of something else', file, sign('something else', privateKey)],
  ])('%s is refused', (_, bytes, given) => {
    expect(isBanksFile(bytes, given, publicKey)).toBe(false);
  });
});
