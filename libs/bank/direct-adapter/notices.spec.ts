import { generateKeyPairSync } from 'node:crypto';
import { signedHeaders } from '#bank/wire';
import { instant } from '#kernel/time';
import { NOTICE_LIMIT_BYTES, verifyNotice, type RawNotice } from './notices';

const keys = (): { privateKey: string; publicKey: string } =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const bank = keys();
const stranger = keys();
const now = new Date('2026-11-22T02:00:00.000Z');
const notice = {
  noticeNo: 'N1',
  kind: 'BATCH_DONE',
  bankTime: '2026-11-22T10:00:00.000+08:00',
  bankDate: '2026-11-22',
  data: { requestNo: 'R1', status: 'DONE' },
};
const rules = { platformNo: 'P0001', bankPublicKeyPem: bank.publicKey, timestampToleranceSeconds: 300, now };

interface Letter {
  readonly body?: string;
  readonly requestNo?: string;
  readonly platformNo?: string;
  readonly at?: Date;
  readonly privateKeyPem?: string;
}
function letter({
  body = JSON.stringify(notice),
  requestNo = 'N1',
  platformNo = 'P0001',
  at = now,
  privateKeyPem = bank.privateKey,
}: Letter = {}): RawNotice {
  const method = 'POST';
  const path = '/bank/notices';
  const envelope = { direction: 'request' as const, method, path, platformNo, requestNo, keySerial: 'K1', body, privateKeyPem };
  return { method, path, headers: signedHeaders({ ...envelope, timestamp: instant(at) }), body: Buffer.from(body) };
}

describe('a notice', () => {
  it("of the bank is believed, and its data told with the bank's time", () => {
    expect(verifyNotice(letter(), rules)).toEqual({
      noticeNo: 'N1',
      kind: 'BATCH_DONE',
      body: { requestNo: 'R1', status: 'DONE', bankTime: notice.bankTime, bankDate: notice.bankDate },
    });
  });

  it.each<[string, RawNotice]>([
    ['signed by a stranger', letter({ privateKeyPem: stranger.privateKey })],
    ['for another platform', letter({ platformNo: 'P0002' })],
    ['replayed after the window', letter({ at: new Date(now.getTime() - 301_000) })],
    ['from the future', letter({ at: new Date(now.getTime() + 301_000) })],
    ['with a changed body', { ...letter(), body: Buffer.from(JSON.stringify({ ...notice, kind: 'TRANSFER_DONE' })) }],
    ['sent to another path', { ...letter(), path: '/other' }],
    ['without a signature', { ...letter(), headers: { ...letter().headers, 'x-signature': undefined } }],
    ['whose envelope has another number', letter({ requestNo: 'N2' })],
    ['of an unknown kind', letter({ body: JSON.stringify({ ...notice, kind: 'LOTTERY' }) })],
    ['that is too large', letter({ body: JSON.stringify({ ...notice, pad: 'x'.repeat(NOTICE_LIMIT_BYTES) }) })],
    ['that is no JSON', letter({ body: 'ring ring' })],
  ])('%s is not', (_, raw) => {
    expect(verifyNotice(raw, rules)).toBeUndefined();
  });
});
