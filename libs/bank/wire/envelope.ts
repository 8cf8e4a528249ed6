import { RESPONSE, sign, signLines, verify } from './signature';

/** Every service is a POST to this path and its name; `serviceOf` reads it back. */
export const SERVICE_PATH = '/open/v1/';

/** Where the platform hears notices. */
export const NOTICE_PATH = '/bank/notices';

/** The envelope's headers, in lower case as Node presents them. HTTP does not mind the case. */
export const HEADER = {
  platformNo: 'x-platform-no',
  requestNo: 'x-request-no',
  timestamp: 'x-timestamp',
  keySerial: 'x-key-serial',
  signature: 'x-signature',
} as const;

export type EnvelopeHeaders = { readonly [Name in (typeof HEADER)[keyof typeof HEADER]]: string };

/** Request headers: a request signs its method, an answer the word RESPONSE in place of it. */
export type Direction = 'request' | 'response';

export interface Signing {
  readonly direction: Direction;
  /** HTTP method; only a request signs it. */
  readonly method?: string;
  /** Path without scheme, host and query, for an answer the path of its request. */
  readonly path: string;
  readonly platformNo: string;
  readonly requestNo: string;
  /** Real time, ISO 8601 with offset and milliseconds; never a sandbox clock. */
  readonly timestamp: string;
  readonly keySerial: string;
  readonly body: Buffer | string;
  readonly privateKeyPem: string;
}

/** The five headers of a message that we send, signed. */
export function signedHeaders(message: Signing): EnvelopeHeaders {
  const method = methodLine(message.direction, message.method);
  return {
    [HEADER.platformNo]: message.platformNo,
    [HEADER.requestNo]: message.requestNo,
    [HEADER.timestamp]: message.timestamp,
    [HEADER.keySerial]: message.keySerial,
    [HEADER.signature]: sign(signLines({ ...message, method }), message.privateKeyPem),
  };
}

export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Verifying {
  readonly direction: Direction;
  readonly method?: string;
  readonly path: string;
  readonly body: Buffer | string;
  readonly publicKeyPem: string;
  /** When given, a message of another platform is refused. */
  readonly platformNo?: string;
  /** When given, an answer to another request is refused. */
  readonly requestNo?: string;
}

export type WhyNotVerified = 'HEADER_MISSING' | 'HEADER_MALFORMED' | 'FOREIGN_PLATFORM' | 'OTHER_REQUEST' | 'SIGNATURE_WRONG';

export type Verified =
  | { readonly ok: true; readonly platformNo: string; readonly requestNo: string; readonly timestamp: string; readonly keySerial: string }
  | { readonly ok: false; readonly why: WhyNotVerified };

/** Checks a received message's envelope before its body is read. Freshness is a question of its own: `isFresh`. */
export function verifySigned(headers: ReceivedHeaders, message: Verifying): Verified {
  const platformNo = single(headers[HEADER.platformNo]);
  const requestNo = single(headers[HEADER.requestNo]);
  const timestamp = single(headers[HEADER.timestamp]);
  const keySerial = single(headers[HEADER.keySerial]);
  const signature = single(headers[HEADER.signature]);
  if (!platformNo || !requestNo || !timestamp || !keySerial || !signature) return { ok: false, why: 'HEADER_MISSING' };
  if (!isRequestNo(requestNo) || !TIMESTAMP.test(timestamp)) return { ok: false, why: 'HEADER_MALFORMED' };
  if (message.platformNo !== undefined && message.platformNo !== platformNo) return { ok: false, why: 'FOREIGN_PLATFORM' };
  if (message.requestNo !== undefined && message.requestNo !== requestNo) return { ok: false, why: 'OTHER_REQUEST' };
  const method = methodLine(message.direction, message.method);
  const lines = signLines({ method, path: message.path, platformNo, requestNo, timestamp, body: message.body });
  if (!verify(lines, signature, message.publicKeyPem)) return { ok: false, why: 'SIGNATURE_WRONG' };
  return { ok: true, platformNo, requestNo, timestamp, keySerial };
}

/** Whether a timestamp lies within so many seconds of now, on either side. */
export function isFresh(timestamp: string, now: Date, toleranceSeconds: number): boolean {
  return Math.abs(Date.parse(timestamp) - now.getTime()) <= toleranceSeconds * 1000;
}

/** A request number: 1 to 64 of `A-Z a-z 0-9 - _`, unique for ever per platform. */
export function isRequestNo(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(Z|[+-]\d{2}:\d{2})$/;

function methodLine(direction: Direction, method: string | undefined): string {
  if (direction === 'response') return RESPONSE;
  return method ?? 'POST';
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
