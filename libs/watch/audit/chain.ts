import { createHash } from 'node:crypto';

/** What a seal covers: the record as the database holds it. `details` is the text of the jsonb, `recordedAt` an ISO instant with microseconds. */
export interface SealedFacts {
  readonly recordId: string;
  readonly who: string;
  readonly act: string;
  readonly subject: string;
  readonly details: string;
  readonly requestId: string;
  readonly recordedAt: string;
}

/** What the first seal names as its predecessor. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The digest of a seal: SHA-256, lower-case hex, over position, predecessor's digest and the record. Each field is written with its length in bytes in
 * front, so that text cannot be moved from one field into the next.
 */
export function sealDigest(position: bigint, previous: string, facts: SealedFacts): string {
  const fields = [
    String(position),
    previous,
    facts.recordId,
    facts.who,
    facts.act,
    facts.subject,
    facts.details,
    facts.requestId,
    facts.recordedAt,
  ];
  const hash = createHash('sha256');
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:${field}\n`);
  return hash.digest('hex');
}
