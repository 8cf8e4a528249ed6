import type { VerifiedNotice } from '#bank/port';
import { isFresh, readNotice, verifySigned } from '#bank/wire';

/** Largest notice that is looked at: the platform's own limit for every body. */
export const NOTICE_LIMIT_BYTES = 100_000;

export interface RawNotice {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface NoticeRules {
  readonly platformNo: string;
  readonly bankPublicKeyPem: string;
  readonly timestampToleranceSeconds: number;
  readonly now: Date;
}

/** The notice, when it is the bank's, ours, whole and fresh; `undefined` otherwise, whatever is wrong with it. Size and signature come before its body is read. */
export function verifyNotice(raw: RawNotice, rules: NoticeRules): VerifiedNotice | undefined {
  if (raw.body.length > NOTICE_LIMIT_BYTES) return undefined;
  const { platformNo, bankPublicKeyPem: publicKeyPem } = rules;
  const { method, path, body } = raw;
  const verified = verifySigned(raw.headers, { direction: 'request', method, path, body, publicKeyPem, platformNo });
  if (!verified.ok || !isFresh(verified.timestamp, rules.now, rules.timestampToleranceSeconds)) return undefined;
  const notice = readNotice(body);
  // The envelope's number is the notice's own: a signed envelope cannot carry another notice.
  if (notice === undefined || notice.noticeNo !== verified.requestNo) return undefined;
  return { noticeNo: notice.noticeNo, kind: notice.kind, body: { bankTime: notice.bankTime, bankDate: notice.bankDate, ...notice.data } };
}
