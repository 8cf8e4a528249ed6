import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign as rsaSign, verify as rsaVerify } from 'node:crypto';

/** What stands in the first of the six lines: the HTTP method of a request, or this word for an answer. */
export const RESPONSE = 'RESPONSE';

/** The six things that a signature covers. `timestamp` is the header's text, byte for byte. */
export interface SignedFacts {
  readonly method: string;
  readonly path: string;
  readonly platformNo: string;
  readonly requestNo: string;
  readonly timestamp: string;
  readonly body: Buffer | string;
}

/** The six lines that are signed, joined by `\n`, without a newline at the end. */
export function signLines(facts: SignedFacts): string {
  return [facts.method, facts.path, facts.platformNo, facts.requestNo, facts.timestamp, sha256Hex(facts.body)].join('\n');
}

/** Lower-case hex SHA-256 of bytes; text counts as UTF-8. */
export function sha256Hex(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Base64 of RSA-SHA256 (PKCS#1 v1.5) over bytes: the lines of a message, or a whole statement file. */
export function sign(bytes: Buffer | string, privateKeyPem: string): string {
  return rsaSign('sha256', typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes, privateKey(privateKeyPem)).toString('base64');
}

/** Whether a base64 signature belongs to these bytes. A signature that is no base64 is simply wrong. */
export function verify(bytes: Buffer | string, signature: string, publicKeyPem: string): boolean {
  const given = Buffer.from(signature, 'base64');
  return rsaVerify('sha256', typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes, publicKey(publicKeyPem), given);
}

// Reading a PEM costs four times as much as a signature, so that parsed keys are kept. A process knows a handful of keys.
const KEYS_KEPT = 32;
const privateKeys = new Map<string, KeyObject>();
const publicKeys = new Map<string, KeyObject>();

function privateKey(pem: string): KeyObject {
  return kept(privateKeys, pem, createPrivateKey);
}

/** The key that a PEM holds; whoever uses it often reads it once. @throws when it is none */
export function publicKey(pem: string): KeyObject {
  return kept(publicKeys, pem, createPublicKey);
}

function kept(keys: Map<string, KeyObject>, pem: string, read: (pem: string) => KeyObject): KeyObject {
  const known = keys.get(pem);
  if (known !== undefined) return known;
  if (keys.size >= KEYS_KEPT) keys.clear();
  const key = read(pem);
  keys.set(pem, key);
  return key;
}
