import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { HEADER, isFresh, sha256Hex, signedHeaders, signLines, verifySigned, type EnvelopeHeaders } from './index';

const pair = (): { privateKeyPem: string; publicKeyPem: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
const ours = pair();
const theirs = pair();
const path = '/open/v1/holds/place';
const facts = { path, platformNo: 'P0001', requestNo: 'R-1', timestamp: '2026-11-22T10:00:00.000+08:00', keySerial: 'k1' };

function requestHeaders(body: string): EnvelopeHeaders {
  return signedHeaders({ direction: 'request', method: 'POST', ...facts, body, privateKeyPem: ours.privateKeyPem });
}

describe('the envelope', () => {
  it('signs six lines, the body by its digest', () => {
    expect(signLines({ method: 'POST', ...facts, body: '{}' }).split('\n')).toEqual([
      'POST',
      path,
      'P0001',
      'R-1',
      '2026-11-22T10:00:00.000+08:00',
      sha256Hex('{}'),
    ]);
  });

  it('accepts what it signed, in both directions, for any body', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('request' as const, 'response' as const), (body, direction) => {
        const headers = signedHeaders({ direction, method: 'POST', ...facts, body, privateKeyPem: ours.privateKeyPem });
        const verified = verifySigned(headers, { direction, method: 'POST', path, body, publicKeyPem: ours.publicKeyPem });
        expect(verified).toEqual({ ok: true, platformNo: 'P0001', requestNo: 'R-1', timestamp: facts.timestamp, keySerial: 'k1' });
      }),
      { numRuns: 30 },
    );
  });

  const check = { direction: 'request' as const, method: 'POST', path, body: '{}', publicKeyPem: ours.publicKeyPem };
  it.each([
    ['another body', requestHeaders('{}'), { ...check, body: '{ }' }, 'SIGNATURE_WRONG'],
    ['another path', requestHeaders('{}'), { ...check, path: '/open/v1/holds/release' }, 'SIGNATURE_WRONG'],
    ['an answer in place of a request', requestHeaders('{}'), { ...check, direction: 'response' as const }, 'SIGNATURE_WRONG'],
    ['another key', requestHeaders('{}'), { ...check, publicKeyPem: theirs.publicKeyPem }, 'SIGNATURE_WRONG'],
    ['another platform', requestHeaders('{}'), { ...check, platformNo: 'P0002' }, 'FOREIGN_PLATFORM'],
    ['the answer to another request', requestHeaders('{}'), { ...check, requestNo: 'R-2' }, 'OTHER_REQUEST'],
    ['no signature', { ...requestHeaders('{}'), [HEADER.signature]: undefined }, check, 'HEADER_MISSING'],
    ['a header twice', { ...requestHeaders('{}'), [HEADER.requestNo]: ['R-1', 'R-1'] }, check, 'HEADER_MISSING'],
    ['a request number with a slash', { ...requestHeaders('{}'), [HEADER.requestNo]: 'R/1' }, check, 'HEADER_MALFORMED'],
    ['a signature that is no base64', { ...requestHeaders('{}'), [HEADER.signature]: '%%%' }, check, 'SIGNATURE_WRONG'],
  ])('refuses %s', (_what, headers, message, why) => {
    expect(verifySigned(headers, message)).toEqual({ ok: false, why });
  });

  it('knows a stale timestamp on either side', () => {
    const now = new Date('2026-11-22T02:00:02.000Z');
    expect(isFresh(facts.timestamp, now, 2)).toBe(true);
    expect(isFresh(facts.timestamp, now, 1)).toBe(false);
    expect(isFresh('2026-11-22T02:00:05.000Z', now, 2)).toBe(false);
    expect(isFresh('yesterday', now, 2)).toBe(false);
  });
});
